"""The wizard: a draft survives, two tabs do not overwrite each other, one project however often the button is pressed."""

from __future__ import annotations

import json
import threading
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from uuid_utils.compat import uuid7

from assessments.checklists.models import Answer, Assessment
from compliance.filings.models import Filing
from portal.core.tenancy import tenant_context
from portal.notices.models import Notice
from portal.projects.facts.queries import project_facts
from portal.projects.intake.drafts import register_draft
from portal.projects.models import IntakeDraft, Project, ProjectMember, ProjectSummary
from portal.tenants.entry import enter_tenant
from tests.factories import cast
from tests.portal.projects.conftest import statements

BASICS = {
    "name_zh": "门店补货预测",
    "name_en": "Store replenishment",
    "purpose": "Forecast.",
    "unit": "供应链",
    "target_launch": "2027-06-30",
    "budget": "120000",
}


def address(world: SimpleNamespace, draft: UUID, step: str) -> str:
    return reverse("portal:intake_step", kwargs={"tenant_slug": world.tenant.slug, "draft_id": draft, "step": step})


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def basics(world: SimpleNamespace, **more: str) -> dict[str, str]:
    return {**BASICS, "owner": str(world.alice.pk), "sponsor": str(world.erin.pk), **more}


def fact_fields(**facts: Any) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, value in facts.items():
        data |= {f"f-{name}": value, f"was-{name}": json.dumps("unknown")}
    return data


def test_opening_the_wizard_writes_nothing(world: SimpleNamespace) -> None:
    client = client_of(world.alice)
    answer = client.get(reverse("portal:intake", kwargs={"tenant_slug": world.tenant.slug}))
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200
    with tenant_context(world.tenant.pk):
        assert IntakeDraft.objects.count() == 0


def test_the_whole_way(world: SimpleNamespace) -> None:
    client, draft = client_of(world.alice), uuid7()
    went = client.post(address(world, draft, "basics"), {**basics(world), "version": "0", "go": "next"})
    assert (went.status_code, went["Location"]) == (303, address(world, draft, "facts"))
    page = client.get(address(world, draft, "facts")).content.decode()
    assert 25 <= page.count('id="fact-') <= 45
    went = client.post(
        address(world, draft, "facts"),
        {
            **fact_fields(markets=["CN"], audience=["public"], generates=["text"], mlps_level="3", minors_among_users=""),
            "version": "1",
            "go": "next",
        },
    )
    assert went["Location"] == address(world, draft, "people")
    assert b"suggestions" in client.get(address(world, draft, "people")).content
    went = client.post(
        address(world, draft, "people"),
        {
            "role-business_owner": str(world.alice.pk),
            "role-tech_lead": str(world.bob.pk),
            "role-compliance": str(world.carol.pk),
            "version": "2",
        },
    )
    assert went["Location"] == address(world, draft, "review")
    review = client.get(address(world, draft, "review")).content.decode()
    assert "Assessment tier: full" in review
    assert "Items per dimension" in review
    assert "G4 Launch approval" in review
    assert "not legal advice" in review.lower()
    done = client.post(address(world, draft, "review"))
    assert done.status_code == 303
    with tenant_context(world.tenant.pk):
        project = Project.objects.get(name_en="Store replenishment")
        facts = project_facts(project)
        assert (facts["audience"], facts["mlps_level"], facts["launch_date"]) == (["public"], 3, "2027-06-30")
        assert dict(ProjectMember.objects.filter(project=project).values_list("role_key", "user_id")) == {
            "business_owner": world.alice.pk,
            "tech_lead": world.bob.pk,
            "compliance": world.carol.pk,
        }
        assessment = Assessment.objects.get(project=project)
        assert assessment.tier == "full"
        assert Answer.objects.filter(assessment=assessment).count() == 129
        assert Answer.objects.filter(assessment=assessment, assignee=world.bob).count() > 20
        assert Answer.objects.filter(assessment=assessment, due_on=None, due_gate="G2").count() == 0
        assert Filing.objects.filter(project=project, result="undetermined").exists()
        project.summary.refresh_from_db()
        assert (project.summary.tier, project.summary.next_gate, project.summary.public_facing) == ("full", "G0", "yes")
        assert IntakeDraft.objects.get(pk=draft).project_id == project.pk
    # The address of the draft leads to the project from now on; pressing again makes no second one.
    assert client.get(address(world, draft, "basics")).status_code == 303
    assert client.post(address(world, draft, "review")).status_code == 303
    with tenant_context(world.tenant.pk):
        assert Project.objects.filter(name_en="Store replenishment").count() == 1


def test_a_draft_survives_a_closed_browser(world: SimpleNamespace) -> None:
    draft = uuid7()
    typed = client_of(world.alice).post(
        address(world, draft, "basics"),
        {**basics(world, budget="a lot"), "version": "0"},
        headers={"HX-Request": "true", "X-Autosave": "1"},
    )
    assert (typed.status_code, typed["X-Version"]) == (200, "1")
    fresh = client_of(world.alice)
    listed = fresh.get(reverse("portal:intake", kwargs={"tenant_slug": world.tenant.slug})).content.decode()
    assert "Store replenishment" in listed
    page = fresh.get(address(world, draft, "basics")).content.decode()
    assert 'value="a lot"' in page  # kept as typed, checked when the person goes on
    assert fresh.post(address(world, draft, "basics"), {**basics(world, budget="a lot"), "version": "1", "go": "next"}).status_code == 422
    assert fresh.post(address(world, draft, "basics"), {**basics(world), "version": "1", "go": "next"}).status_code == 303


def test_two_tabs_do_not_overwrite_each_other(world: SimpleNamespace) -> None:
    client, draft = client_of(world.alice), uuid7()
    autosave = {"HX-Request": "true", "X-Autosave": "1"}
    client.post(address(world, draft, "basics"), {**basics(world), "version": "0"}, headers=autosave)
    one = client.post(address(world, draft, "basics"), {**basics(world, unit="门店部"), "version": "1"}, headers=autosave)
    assert one["X-Version"] == "2"
    other = client.post(address(world, draft, "basics"), {**basics(world, unit="采购部"), "version": "1"}, headers=autosave)
    assert (other.status_code, other["X-Version"]) == (409, "2")
    shown = client.post(address(world, draft, "basics"), {**basics(world, unit="采购部"), "version": "1", "go": "next"})
    assert shown.status_code == 409
    assert 'value="采购部"' in shown.content.decode()  # what was typed is still there
    assert 'name="version" value="2"' in shown.content.decode()
    with tenant_context(world.tenant.pk):
        assert IntakeDraft.objects.get(pk=draft).data["basics"]["unit"] == "门店部"


def test_the_short_page_of_facts_keeps_what_the_long_one_holds(world: SimpleNamespace) -> None:
    client, draft = client_of(world.alice), uuid7()
    client.post(address(world, draft, "basics"), {**basics(world), "version": "0", "go": "next"})
    client.post(
        f"{address(world, draft, 'facts')}?all=1", {**fact_fields(crypto_required="yes", markets=["CN"]), "version": "1", "go": "next"}
    )
    client.post(address(world, draft, "facts"), {**fact_fields(markets=["CN", "DE"]), "version": "2", "go": "next"})
    with tenant_context(world.tenant.pk):
        assert IntakeDraft.objects.get(pk=draft).data["facts"]["values"] == {"crypto_required": "yes", "markets": ["CN", "DE"]}


def test_drafts_are_private_and_can_be_discarded(world: SimpleNamespace) -> None:
    client, draft = client_of(world.alice), uuid7()
    client.post(address(world, draft, "basics"), {**basics(world), "version": "0", "go": "next"})
    stranger = client_of(world.bob)
    assert stranger.get(address(world, draft, "facts")).status_code == 404
    assert stranger.post(address(world, draft, "basics"), {**basics(world), "version": "1"}).status_code == 404
    discard = reverse("portal:intake_discard", kwargs={"tenant_slug": world.tenant.slug, "draft_id": draft})
    assert stranger.post(discard).status_code == 404
    assert client.post(discard).status_code == 303
    with tenant_context(world.tenant.pk):
        assert not IntakeDraft.objects.exists()
    assert client_of(world.dave).get(address(world, draft, "basics")).status_code == 403


def test_registering_checks_everything_again(world: SimpleNamespace) -> None:
    client, draft = client_of(world.alice), uuid7()
    client.post(address(world, draft, "basics"), {**basics(world), "version": "0", "go": "next"})
    with tenant_context(world.tenant.pk):
        row = IntakeDraft.objects.get(pk=draft)
        row.data = {**row.data, "facts": {"values": {"mlps_level": "nine"}, "sources": {}}}
        row.save()
    answer = client.post(address(world, draft, "review"))
    assert answer.status_code == 422
    assert "is not a number" in answer.content.decode()
    with tenant_context(world.tenant.pk):
        assert not Project.objects.filter(name_en="Store replenishment").exists()


@pytest.mark.parametrize(("field", "value"), [("target_launch", "0226-11-23"), ("target_launch", "2150-01-01"), ("code", "a b?")])
def test_the_first_step_says_beside_the_field_what_cannot_be_registered(world: SimpleNamespace, field: str, value: str) -> None:
    """What the end would refuse is refused at once, where it was typed."""
    client, draft = client_of(world.alice), uuid7()
    answer = client.post(address(world, draft, "basics"), {**basics(world, **{field: value}), "version": "0", "go": "next"})
    assert answer.status_code == 422
    assert f'id="id_{field}-error"' in answer.content.decode()


def test_units_of_hidden_projects_are_not_suggested(world: SimpleNamespace) -> None:
    with tenant_context(world.tenant.pk):
        cast.make_project(world.alice, "XH-0008", unit="Stores")
        ProjectSummary.objects.filter(project__code="XH-0008").update(unit="Stores")
    page = address(world, uuid7(), "basics")
    assert 'value="Stores"' in client_of(world.alice).get(page).content.decode()
    assert 'value="Stores"' not in client_of(world.bob).get(page).content.decode()


def test_the_last_step_asks_for_the_members_once(world: SimpleNamespace) -> None:
    client, draft = client_of(world.alice), uuid7()
    client.post(address(world, draft, "basics"), {**basics(world), "version": "0", "go": "next"})
    with statements() as sent:
        assert client.get(address(world, draft, "review")).status_code == 200
    members = [sql for sql in sent if sql.startswith('SELECT "portal_membership"."user_id"')]
    assert len(members) == 1, members


def test_whoever_is_named_at_registration_is_told_of_the_role(world: SimpleNamespace) -> None:
    client, draft = client_of(world.alice), uuid7()
    client.post(address(world, draft, "basics"), {**basics(world), "version": "0", "go": "next"})
    named = {"role-business_owner": str(world.alice.pk), "role-security": str(world.bob.pk)}
    client.post(address(world, draft, "people"), {**named, "version": "1", "go": "next"})
    client.post(address(world, draft, "review"))
    with tenant_context(world.tenant.pk):
        assert ProjectMember.objects.filter(project__name_zh=BASICS["name_zh"]).count() == 2
        told = Notice.objects.filter(kind="portal.project_role_given").values_list("user__name", "params__role__en")
        assert list(told) == [("Bob", "Information security")]


def test_units_that_no_project_has_any_more_are_not_suggested(world: SimpleNamespace) -> None:
    with tenant_context(world.tenant.pk):
        made = cast.make_project(world.alice, "XH-0009", unit="Retail")
        made.unit = "Retail group"
        made.save(update_fields=["unit"])
    page = client_of(world.pam).get(address(world, uuid7(), "basics")).content.decode()
    assert 'value="Retail group"' in page
    assert 'value="Retail"' not in page


def test_whoever_registers_for_others_is_told(world: SimpleNamespace) -> None:
    client, draft = client_of(world.bob), uuid7()
    client.post(address(world, draft, "basics"), {**basics(world), "version": "0", "go": "next"})
    done = client.post(address(world, draft, "review"), follow=True)
    assert done.status_code == 200
    assert done.redirect_chain[-1][0] == reverse("portal:portfolio", kwargs={"tenant_slug": world.tenant.slug})


def test_pressing_twice_at_once_makes_one_project(live_db: None) -> None:
    with transaction.atomic():
        world = cast.build_world()
    draft = uuid7()
    with tenant_context(world.tenant.pk, world.alice.pk):
        data = {"basics": basics(world), "facts": {"values": {"markets": ["CN"]}, "sources": {}}, "people": {}}
        IntakeDraft.objects.create(pk=draft, user=world.alice, data=data, step="review")
    made: list[Any] = []

    def press() -> None:
        try:
            with enter_tenant(world.tenant.slug, world.alice) as found:
                made.append(register_draft(draft, by=found.actor).pk)
        except BaseException as error:
            made.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(set(made)) == 1, made
    with tenant_context(world.tenant.pk):
        assert Project.objects.filter(name_en="Store replenishment").count() == 1
        assert Assessment.objects.count() == 1
