"""What roles may hold: rule S6, the lasting administrator, custom roles."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal.core import permissions
from portal.core.errors import Conflict, Invalid
from portal.core.tenancy import tenant_context
from portal.roles import actions
from portal.roles.actions.provisioning import default_permissions
from portal.roles.models import Role, RolePermission
from portal.roles.rules import offered, why_not_hold
from portal.tenants.models import Membership
from tests.factories.cast import make_user


def url(name, **kwargs):
    return reverse(f"portal:{name}", kwargs={"tenant_slug": "xinghe", **kwargs})


def role_of(key, kind="tenant"):
    return Role.objects.get(kind=kind, key=key)


def held(role):
    return set(RolePermission.objects.filter(role=role).values_list("permission", flat=True))


CONTENT = sorted(name for name, permission in permissions.known().items() if permission.content)


def test_content_permissions_are_known():
    assert {"assessments.answer_item", "assessments.review_item", "assessments.sign_gate", "compliance.decide_filing"} <= set(CONTENT)


@pytest.mark.parametrize("name", CONTENT)
def test_the_administrator_can_never_hold_what_answers_approves_or_signs(in_tenant, name):
    administrator = role_of("administrator")
    before = held(administrator)
    with pytest.raises(Invalid) as refusal:
        actions.set_permissions(administrator, before | {name}, by=in_tenant.adam)
    assert "S6" in refusal.value.detail["fields"]["permissions"][0]
    assert held(administrator) == before


def test_neither_can_any_other_role_that_grants_roles(in_tenant):
    pmo = role_of("pmo")
    with pytest.raises(Invalid):
        actions.set_permissions(pmo, held(pmo) | {"portal.manage_roles"}, by=in_tenant.adam)
    custom = actions.create_role(kind="tenant", name_zh="副管理员", name_en="Deputy", copy_of=role_of("administrator"), by=in_tenant.adam)
    with pytest.raises(Invalid):
        actions.set_permissions(custom, held(custom) | {"assessments.sign_gate"}, by=in_tenant.adam)


def test_the_auditor_only_reads(in_tenant):
    auditor = role_of("auditor")
    with pytest.raises(Invalid) as refusal:
        actions.set_permissions(auditor, held(auditor) | {"portal.create_project"}, by=in_tenant.adam)
    assert "Auditors read everything" in refusal.value.detail["fields"]["permissions"][0]


def test_the_administrator_keeps_the_right_to_grant(in_tenant):
    administrator = role_of("administrator")
    with pytest.raises(Invalid):
        actions.set_permissions(administrator, held(administrator) - {"portal.manage_roles"}, by=in_tenant.adam)
    actions.set_permissions(administrator, held(administrator) - {"portal.export_projects"}, by=in_tenant.adam)
    assert "portal.export_projects" not in held(administrator)


def test_built_in_roles_obey_the_rules_from_the_start(in_tenant):
    for role in Role.objects.all():
        names = held(role)
        assert names == default_permissions(role.kind, role.key)
        assert [why_not_hold(role, permissions.get(name), names) for name in names] == [""] * len(names)
        assert names <= {permission.name for permission in offered(role.kind)}


def test_a_project_role_carries_no_right_over_the_organisation(in_tenant):
    with pytest.raises(Invalid):
        actions.set_permissions(role_of("tech_lead", "project"), {"portal.view_all_projects"}, by=in_tenant.adam)


def test_unknown_permissions_are_refused(in_tenant):
    with pytest.raises(Invalid, match="no such permission"):
        actions.set_permissions(role_of("pmo"), {"portal.fly"}, by=in_tenant.adam)


def test_a_custom_role_copies_what_it_may_hold_and_is_deleted_only_unheld(in_tenant):
    custom = actions.create_role(kind="tenant", name_zh="", name_en="Privacy", copy_of=role_of("compliance_officer"), by=in_tenant.adam)
    assert custom.name_zh == "Privacy"
    assert held(custom) == held(role_of("compliance_officer"))
    with pytest.raises(Invalid, match="of this name"):
        actions.create_role(kind="tenant", name_zh="", name_en="Privacy", by=in_tenant.adam)
    member = Membership.objects.get(user=in_tenant.bob)
    actions.grant_role(member, custom.key, by=in_tenant.adam)
    with pytest.raises(Conflict, match="1 person holds"):
        actions.delete_role(custom, by=in_tenant.adam)
    actions.withdraw_role(member, custom.key, by=in_tenant.adam)
    actions.delete_role(custom, by=in_tenant.adam)
    assert not Role.objects.filter(pk=custom.pk).exists()


def test_built_in_roles_stay_and_can_be_put_back(in_tenant):
    pmo = role_of("pmo")
    with pytest.raises(Conflict, match="built-in"):
        actions.delete_role(pmo, by=in_tenant.adam)
    actions.set_permissions(pmo, set(), by=in_tenant.adam)
    actions.rename_role(pmo, name_zh="项目办", name_en="Project office", by=in_tenant.adam)
    added, dropped = actions.reset_role(pmo, by=in_tenant.adam)
    assert (set(added), dropped) == (default_permissions("tenant", "pmo"), [])
    assert role_of("pmo").name_en == "Project office"
    custom = actions.create_role(kind="tenant", name_zh="", name_en="Mine", by=in_tenant.adam)
    with pytest.raises(Conflict):
        actions.reset_role(custom, by=in_tenant.adam)


def test_an_upgrade_does_not_give_back_what_was_taken_away(in_tenant):
    from tests.factories.cast import PROJECT_ROLES

    pmo = role_of("pmo")
    actions.set_permissions(pmo, held(pmo) - {"portal.export_projects"}, by=in_tenant.adam)
    assert actions.install_builtin_roles(PROJECT_ROLES) == 0
    assert "portal.export_projects" not in held(pmo)
    # Nor when no role at all is left that holds it.
    RolePermission.objects.filter(permission="portal.export_projects").delete()
    assert actions.install_builtin_roles(PROJECT_ROLES) == 0
    assert not RolePermission.objects.filter(permission="portal.export_projects").exists()


def test_an_upgrade_offers_a_new_permission_once(in_tenant, monkeypatch):
    from tests.factories.cast import PROJECT_ROLES

    new = permissions.Permission("portal.view_weather", "查看天气", "See the weather", roles=("pmo", "executive"))
    monkeypatch.setitem(permissions.known(), new.name, new)
    assert actions.install_builtin_roles(PROJECT_ROLES) == 2
    assert new.name in held(role_of("pmo"))
    RolePermission.objects.filter(permission=new.name).delete()
    assert actions.install_builtin_roles(PROJECT_ROLES) == 0
    assert not RolePermission.objects.filter(permission=new.name).exists()


def test_nobody_widens_a_role_that_he_holds(in_tenant):
    administrator = role_of("administrator")
    actions.set_permissions(administrator, held(administrator) - {"portal.export_projects"}, by=in_tenant.adam)
    less = held(administrator)
    for attempt in (
        lambda: actions.set_permissions(administrator, less | {"portal.export_projects"}, by=in_tenant.adam),
        lambda: actions.reset_role(administrator, by=in_tenant.adam),
    ):
        with pytest.raises(Conflict, match="Another administrator") as refusal:
            attempt()
        assert refusal.value.code == "own_role"
        assert held(administrator) == less
    actions.grant_role(Membership.objects.get(user=in_tenant.pam), "administrator", by=in_tenant.adam)
    second = make_user("pam2", person=in_tenant.pam.person)
    with pytest.raises(Conflict):
        actions.set_permissions(administrator, less | {"portal.export_projects"}, by=second)
    actions.set_permissions(administrator, less | {"portal.export_projects"}, by=in_tenant.carol)


def test_nobody_widens_a_project_role_that_he_holds(in_tenant):
    lead = role_of("tech_lead", "project")
    more = held(lead) | {"portal.share_project"}
    assert more != held(lead)
    with pytest.raises(Conflict, match="Another administrator"):
        actions.set_permissions(lead, more, by=in_tenant.bob)
    actions.set_permissions(lead, more, by=in_tenant.adam)


def test_the_page_says_that_somebody_else_must_widen_it(world, client):
    client.force_login(world.adam)
    with tenant_context(world.tenant.pk):
        administrator = role_of("administrator")
        before = held(administrator)
    page = url("role", role_id=administrator.pk)
    assert "Another administrator must widen it" in client.get(page).content.decode()
    assert client.post(page, {"permissions": [*before - {"portal.export_projects"}]}).status_code == 303
    refused = client.post(page, {"permissions": [*before]})
    assert refused.status_code == 422
    assert "Another administrator must widen it" in refused.content.decode()
    assert client.post(url("role_reset", role_id=administrator.pk)).status_code == 409


def test_the_pages(world, client):
    client.force_login(world.adam)
    assert client.get(url("roles")).status_code == 200
    assert "Technical lead" in client.get(url("roles"), {"kind": "project"}).content.decode()
    with tenant_context(world.tenant.pk):
        administrator, pmo = role_of("administrator"), role_of("pmo")
        before = held(administrator)
    refused = client.post(url("role", role_id=administrator.pk), {"permissions": [*before, "assessments.sign_gate"]})
    assert refused.status_code == 422
    assert "rule S6" in refused.content.decode()
    made = client.post(url("role_new"), {"kind": "tenant", "name_en": "Copy of PMO", "copy_of": pmo.pk})
    assert made.status_code == 303
    page = client.get(made["Location"]).content.decode()
    assert "Copy of PMO" in page
    with tenant_context(world.tenant.pk):
        copy = Role.objects.get(name_en="Copy of PMO")
        assert held(copy) == held(pmo)
    assert client.post(url("role", role_id=copy.pk), {"act": "name", "name_zh": "副本", "name_en": "PMO"}).status_code == 422
    assert client.post(url("role", role_id=copy.pk), {"act": "name", "name_zh": "副本", "name_en": "Second PMO"}).status_code == 303
    assert client.post(url("role", role_id=copy.pk), {"permissions": ["portal.view_all_projects"]}).status_code == 303
    assert client.post(url("role_reset", role_id=copy.pk)).status_code == 409
    assert client.post(url("role_delete", role_id=copy.pk)).status_code == 303
    for who in ("pam", "dave"):
        client.force_login(getattr(world, who))
        assert client.get(url("roles")).status_code == 403
        assert client.post(url("role", role_id=pmo.pk), {"permissions": []}).status_code == 403


def test_roles_of_another_organisation_are_not_there(world, client):
    client.force_login(world.adam)
    with tenant_context(world.other.pk):
        foreign = role_of("pmo")
        before = held(foreign)
    assert client.get(url("role", role_id=foreign.pk)).status_code == 404
    assert client.post(url("role", role_id=foreign.pk), {"permissions": []}).status_code == 404
    with tenant_context(world.other.pk):
        assert held(foreign) == before


def test_a_custom_role_held_in_a_project_stays(in_tenant):
    from datetime import date

    from portal.projects.models import ProjectMember

    custom = actions.create_role(kind="project", name_zh="", name_en="Tester", copy_of=role_of("tech_lead", "project"), by=in_tenant.adam)
    ProjectMember.objects.create(project=in_tenant.project, user=in_tenant.sam, role_key=custom.key, starts_on=date(2026, 1, 1))
    with pytest.raises(Conflict, match="1 person holds"):
        actions.delete_role(custom, by=in_tenant.adam)


def test_a_role_held_in_the_past_stays_for_the_records_and_says_so(in_tenant, client):
    """Nobody holds it any more, so nobody can be given another one; the page says what is, and offers no button."""
    from datetime import date, timedelta

    from portal.projects.models import ProjectMember
    from portal.tenants.clock import organisation_today

    custom = actions.create_role(kind="project", name_zh="", name_en="Tester", by=in_tenant.adam)
    client.force_login(in_tenant.adam)
    page = url("role", role_id=custom.pk)
    assert url("role_delete", role_id=custom.pk) in client.get(page).content.decode()
    yesterday = organisation_today() - timedelta(days=1)
    row = {"project": in_tenant.project, "role_key": custom.key, "starts_on": date(2026, 1, 1), "ends_on": yesterday}
    for user in (in_tenant.sam, in_tenant.bob):
        ProjectMember.objects.create(user=user, **row)
    with pytest.raises(Conflict, match="was held in 1 project and stays"):
        actions.delete_role(custom, by=in_tenant.adam)
    shown = client.get(page).content.decode()
    assert "was held in 1 project and stays for its records" in shown
    assert url("role_delete", role_id=custom.pk) not in shown
    ProjectMember.objects.filter(user=in_tenant.sam).update(ends_on=yesterday + timedelta(days=1))
    with pytest.raises(Conflict, match="1 person holds"):
        actions.delete_role(custom, by=in_tenant.adam)


def test_a_role_of_a_project_that_ended_does_not_bar_from_widening_it(in_tenant):
    """S6 is about who would get the right: a row that is over brings nobody anything, one for later does."""
    from datetime import timedelta

    from portal.projects.models import ProjectMember
    from portal.tenants.clock import organisation_today

    custom = actions.create_role(kind="project", name_zh="", name_en="Tester", by=in_tenant.adam)
    today = organisation_today()
    own = {"project": in_tenant.project, "user": in_tenant.adam, "role_key": custom.key}
    row = ProjectMember.objects.create(starts_on=today - timedelta(days=9), ends_on=today, **own)
    for starts_on, ends_on in ((today - timedelta(days=9), today), (today + timedelta(days=1), None)):
        ProjectMember.objects.filter(pk=row.pk).update(starts_on=starts_on, ends_on=ends_on)
        with pytest.raises(Conflict, match="hold this role yourself"):
            actions.set_permissions(custom, {"portal.view_project"}, by=in_tenant.adam)
    ProjectMember.objects.filter(pk=row.pk).update(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1))
    assert actions.set_permissions(custom, {"portal.view_project"}, by=in_tenant.adam) == (["portal.view_project"], [])
