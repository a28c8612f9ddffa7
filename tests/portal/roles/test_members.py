"""Who may give what to whom, and that it takes effect at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.core.errors import Conflict, Invalid
from portal.core.tenancy import tenant_context
from portal.projects.actions import share_with_person, share_with_team
from portal.projects.models import ProjectMember, ProjectUserGrant
from portal.roles import actions
from portal.roles.models import MembershipRole, Team, TeamMember
from portal.tenants.models import Membership
from tests.factories.cast import make_project, make_user
from tests.portal.browsers import queries_of


def member_of(user):
    return Membership.objects.get(user=user)


def url(name, **kwargs):
    return reverse(f"portal:{name}", kwargs={"tenant_slug": "xinghe", **kwargs})


@pytest.fixture
def adam(world, client):
    client.force_login(world.adam)
    return client


def test_the_last_administrator_stays(in_tenant):
    adam = member_of(in_tenant.adam)
    with pytest.raises(Conflict, match="last administrator"):
        actions.withdraw_role(adam, "administrator", by=in_tenant.pam)
    with pytest.raises(Conflict, match="last administrator"):
        actions.end_member(adam, by=in_tenant.pam)
    actions.grant_role(member_of(in_tenant.pam), "administrator", by=in_tenant.adam)
    actions.withdraw_role(adam, "administrator", by=in_tenant.pam)
    assert not MembershipRole.objects.filter(membership=adam).exists()


def test_an_administrator_whose_account_is_closed_does_not_count(in_tenant):
    actions.grant_role(member_of(in_tenant.pam), "administrator", by=in_tenant.adam)
    type(in_tenant.pam).objects.filter(pk=in_tenant.pam.pk).update(is_active=False)
    with pytest.raises(Conflict, match="last administrator"):
        actions.withdraw_role(member_of(in_tenant.adam), "administrator", by=in_tenant.adam)


def test_taking_administrator_from_somebody_who_is_none_changes_nothing(in_tenant):
    actions.withdraw_role(member_of(in_tenant.bob), "administrator", by=in_tenant.adam)
    assert MembershipRole.objects.filter(membership=member_of(in_tenant.bob)).count() == 1


def test_nobody_gives_a_role_to_himself(in_tenant):
    with pytest.raises(Conflict, match="yourself"):
        actions.set_roles(member_of(in_tenant.adam), ["administrator", "compliance_officer"], by=in_tenant.adam)
    assert list(MembershipRole.objects.filter(membership=member_of(in_tenant.adam)).values_list("role__key", flat=True)) == [
        "administrator"
    ]


def test_an_unknown_role_is_refused(in_tenant):
    with pytest.raises(Invalid, match="no such role"):
        actions.grant_role(member_of(in_tenant.bob), "tech_lead", by=in_tenant.adam)


def test_a_changed_role_counts_at_the_next_request(world, client, adam):
    other = type(client)()
    other.force_login(world.bob)
    assert other.get(url("audit_log")).status_code == 403
    with tenant_context(world.tenant.pk):
        bob = member_of(world.bob)
    answer = adam.post(url("member", membership_id=bob.pk), {"title": "Head", "unit": "IT", "roles": ["contributor", "auditor"]})
    assert answer.status_code == 303
    assert other.get(url("audit_log")).status_code == 200
    with tenant_context(world.tenant.pk):
        actions.withdraw_role(bob, "auditor", by=world.adam)
    assert other.get(url("audit_log")).status_code == 403


def test_an_ended_member_is_out_with_roles_and_teams_and_comes_back_bare(world, client, adam):
    other = type(client)()
    other.force_login(world.pam)
    assert other.get(url("notices")).status_code == 200
    with tenant_context(world.tenant.pk):
        pam = member_of(world.pam)
        team = actions.create_team(name="Core", by=world.adam)
        actions.set_team_members(team, [world.pam.pk], by=world.adam)
    assert adam.post(url("member_end", membership_id=pam.pk)).status_code == 303
    assert other.get(url("notices")).status_code == 404
    assert adam.post(url("member_reopen", membership_id=pam.pk)).status_code == 303
    assert other.get(url("notices")).status_code == 200
    with tenant_context(world.tenant.pk):
        assert not MembershipRole.objects.filter(membership=pam).exists()
        assert not TeamMember.objects.filter(user=world.pam).exists()


def test_an_ended_member_leaves_the_projects_too(world, client, adam):
    today = timezone.localdate()
    with tenant_context(world.tenant.pk):
        bob = member_of(world.bob)
        lead = ProjectMember.objects.get(user=world.bob, role_key="tech_lead")
        later = ProjectMember.objects.create(project=world.project, user=world.bob, role_key="finance", starts_on=today + timedelta(days=9))
        share_with_person(world.project, user=world.bob, level="contribute_project", by=world.alice)
    assert adam.post(url("member_end", membership_id=bob.pk)).status_code == 303
    assert adam.post(url("member_reopen", membership_id=bob.pk)).status_code == 303
    with tenant_context(world.tenant.pk):
        lead.refresh_from_db()
        assert lead.ends_on == today - timedelta(days=1)
        assert not ProjectMember.objects.filter(pk=later.pk).exists()
        assert not ProjectUserGrant.objects.filter(user=world.bob).exists()
        verbs = list(
            AuditEvent.objects.filter(kind="act", project_id=world.project.pk, user_id=world.adam.pk).values_list("verb", flat=True)
        )
    assert sorted(verbs) == ["portal.project.unshared"] + ["portal.project_role.ended"] * 3
    other = type(client)()
    other.force_login(world.bob)
    assert other.get(url("project", project_id=world.project.pk)).status_code == 404


def test_the_page_names_the_projects_that_somebody_leaves_behind(world, adam):
    with tenant_context(world.tenant.pk):
        alice = member_of(world.alice)
        make_project(world.alice, "XH-0002", confidential=True, name_en="Secret plan")
    adam.post(url("member_end", membership_id=alice.pk))
    page = adam.get(url("member", membership_id=alice.pk)).content.decode()
    assert "still stands as owner or sponsor" in page
    assert "XH-0001" in page
    assert "1 further project" in page
    assert "XH-0002" not in page


def test_nobody_ends_the_own_membership(world, adam):
    with tenant_context(world.tenant.pk):
        actions.grant_role(member_of(world.pam), "administrator")
        own = member_of(world.adam)
    assert adam.post(url("member_end", membership_id=own.pk)).status_code == 409
    with tenant_context(world.tenant.pk):
        assert member_of(world.adam).active


def test_members_of_another_organisation_are_not_there(world, adam):
    with tenant_context(world.other.pk):
        foreign = member_of(world.mallory)
    for name in ("member", "member_end", "member_reopen"):
        assert adam.post(url(name, membership_id=foreign.pk)).status_code == 404
    assert "mallory" not in adam.get(url("people")).content.decode().lower()


def test_the_people_page_finds_by_words_and_role_and_pages(world, adam, settings):
    page = adam.get(url("people"), {"q": "car"}).content.decode()
    assert "carol@tenfold.example" in page
    assert "dave@tenfold.example" not in page
    page = adam.get(url("people"), {"role": "auditor"}).content.decode()
    assert "dave@tenfold.example" in page
    assert "carol@tenfold.example" not in page
    assert "Nobody found" in adam.get(url("people"), {"q": "zzz"}).content.decode()


def test_pages_of_members_show_everybody_once(world):
    from portal.roles import queries

    with tenant_context(world.tenant.pk):
        seen, after = [], ""
        while True:
            page = queries.members_page(queries.members(), after=after, size=3)
            seen += [row["user__name"] for row in page.rows]
            after = page.next
            if not after:
                break
        assert seen == sorted(["Adam", "Pam", "Carol", "Erin", "Dave", "Alice", "Bob", "Sam"])
        back = queries.members_page(queries.members(), before=page.previous, size=3)
        assert [row["user__name"] for row in back.rows] == seen[3:6]


def test_only_who_manages_people_sees_the_pages(world, client):
    for who in ("pam", "carol", "erin", "dave", "alice"):
        client.force_login(getattr(world, who))
        for name in ("people", "invite", "teams"):
            assert client.get(url(name)).status_code == 403
        assert client.post(url("teams"), {"name": "Mine"}).status_code == 403
    with tenant_context(world.tenant.pk):
        assert not Team.objects.exists()


def test_the_people_page_costs_the_same_for_one_and_for_many(world, adam):
    adam.get(url("people"))
    for q in ("Adam", ""):
        # user, entry, members, their roles with what these hold, count, roles of the filter, open invitations
        assert len(queries_of(lambda q=q: adam.get(url("people"), {"q": q}))) == 7


def test_somebody_who_grants_and_judges_is_marked(world, adam):
    assert "grants and judges" not in adam.get(url("people")).content.decode()
    with tenant_context(world.tenant.pk):
        actions.grant_role(member_of(world.carol), "administrator")
    assert "grants and judges" in adam.get(url("people")).content.decode()


def test_teams(world, adam):
    assert adam.post(url("teams"), {"name": "  Legal   team "}).status_code == 303
    assert adam.post(url("teams"), {"name": "Legal team"}).status_code == 422
    with tenant_context(world.tenant.pk):
        team = Team.objects.get(name="Legal team")
    page = adam.post(url("team", team_id=team.pk), {"people": [world.bob.pk, world.sam.pk]})
    assert page.status_code == 303
    assert adam.post(url("team", team_id=team.pk), {"people": [world.mallory.pk]}).status_code == 422
    assert adam.post(url("team", team_id=team.pk), {"act": "name", "name": "Counsel"}).status_code == 303
    with tenant_context(world.tenant.pk):
        assert set(TeamMember.objects.filter(team=team).values_list("user__name", flat=True)) == {"Bob", "Sam"}
        with pytest.raises(Invalid):
            actions.set_team_members(team, [world.mallory.pk], by=world.adam)
    assert adam.post(url("team_delete", team_id=team.pk)).status_code == 303
    with tenant_context(world.tenant.pk):
        assert not Team.objects.exists()


def test_nobody_lets_himself_into_a_confidential_project_through_a_team(world, adam):
    with tenant_context(world.tenant.pk):
        secret = make_project(world.alice, "XH-0002", confidential=True, name_en="Secret plan")
        counsel = actions.create_team(name="Outside counsel", by=world.adam)
        actions.set_team_members(counsel, [world.bob.pk], by=world.adam)
        share_with_team(secret, team=counsel, level="view_project", by=world.alice)
    page, project = url("team", team_id=counsel.pk), url("project", project_id=secret.pk)
    assert adam.get(project).status_code == 404
    assert "You cannot put yourself into a team" in adam.get(page).content.decode()
    refused = adam.post(page, {"people": [world.bob.pk, world.adam.pk, world.sam.pk]})
    assert refused.status_code == 422
    assert "You cannot put yourself into a team" in refused.content.decode()
    assert adam.get(project).status_code == 404
    second = make_user("adam2", person=world.adam.person)
    with tenant_context(world.tenant.pk):
        actions.add_member_with_roles(world.tenant, second, ["contributor"])
        with pytest.raises(Conflict) as refusal:
            actions.set_team_members(counsel, [world.bob.pk, second.pk], by=world.adam)
        assert refusal.value.code == "own_role"
        assert list(TeamMember.objects.filter(team=counsel).values_list("user_id", flat=True)) == [world.bob.pk]
        # Another administrator may, and whoever is in it may fill it and take him- or herself out.
        actions.set_team_members(counsel, [world.bob.pk, world.adam.pk], by=world.pam)
    assert adam.get(project).status_code == 200
    assert adam.post(page, {"people": [world.adam.pk, world.sam.pk]}).status_code == 303
    assert adam.post(page, {"people": [world.sam.pk]}).status_code == 303
    assert adam.get(project).status_code == 404


def test_saving_a_team_keeps_whom_the_form_cannot_show(world, adam):
    with tenant_context(world.tenant.pk):
        team = actions.create_team(name="Counsel", by=world.adam)
        actions.set_team_members(team, [world.bob.pk, world.sam.pk], by=world.adam)
    type(world.bob).objects.filter(pk=world.bob.pk).update(is_active=False)
    page = url("team", team_id=team.pk)
    assert "1 further person of this team" in adam.get(page).content.decode()
    assert adam.post(page, {"people": [world.sam.pk, world.pam.pk]}).status_code == 303
    with tenant_context(world.tenant.pk):
        assert set(TeamMember.objects.filter(team=team).values_list("user__name", flat=True)) == {"Bob", "Sam", "Pam"}


def test_a_team_with_which_a_project_is_shared_stays(in_tenant):
    from django.contrib.auth.models import Permission

    from portal.projects.models import ProjectGroupGrant

    team = actions.create_team(name="Counsel", by=in_tenant.adam)
    permission = Permission.objects.get(codename="view_project", content_type__app_label="portal")
    ProjectGroupGrant.objects.create(group=team.group, permission=permission, content_object=in_tenant.project)
    with pytest.raises(Conflict, match="shared"):
        actions.delete_team(team, by=in_tenant.adam)
    assert Team.objects.filter(pk=team.pk).exists()
