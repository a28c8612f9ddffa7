"""Records follow facts: rows appear, results move, a decision lapses with a notice, and decisions prevail in the counts."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import timezone

from assessments.checklists.judging import view_of
from assessments.scoring.registry import precheck_done
from compliance.filings.evaluation import organisation_regimes
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.states import FilingDecision
from portal.catalogue import catalogue
from portal.notices.models import Notice
from portal.projects import registry
from portal.projects.facts.actions import plan_facts, save_facts, save_organisation_facts
from portal.projects.facts.queries import project_facts

GENAI = "genai_service_registration"


@pytest.fixture
def ready(in_tenant: SimpleNamespace) -> SimpleNamespace:
    """A public project on a filed model."""
    facts = {
        "markets": ["CN"],
        "hosting_regions": ["CN"],
        "audience": ["public"],
        "generates": ["text"],
        "model_origin": "filed_model_api",
        "modifies_upstream_model": "no",
        "opinion_or_mobilization": "yes",
    }
    save_organisation_facts({"establishments": ["CN"]}, by=in_tenant.pam)
    save_facts(in_tenant.project, facts, by=in_tenant.alice, quietly=True)
    registry.project_registered(in_tenant.project, by=in_tenant.alice)
    return in_tenant


def row(world: SimpleNamespace, regime: str = GENAI) -> Filing:
    return Filing.objects.get(project=world.project, regime=regime)


def decide(world: SimpleNamespace, decision: str, regime: str = GENAI) -> Filing:
    """What two people do on the page of a filing."""
    filing = row(world, regime)
    filing.decision, filing.decided_result, filing.decided_facts = decision, filing.result, filing.facts_used
    filing.decided_by, filing.decided_person_id, filing.decided_at = world.carol, world.carol.person_id, timezone.now()
    filing.second_by, filing.second_person_id, filing.second_at = world.sam, world.sam.person_id, timezone.now()
    filing.decided_role, filing.second_role = "compliance", "security"
    filing.save()
    return filing


def test_a_new_project_has_its_records(ready: SimpleNamespace) -> None:
    found = row(ready)
    assert (found.result, found.gate, found.decision) == ("required", "before_launch", "none")
    assert found.facts_used["model_origin"] == "filed_model_api"
    assert not Filing.objects.filter(project=ready.project, result="not_applicable").exists()
    assert FilingEvent.objects.filter(filing=found).get().verb == "appeared"
    assert precheck_done(ready.project)
    assert not precheck_done(ready.foreign)


def test_regimes_of_the_organisation_have_one_record(ready: SimpleNamespace) -> None:
    shared = organisation_regimes(catalogue())
    assert "cii_annual_assessment" in shared
    assert set(Filing.objects.filter(project=None).values_list("regime", flat=True)) == shared
    assert not Filing.objects.filter(project=ready.project, regime__in=shared).exists()


def test_results_move_with_the_facts(ready: SimpleNamespace) -> None:
    save_facts(ready.project, {"audience": ["internal_staff"]}, by=ready.alice)
    found = row(ready)
    assert found.result == "not_applicable"
    moved = FilingEvent.objects.filter(filing=found, verb="result_moved").get()
    assert moved.detail == {"old": "required", "new": "not_applicable"}


def test_a_decision_lapses_when_a_fact_it_rests_on_changes(ready: SimpleNamespace) -> None:
    decide(ready, FilingDecision.CONFIRMED)
    save_facts(ready.project, {"registered_users": 500}, by=ready.alice)  # not a fact of this regime
    assert row(ready).decision == FilingDecision.CONFIRMED
    plan = plan_facts(ready.project, {"modifies_upstream_model": "yes"})
    assert [line.key for line in plan.effects if line.kind == "decision_lapses"] == [GENAI]
    assert row(ready).decision == FilingDecision.CONFIRMED
    save_facts(ready.project, {"modifies_upstream_model": "yes"}, by=ready.alice)
    found = row(ready)
    assert (found.decision, found.decided_by, found.decided_facts) == (FilingDecision.NONE, None, {})
    event = FilingEvent.objects.filter(filing=found, verb="decision_lapsed").get()
    assert event.detail["facts"] == {"modifies_upstream_model": ["no", "yes"]}
    assert Notice.objects.filter(user=ready.carol, kind="compliance.filing_decision_lapsed").count() == 1


def test_decisions_prevail_in_the_counts_but_not_in_the_tier(ready: SimpleNamespace) -> None:
    view = view_of(catalogue(), project_facts(ready.project), project_id=ready.project.pk)
    before = view.counts
    decide(ready, FilingDecision.REJECTED)
    again = view_of(catalogue(), project_facts(ready.project), project_id=ready.project.pk)
    assert again.counts.open["before_launch"] == before.open["before_launch"] - 1
    assert again.counts.confirmed == 1
    assert again.counts.listed == before.listed
    assert again.tier().computed == "full"
    assert again.tier().because == view.tier().because


def test_a_done_filing_is_not_open(ready: SimpleNamespace) -> None:
    before = view_of(catalogue(), project_facts(ready.project), project_id=ready.project.pk).counts.open["before_launch"]
    Filing.objects.filter(pk=row(ready).pk).update(state="approved")
    after = view_of(catalogue(), project_facts(ready.project), project_id=ready.project.pk).counts.open["before_launch"]
    assert after == before - 1
