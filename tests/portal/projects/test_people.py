"""People of a project: roles with dates and deputies, sharing, confidentiality, clashes with the separation of duties."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from portal.catalogue.installed import catalogue
from portal.core.errors import Conflict, Invalid
from portal.core.tenancy import tenant_context
from portal.notices.models import Notice
from portal.projects import actions
from portal.projects.conflicts import Holder, uncovered, warnings
from portal.projects.models import Project, ProjectMember, ProjectUserGrant
from portal.projects.people import people_context
from portal.roles.models import Team, TeamMember
from tests.portal.projects.conftest import statements


def today() -> date:
    """Asked anew each time: a run may go on past midnight."""
    return timezone.localdate()


APPROVED_BY_COMPLIANCE = sum(item.approved_by == "compliance" for item in catalogue().items.values())


def test_give_change_and_end_a_role(in_tenant: SimpleNamespace) -> None:
    """From giving to ending; the person is told; ending at once leaves yesterday as last day."""
    w = in_tenant
    member = actions.add_member(w.project, user=w.sam, role_key="finance", by=w.alice)
    assert (member.starts_on, member.ends_on, member.deputy) == (today(), None, False)
    assert Notice.objects.filter(user=w.sam, kind="portal.project_role_given").count() == 1
    with pytest.raises(Invalid) as refusal:
        actions.add_member(w.project, user=w.sam, role_key="finance", by=w.alice)
    assert "user" in refusal.value.detail["fields"]
    actions.change_member(member, deputy=True, starts_on=today() - timedelta(days=5), ends_on=today() + timedelta(days=5), by=w.alice)
    actions.end_member(member, by=w.alice)
    assert ProjectMember.objects.get(pk=member.pk).ends_on == today() - timedelta(days=1)
    again = actions.add_member(w.project, user=w.sam, role_key="finance", by=w.alice)
    assert (again.pk, again.ends_on) == (member.pk, None)
    actions.end_member(again, by=w.alice)  # given today: never lasted a day
    assert not ProjectMember.objects.filter(pk=member.pk).exists()


def test_a_role_that_ended_is_not_ended_again(in_tenant: SimpleNamespace) -> None:
    """Ending it once more would move its last day to yesterday and give the past another history. An old object does not help."""
    w = in_tenant
    member = ProjectMember.objects.get(user=w.sam)
    old = ProjectMember.objects.get(pk=member.pk)
    last = today() - timedelta(days=30)
    actions.change_member(member, deputy=False, starts_on=member.starts_on, ends_on=last, by=w.alice)
    for seen in (member, old):
        with pytest.raises(Conflict) as refusal:
            actions.end_member(seen, by=w.alice)
        assert refusal.value.code == "ended_already"
    assert ProjectMember.objects.get(pk=member.pk).ends_on == last


def test_a_role_taken_away_meanwhile_is_not_written_again(in_tenant: SimpleNamespace) -> None:
    w = in_tenant
    member = ProjectMember.objects.get(user=w.sam)
    ProjectMember.objects.filter(pk=member.pk).delete()
    with pytest.raises(Conflict):
        actions.change_member(member, deputy=True, starts_on=today(), ends_on=None, by=w.alice)
    with pytest.raises(Conflict):
        actions.end_member(member, by=w.alice)


def test_whoever_cannot_open_a_confidential_project_does_not_stand_in_for_a_role(in_tenant: SimpleNamespace) -> None:
    """The PMO and the auditor are not cleared: their roles are gaps of the project, until they are named on it."""
    w = in_tenant

    def standing() -> dict[str, list[str]]:
        context = people_context(Project.objects.select_related("owner", "sponsor").get(pk=w.project.pk))
        return {block.key: block.standing for block in context["blocks"] if block.standing}

    assert standing() == {"pmo": ["Pam"], "compliance": ["Carol"], "auditor": ["Dave"], "exec_sponsor": ["Erin"]}
    Project.objects.filter(pk=w.project.pk).update(confidential=True)
    assert standing() == {"compliance": ["Carol"], "exec_sponsor": ["Erin"]}
    w.project.refresh_from_db()
    actions.share_with_person(w.project, user=w.dave, level="view_project", by=w.alice)
    assert standing() == {"compliance": ["Carol"], "auditor": ["Dave"], "exec_sponsor": ["Erin"]}
    w.carol.is_active = False
    w.carol.save()
    assert "compliance" not in standing()


def test_the_sponsor_is_named_once(in_tenant: SimpleNamespace) -> None:
    """The wizard gives the sponsor the role as well."""
    w = in_tenant
    ProjectMember.objects.create(project=w.project, user=w.erin, role_key="exec_sponsor", starts_on=today())
    blocks = people_context(Project.objects.select_related("owner", "sponsor").get(pk=w.project.pk))["blocks"]
    (block,) = [block for block in blocks if block.key == "exec_sponsor"]
    assert (len(block.members), block.standing) == (1, [])


def test_roles_need_a_member_a_role_and_dates_in_order(in_tenant: SimpleNamespace) -> None:
    """All faults at once."""
    w = in_tenant
    with pytest.raises(Invalid) as refusal:
        actions.add_member(w.project, user=w.mallory, role_key="king", by=w.alice, starts_on=today(), ends_on=today() - timedelta(days=1))
    assert set(refusal.value.detail["fields"]) == {"role_key", "user", "ends_on"}


def test_sharing_keeps_one_level_and_stays_in_the_organisation(in_tenant: SimpleNamespace) -> None:
    """A second sharing replaces the first; strangers cannot be named; the rows carry the tenant."""
    w = in_tenant
    actions.share_with_person(w.project, user=w.dave, level="view_project", by=w.alice)
    actions.share_with_person(w.project, user=w.dave, level="contribute_project", by=w.alice)
    grant = ProjectUserGrant.objects.get(user=w.dave)
    assert (grant.permission.codename, grant.tenant_id) == ("contribute_project", w.tenant.pk)
    with pytest.raises(Invalid):
        actions.share_with_person(w.project, user=w.mallory, level="view_project", by=w.alice)
    with pytest.raises(Invalid):
        actions.share_with_person(w.project, user=w.dave, level="delete_project", by=w.alice)


def test_sharing_again_what_was_taken_back_is_told_again(in_tenant: SimpleNamespace) -> None:
    w = in_tenant

    def told() -> int:
        return Notice.objects.filter(user=w.dave, kind="portal.project_shared").count()

    actions.share_with_person(w.project, user=w.dave, level="view_project", by=w.alice)
    actions.share_with_person(w.project, user=w.dave, level="view_project", by=w.alice)
    assert told() == 1
    actions.withdraw_share(w.project, holder=w.dave, name="Dave", by=w.alice)
    actions.share_with_person(w.project, user=w.dave, level="view_project", by=w.alice)
    assert told() == 2


def holders(**people: list[str]) -> list[Holder]:
    """Holders by role; equal names are one person."""
    ids = {name: number for number, name in enumerate(sorted({name for names in people.values() for name in names} | {"Alice"}), start=1)}
    return [Holder(ids[name], name, role) for role, names in people.items() for name in names]


def said(people: list[Holder]) -> list[tuple[str, str]]:
    """(tone, first words) of the warnings for a project of Alice."""
    owner = next((one for one in people if one.name == "Alice"), Holder(1, "Alice", "owner"))
    lines = warnings(catalogue(), people, Holder(owner.person_id, "Alice", "owner"), {})
    return [(line.tone, line.text) for line in lines]


def test_no_warning_when_everybody_has_one_chair() -> None:
    """Seven people, seven roles."""
    roles = ("business_owner", "data_owner", "tech_lead", "infra_ops", "security", "compliance", "finance")
    assert said(holders(**{role: [role.title()] for role in roles})) == []


@pytest.mark.parametrize(
    ("people", "tone", "words"),
    [
        ({"tech_lead": ["Bob"], "security": ["Bob"]}, "fail", "Bob is both security and tech_lead: 7 items"),
        ({"tech_lead": ["Bob", "Ann"], "security": ["Bob"]}, "attention", "Bob is both security and tech_lead: 7 items"),
        ({"finance": ["Alice"], "business_owner": ["Bob"]}, "attention", "Alice is both finance and owner of the project."),
        ({"compliance": ["Alice"]}, "fail", f"Only Alice, who owns the project, is compliance: {APPROVED_BY_COMPLIANCE} items have nobody"),
    ],
)
def test_two_chairs(people: dict[str, list[str]], tone: str, words: str) -> None:
    """One person in two roles that control each other; only bad where nobody else can act."""
    lines = [line for line in said(holders(**people)) if line[1].startswith(words)]
    assert [line[0] for line in lines] == [tone]


def test_the_content_says_why_two_roles_are_kept_apart() -> None:
    """The sentence of the role that would be controlled stands beside the rule."""
    people = holders(tech_lead=["Bob"], security=["Bob"])
    line = warnings(catalogue(), people, Holder(1, "Alice", "owner"), {})[0]
    assert catalogue().roles["security"].may_not["en"] in line.reason
    assert catalogue().segregation["S1"].text["en"] in line.reason


def test_uncovered_roles_are_named() -> None:
    """A role without holder keeps items waiting; the auditor has none."""
    gaps = uncovered(catalogue(), holders(tech_lead=["Bob"]))
    assert "tech_lead" not in gaps
    assert "auditor" not in gaps
    assert gaps["compliance"][1] > 0


def test_the_people_page(world: Any, signed_in: Any) -> None:
    """Owner manages, reader reads, forms answer with faults; the number of statements does not grow with people."""
    address = f"/t/xinghe/projects/{world.project.pk}/people/"
    alice, dave = signed_in(world.alice), signed_in(world.dave)
    assert alice.post(address + "add/", {"member-user": world.sam.pk, "member-role_key": "finance"}).status_code == 303
    assert alice.post(address + "add/", {"member-user": "", "member-role_key": ""}).status_code == 422
    page = alice.get(address)
    assert "Sam" in page.content.decode()
    assert "Give the role" not in dave.get(address).content.decode()
    assert dave.post(address + "add/", {}).status_code == 403
    with statements() as few:
        alice.get(address)
    with tenant_context(world.tenant.pk):
        for user in (world.pam, world.carol, world.erin):
            ProjectMember.objects.create(project=world.project, user=user, role_key="infra_ops", starts_on=today())
        member = ProjectMember.objects.get(user=world.sam, role_key="finance")
    with statements() as many:
        alice.get(address)
    assert len(few) == len(many)
    assert alice.get(f"{address}{member.pk}/").status_code == 200
    assert alice.post(f"{address}{member.pk}/", {"starts_on": "2026-01-01", "ends_on": "2025-01-01"}).status_code == 422
    assert alice.post(f"{address}{member.pk}/", {"starts_on": "2026-01-01", "deputy": "on"}).status_code == 303
    assert alice.post(f"{address}{member.pk}/end/").status_code == 303
    assert alice.post(f"{address}{world.foreign.pk}/end/").status_code == 404


def test_sharing_pages(world: Any, signed_in: Any) -> None:
    """A person, a team, taking back; whoever loses sight lands in the portfolio."""
    base = f"/t/xinghe/projects/{world.project.pk}"
    with tenant_context(world.tenant.pk):
        team = Team.objects.create(name="Risk", group=Group.objects.create(name="xinghe-risk"))
        TeamMember.objects.create(team=team, user=world.dave)
    alice = signed_in(world.alice)
    assert alice.post(base + "/share/", {"share-holder": f"user-{world.dave.pk}", "share-level": "view_project"}).status_code == 303
    assert alice.post(base + "/share/", {"share-holder": f"team-{team.pk}", "share-level": "contribute_project"}).status_code == 303
    assert alice.post(base + "/share/", {"share-holder": f"user-{world.mallory.pk}", "share-level": "view_project"}).status_code == 422
    with tenant_context(world.tenant.pk):
        shares = people_context(Project.objects.select_related("owner", "sponsor").get(pk=world.project.pk))["shares"]
    assert [(share["kind"], share["name"], share["works"]) for share in shares] == [("user", "Dave", False), ("team", "Risk", True)]
    assert alice.post(f"{base}/share/team/{team.pk}/withdraw/").status_code == 303
    assert alice.post(f"{base}/share/user/{world.dave.pk}/withdraw/").status_code == 303
    assert alice.post(f"{base}/share/robot/1/withdraw/").status_code == 404
    pam = signed_in(world.pam)
    response = pam.post(base + "/confidential/", {"confidential": "true"})
    assert (response.status_code, response.url) == (303, "/t/xinghe/")
    assert pam.get(base + "/").status_code == 404
    assert alice.post(base + "/confidential/", {"confidential": "false"}).url == base + "/people/"
    assert pam.get(base + "/").status_code == 200
