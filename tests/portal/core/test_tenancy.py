"""Isolation: the manager is loud, the database refuses."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from portal.core.errors import NotFound
from portal.core.tenancy import NoTenantInScope, current_scope, tenant_context
from portal.projects.models import Project, ProjectMember
from portal.tenants.entry import enter_tenant, tenants_of


def _codes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("select code from portal_project")
        return {row[0] for row in cursor.fetchall()}


def test_manager_refuses_without_a_tenant(world):
    with pytest.raises(NoTenantInScope):
        Project.objects.count()


def test_raw_sql_shows_only_the_tenant_in_scope(world):
    assert _codes() == set()
    with tenant_context(world.tenant.pk):
        assert _codes() == {"XH-0001"}
        with tenant_context(world.other.pk):
            assert _codes() == {"RV-0001"}
        assert _codes() == {"XH-0001"}
    assert _codes() == set()
    assert current_scope() is None


def test_an_exception_inside_restores_the_outer_tenant(world):
    with tenant_context(world.tenant.pk):
        with pytest.raises(RuntimeError), tenant_context(world.other.pk):
            raise RuntimeError
        assert _codes() == {"XH-0001"}


def test_foreign_rows_cannot_be_written(world):
    with tenant_context(world.tenant.pk), connection.cursor() as cursor:
        cursor.execute("update portal_project set unit = 'x' where code = 'RV-0001'")
        assert cursor.rowcount == 0
    with tenant_context(world.tenant.pk), pytest.raises(DatabaseError), transaction.atomic():
        Project._base_manager.filter(pk=world.project.pk).update(tenant_id=world.other.pk)


def test_a_child_of_a_foreign_parent_is_refused(world):
    with pytest.raises(IntegrityError), transaction.atomic(), tenant_context(world.tenant.pk):
        ProjectMember.objects.create(project_id=world.foreign.pk, user=world.alice, role_key="finance", starts_on="2026-01-01")
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")


def test_entering_needs_an_active_membership(world):
    with enter_tenant("xinghe", world.alice) as found:
        assert found.tenant.pk == world.tenant.pk
        assert found.actor.roles == ("contributor",)
        assert "portal.create_project" in found.actor.permissions
        assert _codes() == {"XH-0001"}
    assert _codes() == set()
    with pytest.raises(NotFound), enter_tenant("xinghe", world.mallory):
        pass
    with pytest.raises(NotFound), enter_tenant("nobody", world.alice):
        pass


def test_own_tenants_are_seen_without_a_tenant_and_others_are_not(world):
    assert [tenant.slug for tenant in tenants_of(world.alice)] == ["xinghe"]
    assert [tenant.slug for tenant in tenants_of(world.mallory)] == ["rivale"]


def test_changes_leave_a_trail_that_the_app_cannot_touch(world):
    with tenant_context(world.tenant.pk, world.alice.pk, "request-1"):
        Project.objects.filter(pk=world.project.pk).update(unit="客服部")
        with connection.cursor() as cursor:
            cursor.execute(
                "select verb, user_id, request_id, changes from portal_auditevent"
                " where table_name = 'portal_project' and request_id = 'request-1'"
            )
            rows = cursor.fetchall()
        assert [(verb, user, request) for verb, user, request, _ in rows] == [("update", world.alice.pk, "request-1")]
        for statement in (
            "update portal_auditevent set verb = 'x'",
            "delete from portal_auditevent",
            "truncate portal_auditevent",
            "select count(*) from portal_auditevent_" + "2026_11",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
