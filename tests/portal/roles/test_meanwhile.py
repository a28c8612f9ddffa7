"""Two people at one form: whoever saves second takes nothing back unseen, and nobody's work is lost."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from portal.core.meanwhile import read_seen, seen_text
from portal.core.tenancy import tenant_context
from portal.roles import actions
from portal.roles.models import MembershipRole, Role, TeamMember
from portal.tenants.actions import change_organisation
from portal.tenants.models import Membership, Tenant

TOGETHER = "This was changed while you had it open."


def url(name, **kwargs):
    return reverse(f"portal:{name}", kwargs={"tenant_slug": "xinghe", **kwargs})


def seen_on(answer):
    """The hidden field of the page, as a browser sends it back."""
    return html.unescape(re.search(r'name="seen" value="([^"]*)"', answer.content.decode())[1])


def ticked(answer, name):
    """Values of the boxes that are ticked on the page."""
    boxes = re.findall(r"<input[^>]*>", answer.content.decode())
    return {re.search(r'value="([^"]*)"', box)[1] for box in boxes if f'name="{name}"' in box and " checked" in box}


@pytest.fixture
def adam(world, client):
    client.force_login(world.adam)
    return client


def counsel(world, *people):
    """A team of these people."""
    with tenant_context(world.tenant.pk):
        team = actions.create_team(name="Counsel", by=world.adam)
        actions.set_team_members(team, [person.pk for person in people], by=world.adam)
    return team


def test_a_permission_just_taken_away_does_not_come_back(world, adam):
    with tenant_context(world.tenant.pk):
        pmo = Role.objects.get(kind="tenant", key="pmo")
        held = set(pmo.held.values_list("permission", flat=True))
    page = url("role", role_id=pmo.pk)
    seen = seen_on(adam.get(page))
    with tenant_context(world.tenant.pk):
        actions.set_permissions(pmo, held - {"portal.export_projects"}, by=world.pam)
    answer = adam.post(page, {"permissions": [*held - {"portal.create_project"}], "seen": seen})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert TOGETHER in text
    assert "Permissions, taken away meanwhile: Export" in text
    assert ticked(answer, "permissions") == held - {"portal.export_projects", "portal.create_project"}
    with tenant_context(world.tenant.pk):
        assert set(pmo.held.values_list("permission", flat=True)) == held - {"portal.export_projects"}
    assert adam.post(page, {"permissions": [*ticked(answer, "permissions")], "seen": seen_on(answer)}).status_code == 303
    with tenant_context(world.tenant.pk):
        assert set(pmo.held.values_list("permission", flat=True)) == held - {"portal.export_projects", "portal.create_project"}


def test_a_refused_save_still_knows_what_was_shown(world, adam):
    with tenant_context(world.tenant.pk):
        pmo = Role.objects.get(kind="tenant", key="pmo")
        held = set(pmo.held.values_list("permission", flat=True))
    page = url("role", role_id=pmo.pk)
    seen = seen_on(adam.get(page))
    refused = adam.post(page, {"permissions": [*held, "portal.manage_roles"], "seen": seen})
    assert (refused.status_code, seen_on(refused)) == (422, seen)


def test_a_role_just_taken_from_a_member_does_not_come_back(world, adam):
    with tenant_context(world.tenant.pk):
        bob = Membership.objects.get(user=world.bob)
        actions.grant_role(bob, "auditor", by=world.adam)
    page = url("member", membership_id=bob.pk)
    seen = seen_on(adam.get(page))
    with tenant_context(world.tenant.pk):
        actions.change_member(bob, title="Head", unit="IT", role_keys=["contributor"], by=world.pam)
    answer = adam.post(page, {"title": "Chief", "unit": "", "roles": ["contributor", "auditor", "pmo"], "seen": seen})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Roles, taken away meanwhile: Auditor" in text
    assert "Position: yours stands here, saved meanwhile: Head" in text
    assert "Unit, saved meanwhile: IT" in text
    assert ticked(answer, "roles") == {"contributor", "pmo"}
    assert 'value="Chief"' in text
    assert 'value="IT"' in text
    with tenant_context(world.tenant.pk):
        assert Membership.objects.get(pk=bob.pk).title == "Head"
    assert adam.post(page, {"title": "Chief", "unit": "IT", "roles": ["contributor", "pmo"], "seen": seen_on(answer)}).status_code == 303
    with tenant_context(world.tenant.pk):
        assert set(MembershipRole.objects.filter(membership=bob).values_list("role__key", flat=True)) == {"contributor", "pmo"}


def test_somebody_just_taken_out_of_a_team_does_not_come_back(world, adam):
    team = counsel(world, world.bob, world.sam)
    page = url("team", team_id=team.pk)
    seen = seen_on(adam.get(page))
    with tenant_context(world.tenant.pk):
        actions.set_team_members(team, [world.sam.pk, world.erin.pk], by=world.adam)
    answer = adam.post(page, {"people": [world.bob.pk, world.sam.pk, world.carol.pk], "seen": seen})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "People, taken away meanwhile: Bob" in text
    assert "People, added meanwhile: Erin" in text
    assert ticked(answer, "people") == {str(person.pk) for person in (world.sam, world.erin, world.carol)}
    assert adam.post(page, {"people": [*ticked(answer, "people")], "seen": seen_on(answer)}).status_code == 303
    with tenant_context(world.tenant.pk):
        assert set(TeamMember.objects.filter(team=team).values_list("user__name", flat=True)) == {"Sam", "Erin", "Carol"}


def test_somebody_whose_membership_ended_meanwhile_is_named(world, adam):
    team = counsel(world, world.bob, world.sam)
    page = url("team", team_id=team.pk)
    seen = seen_on(adam.get(page))
    with tenant_context(world.tenant.pk):
        actions.end_member(Membership.objects.get(user=world.bob), by=world.adam)
    answer = adam.post(page, {"people": [world.sam.pk], "seen": seen})
    assert answer.status_code == 409
    assert "People, taken away meanwhile: Bob" in answer.content.decode()


def test_what_another_administrator_set_for_the_organisation_stays(world, adam):
    page = url("organisation")
    shown = adam.get(page)
    form = {
        "name_zh": world.tenant.name_zh,
        "name_en": "Xinghe again",
        "language": "en",
        "time_zone": world.tenant.time_zone,
        "currency": world.tenant.currency,
        "code_prefix": world.tenant.code_prefix,
        "report_retention_days": world.tenant.report_retention_days,
        "brand_colour": world.tenant.brand_colour,
    }
    with tenant_context(world.tenant.pk):
        change_organisation(Tenant.objects.get(pk=world.tenant.pk), by=world.pam, report_retention_days=400, name_en="Xinghe Group")
    answer = adam.post(page, {**form, "seen": seen_on(shown)})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Days that reports are kept, saved meanwhile: 400" in text
    assert "Name in English: yours stands here, saved meanwhile: Xinghe Group" in text
    assert 'value="400"' in text
    assert 'value="Xinghe again"' in text
    assert Tenant.objects.get(pk=world.tenant.pk).name_en == "Xinghe Group"
    assert adam.post(page, {**form, "report_retention_days": 400, "seen": seen_on(answer)}).status_code == 303
    tenant = Tenant.objects.get(pk=world.tenant.pk)
    assert (tenant.report_retention_days, tenant.name_en) == (400, "Xinghe again")


@pytest.mark.parametrize("damaged", ["{", "[]", "7", '{"people": 3}', "[" * 20000])
def test_a_damaged_field_is_asked_again(world, adam, damaged):
    team = counsel(world, world.bob)
    page = url("team", team_id=team.pk)
    answer = adam.post(page, {"people": [world.sam.pk], "seen": damaged})
    assert answer.status_code == 409
    assert ticked(answer, "people") == {str(world.bob.pk), str(world.sam.pk)}


def test_the_order_of_choices_does_not_matter():
    assert read_seen(seen_text({"roles": {"b", "a"}, "title": "x"})) == {"roles": ["a", "b"], "title": "x"}
    assert read_seen("") is None
