"""Who sees which project: every way to see one, and the same answer from the page of one project, the list, the sums and search."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from portal.core.tenancy import tenant_context
from portal.projects import actions
from portal.projects.access import projects_visible_to
from portal.projects.models import Project, ProjectMember
from portal.projects.queries import portfolio_totals, summaries_visible_to
from portal.roles.models import Team, TeamMember
from portal.tenants.entry import acting_as


def today() -> date:
    """Asked anew each time: a run may go on past midnight."""
    return timezone.localdate()


def seen(world: Any, user: Any) -> tuple[set[str], set[str], int]:
    """(codes by the project rule, codes by the list rule, projects in the sums) for a person."""
    with acting_as(world.tenant, user) as actor:
        by_project = set(projects_visible_to(actor).values_list("code", flat=True))
        by_list = set(summaries_visible_to(actor).values_list("code", flat=True))
        return by_project, by_list, portfolio_totals(actor).projects


@pytest.fixture
def secret(world: Any, more: Any) -> Project:
    """A confidential project of Bob's, beside Alice's open one (XH-0001)."""
    return more(world.bob, code="XH-SECRET", confidential=True)


@pytest.mark.parametrize(
    ("who", "codes"),
    [
        ("adam", {"XH-0001"}),  # administrator: all but confidential ones
        ("pam", {"XH-0001"}),  # PMO
        ("dave", {"XH-0001"}),  # auditor
        ("carol", {"XH-0001", "XH-SECRET"}),  # compliance officer: cleared
        ("erin", {"XH-0001", "XH-SECRET"}),  # executive: cleared
        ("alice", {"XH-0001"}),  # owner
        ("bob", {"XH-0001", "XH-SECRET"}),  # role in the one, owner of the other
        ("sam", {"XH-0001"}),  # role
    ],
)
def test_who_sees_what(world: Any, secret: Project, who: str, codes: set[str]) -> None:
    """The cast's view of an open and a confidential project is the same through every query."""
    assert seen(world, getattr(world, who)) == (codes, codes, len(codes))


def test_nobody_sees_anything_without_a_reason(world: Any, secret: Project) -> None:
    """A contributor without role, ownership or grant sees nothing, and a stranger does not even enter."""
    with tenant_context(world.tenant.pk):
        ProjectMember.objects.filter(user=world.sam).delete()
    assert seen(world, world.sam) == (set(), set(), 0)
    from portal.core.errors import NotFound

    with pytest.raises(NotFound), acting_as(world.tenant, world.mallory):
        pass


def test_sponsor_sees_the_project(world: Any, secret: Project) -> None:
    """Sponsoring is a reason of its own."""
    with tenant_context(world.tenant.pk):
        Project.objects.filter(pk=secret.pk).update(sponsor=world.pam)
    assert seen(world, world.pam)[1] == {"XH-0001", "XH-SECRET"}


@pytest.mark.parametrize(
    ("starts", "ends", "visible"),
    [(-10, None, True), (-10, 0, True), (0, None, True), (-10, -1, False), (1, None, False)],
)
def test_roles_count_from_their_first_to_their_last_day(world: Any, secret: Project, starts: int, ends: int | None, visible: bool) -> None:
    """A deputy whose time is over, or has not begun, sees nothing by it."""
    with tenant_context(world.tenant.pk):
        last = None if ends is None else today() + timedelta(days=ends)
        ProjectMember.objects.create(
            project=secret, user=world.pam, role_key="tech_lead", deputy=True, starts_on=today() + timedelta(days=starts), ends_on=last
        )
    assert ("XH-SECRET" in seen(world, world.pam)[0]) is visible
    assert ("XH-SECRET" in seen(world, world.pam)[1]) is visible


def test_grant_to_a_person(world: Any, secret: Project) -> None:
    """Sharing shows a project, and taking it back hides it from the next request."""
    with tenant_context(world.tenant.pk, world.bob.pk):
        actions.share_with_person(secret, user=world.pam, level="view_project", by=world.bob)
    assert seen(world, world.pam)[1] == {"XH-0001", "XH-SECRET"}
    with tenant_context(world.tenant.pk, world.bob.pk):
        actions.withdraw_share(secret, holder=world.pam, name="Pam", by=world.bob)
    assert seen(world, world.pam) == ({"XH-0001"}, {"XH-0001"}, 1)


def test_grant_to_a_team(world: Any, secret: Project) -> None:
    """Everybody in the team sees the project as long as the person is in the team."""
    with tenant_context(world.tenant.pk, world.bob.pk):
        team = Team.objects.create(name="Risk", group=Group.objects.create(name=f"{world.tenant.slug}-risk"))
        link = TeamMember.objects.create(team=team, user=world.pam)
        actions.share_with_team(secret, team=team, level="contribute_project", by=world.bob)
    assert seen(world, world.pam)[1] == {"XH-0001", "XH-SECRET"}
    with tenant_context(world.tenant.pk):
        link.delete()
    assert seen(world, world.pam)[1] == {"XH-0001"}


def test_another_organisation_is_never_seen(world: Any, signed_in: Any) -> None:
    """Mallory's project is nowhere for Carol, who is cleared for everything in her own organisation."""
    client = signed_in(world.carol)
    assert client.get(f"/t/rivale/projects/{world.foreign.pk}/").status_code == 404
    assert client.get(f"/t/xinghe/projects/{world.foreign.pk}/").status_code == 404
    listed = client.get("/t/xinghe/api/v1/projects/").json()["results"]
    assert [row["code"] for row in listed] == ["XH-0001"]
    assert client.get("/t/xinghe/api/v1/projects/?q=RV-0001").json()["results"] == []


def test_a_withdrawn_role_is_gone_with_the_next_request(world: Any, signed_in: Any) -> None:
    """Sam sees the project, loses the role, and gets a 404."""
    client = signed_in(world.sam)
    address = f"/t/xinghe/projects/{world.project.pk}/"
    assert client.get(address).status_code == 200
    with tenant_context(world.tenant.pk, world.alice.pk):
        actions.end_member(ProjectMember.objects.get(user=world.sam), by=world.alice)
    assert client.get(address).status_code == 404
