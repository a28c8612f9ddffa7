"""The tier: raised with a reason by the roles of the content, never lowered, withdrawn by another person."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.checklists.models import Answer, Assessment, TierRaise
from assessments.checklists.recounting import recount
from assessments.checklists.registry import GateFacts
from assessments.checklists.tier.actions import plan_raise, plan_withdrawal, raise_tier, withdraw_raise
from assessments.checklists.tier.showing import tier_shown
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.tenancy import tenant_context
from portal.projects import registry
from portal.projects.facts.actions import save_facts
from portal.tenants.entry import enter_tenant
from portal.tenants.models import User
from tests.factories.facts import LIGHT_FACTS
from tests.factories.ready import give_facts


def actor(world: SimpleNamespace, user: Any) -> Actor:
    with enter_tenant(world.tenant.slug, user) as found:
        return found.actor


@pytest.fixture
def light(in_tenant: SimpleNamespace) -> SimpleNamespace:
    """The project of the cast in the light tier."""
    give_facts(in_tenant.project, LIGHT_FACTS)
    registry.project_registered(in_tenant.project, by=in_tenant.alice)
    assert Assessment.objects.get(project=in_tenant.project).tier == "light"
    return in_tenant


def assessment(world: SimpleNamespace) -> Assessment:
    return Assessment.objects.get(project=world.project)


def test_a_raise_opens_items_at_once(light: SimpleNamespace) -> None:
    pam = actor(light, light.pam)
    before = Answer.objects.filter(applies=True).count()
    lines = plan_raise(light.project, "standard", by=pam)
    opened = [line.key for line in lines if line.kind == "item_opens"]
    assert lines[0].kind == "tier_rises"
    assert assessment(light).tier == "light"
    done = raise_tier(light.project, "standard", reason_key="acts_by_itself", reason="It sends orders.", by=pam)
    assert set(done.opened) == set(opened)
    assert Answer.objects.filter(applies=True).count() == before + len(opened)
    now = assessment(light)
    assert (now.tier_computed, now.tier_raised, now.tier) == ("light", "standard", "standard")
    row = TierRaise.objects.get()
    assert (row.role_key, row.raised_by, row.reason) == ("pmo", light.pam, "It sends orders.")
    assert recount(now.pk) == []


def test_only_upwards_with_a_reason_and_by_the_right_roles(light: SimpleNamespace) -> None:
    pam, alice = actor(light, light.pam), actor(light, light.alice)
    with pytest.raises(Conflict):
        raise_tier(light.project, "light", reason_key="other", reason="x", by=pam)
    with pytest.raises(Invalid):
        raise_tier(light.project, "standard", reason_key="other", reason="  ", by=pam)
    with pytest.raises(Invalid):
        raise_tier(light.project, "standard", reason_key="because", reason="x", by=pam)
    with pytest.raises(NotAllowed):
        raise_tier(light.project, "standard", reason_key="other", reason="x", by=alice)
    save_facts(light.project, {"audience": ["public"]}, by=light.alice)
    with pytest.raises(Conflict):
        raise_tier(light.project, "standard", reason_key="other", reason="x", by=pam)
    assert not TierRaise.objects.exists()


def test_another_person_withdraws_and_no_round_is_open(light: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    pam, carol = actor(light, light.pam), actor(light, light.carol)
    with pytest.raises(Conflict):
        withdraw_raise(light.project, reason="x", by=carol)
    raise_tier(light.project, "full", reason_key="novel_use", reason="New kind of use.", by=pam)
    with pytest.raises(NotAllowed):
        withdraw_raise(light.project, reason="I changed my mind", by=pam)
    monkeypatch.setattr("assessments.checklists.tier.actions.gate_facts", lambda project: GateFacts(open_round="G1"))
    with pytest.raises(NotAllowed):
        withdraw_raise(light.project, reason="Pilot is over", by=carol)
    monkeypatch.undo()
    assert any(line.kind == "item_leaves" for line in plan_withdrawal(light.project, by=carol))
    withdraw_raise(light.project, reason="Pilot is over", by=carol)
    assert assessment(light).tier == "light"
    row = TierRaise.objects.get()
    assert (row.withdrawn_by, row.withdrawn_reason) == (light.carol, "Pilot is over")
    assert recount(assessment(light).pk) == []


def test_an_account_linked_after_it_raised_the_tier_counts_as_the_same_person(light: SimpleNamespace) -> None:
    raise_tier(light.project, "full", reason_key="novel_use", reason="New kind of use.", by=actor(light, light.carol))
    User.objects.filter(pk=light.carol.pk).update(person_id=light.pam.person_id)
    with pytest.raises(NotAllowed) as refusal:
        withdraw_raise(light.project, reason="Pilot is over", by=actor(light, light.pam))
    assert refusal.value.code == "segregation"


def test_a_raise_survives_and_is_overtaken(light: SimpleNamespace) -> None:
    """R4: it stays on record when the computed tier reaches it, and counts again when that falls."""
    pam = actor(light, light.pam)
    raise_tier(light.project, "standard", reason_key="other", reason="x", by=pam)
    save_facts(light.project, {"audience": ["public"]}, by=light.alice)
    assert assessment(light).tier == "full"
    shown = tier_shown(light.project, pam)
    assert shown is not None
    assert shown.raised is not None
    assert not shown.raise_counts
    save_facts(light.project, {"audience": ["internal_staff"]}, by=light.alice)
    assert (assessment(light).tier_computed, assessment(light).tier) == ("light", "standard")
    raise_tier(light.project, "full", reason_key="group_wide", reason="wider", by=pam)
    assert TierRaise.objects.filter(withdrawn_at=None).count() == 1


def test_the_page_names_what_decides(light: SimpleNamespace) -> None:
    where = {"tenant_slug": light.tenant.slug, "project_id": light.project.pk}
    client = Client()
    client.force_login(light.pam)
    page = client.get(reverse("assessments:tier", kwargs=where)).content.decode()
    assert "Own staff only" in page
    assert "#fact-audience" in page
    raised = reverse("assessments:raise_tier", kwargs=where)
    typed = {"tier": "standard", "reason_key": "other", "reason": "Wider use is near."}
    assert client.post(raised, {**typed, "reason": ""}).status_code == 422
    planned = client.post(raised, typed)
    assert b"The tier rises from light to standard" in planned.content
    with tenant_context(light.tenant.pk):
        assert not TierRaise.objects.exists()
    assert client.post(raised, {**typed, "confirm": "1"}).status_code == 303
    api = client.get(reverse("assessments:api_tier", kwargs=where)).json()
    assert (api["computed"], api["in_force"], api["raise"]["role"]) == ("light", "standard", "pmo")
    reader = Client()
    reader.force_login(light.dave)
    assert reader.get(reverse("assessments:tier", kwargs=where)).status_code == 200
    assert reader.post(raised, typed).status_code == 403
    assert reader.post(reverse("assessments:api_tier", kwargs=where), typed, content_type="application/json").status_code == 403
