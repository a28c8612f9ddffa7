"""Rights with dates, deadlines and stored days go by the day of the organisation, whatever time zone a person reads times in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db.models import Exists
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from assessments.gates.freezing.people import instant
from assessments.reviews.models import Delegation
from assessments.reviews.queries import delegations_to
from assessments.reviews.segregation import holders_of
from compliance.filings.queries import _memberships
from portal.core.drawn import clock
from portal.core.errors import Conflict
from portal.core.tenancy import current_scope, tenant_context
from portal.projects.access import project_roles_of, projects_visible_to
from portal.projects.actions import add_member, end_member, hold_project
from portal.projects.filters import late
from portal.projects.models import ProjectMember, ProjectSummary
from portal.projects.people import members_of
from portal.tenants.clock import organisation_today
from portal.tenants.entry import acting_as
from portal.tenants.models import Tenant, User

FAR_WEST, FAR_EAST = "Pacific/Pago_Pago", "Pacific/Kiritimati"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10 in the morning of the 24th in Shanghai, still the 23rd on Pago Pago
TODAY, YESTERDAY = NOW.date(), NOW.date() - timedelta(days=1)


@pytest.fixture(autouse=True)
def morning(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock stands, and everybody reads times in the zone that is furthest behind."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    with timezone.override(FAR_WEST):
        assert timezone.localdate() == YESTERDAY
        yield


def test_the_scope_knows_the_day_of_its_organisation_however_it_was_entered(world: SimpleNamespace) -> None:
    """Entered as a request or as a task, nested or not; leaving an inner organisation brings the outer day back."""
    Tenant.objects.filter(pk=world.other.pk).update(time_zone=FAR_WEST)
    with tenant_context(world.tenant.pk):
        assert organisation_today() == TODAY
        with tenant_context(world.other.pk):
            assert organisation_today() == YESTERDAY
        assert organisation_today() == TODAY
    with acting_as(world.tenant, world.alice):
        scope = current_scope()
        assert scope is not None
        assert (scope.time_zone, organisation_today()) == ("Asia/Shanghai", TODAY)


def test_a_role_ended_at_once_stays_ended_for_somebody_who_chooses_a_zone_further_west(world: SimpleNamespace) -> None:
    """Bob's roles end at once; that he reads times on Pago Pago, where the last day still is, does not open the project again."""
    with acting_as(world.tenant, world.pam):
        for member in ProjectMember.objects.filter(user=world.bob):
            end_member(member, by=world.pam)
            assert member.ends_on == YESTERDAY
            with pytest.raises(Conflict):
                end_member(member, by=world.pam)
    User.objects.filter(pk=world.bob.pk).update(time_zone=FAR_WEST)
    browser = Client()
    browser.force_login(User.objects.get(pk=world.bob.pk))
    page = reverse("portal:project", kwargs={"tenant_slug": "xinghe", "project_id": world.project.pk})
    assert browser.get(page).status_code == 404
    with acting_as(world.tenant, world.bob) as bob:
        assert not projects_visible_to(bob).exists()
        assert project_roles_of(bob, world.project) == frozenset()
        assert holders_of(world.project, "tech_lead") == set()
        assert {row["when"] for row in members_of(world.project) if row["user_id"] == world.bob.pk} == {"over"}


def test_a_role_is_given_from_the_day_of_the_organisation(world: SimpleNamespace) -> None:
    """It holds from now on, not from the day before, and not only when the person's own day comes."""
    with acting_as(world.tenant, world.pam):
        assert add_member(world.project, user=world.bob, role_key="finance", by=world.pam).starts_on == TODAY
    with acting_as(world.tenant, world.bob) as bob:
        assert "finance" in project_roles_of(bob, world.project)


def test_a_role_of_tomorrow_does_not_begin_today_further_east(world: SimpleNamespace) -> None:
    """On Kiritimati it is the 24th when it is the 23rd in Shanghai."""
    with acting_as(world.tenant, world.pam):
        ProjectMember.objects.filter(user=world.bob).update(starts_on=TODAY + timedelta(days=1))
    late = NOW + timedelta(hours=9)
    with pytest.MonkeyPatch.context() as patch, timezone.override(FAR_EAST):
        patch.setattr(timezone, "now", lambda: late)
        assert timezone.localdate() == TODAY + timedelta(days=1)
        with acting_as(world.tenant, world.bob) as bob:
            assert not projects_visible_to(bob).exists()
            assert project_roles_of(bob, world.project) == frozenset()
            assert not ProjectSummary.objects.filter(Exists(_memberships(bob))).exists()


def test_a_delegation_that_has_ended_is_not_in_force_further_west(world: SimpleNamespace) -> None:
    """S8: its last day was yesterday for the organisation."""
    with acting_as(world.tenant, world.sam):
        given = {"giver": world.sam, "receiver": world.bob, "reason": "leave", "starts_on": YESTERDAY - timedelta(days=9)}
        Delegation.objects.create(**given, ends_on=YESTERDAY)
    with acting_as(world.tenant, world.bob) as bob:
        assert delegations_to(bob) == []


def test_late_is_what_the_organisation_calls_late(world: SimpleNamespace) -> None:
    """In the words of a deadline and in the filter of the portfolio, though the person's day is still the last one."""
    with acting_as(world.tenant, world.pam), translation.override("en"):
        assert "1 day late" in clock(due=YESTERDAY)
        assert "due today" in clock(due=TODAY)
        ProjectSummary.objects.filter(project=world.project).update(stage="assessment", next_gate="G1", next_gate_due=YESTERDAY)
        assert late(ProjectSummary.objects.all()).exists()


def test_days_that_are_kept_are_those_of_the_organisation(world: SimpleNamespace) -> None:
    """The day of a stage, of a new project, and of a moment in a frozen revision, which reads the same whoever freezes."""
    with acting_as(world.tenant, world.pam):
        hold_project(world.project, reason="Waits for the budget", by=world.pam)
        world.project.refresh_from_db()
        assert world.project.stage_since == TODAY
        assert instant(NOW) == "2026-11-24T10:00:00+08:00"
