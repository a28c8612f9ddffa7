"""The difference shown before saving facts names the sign-offs that saving then marks stale."""

from __future__ import annotations

import pytest

from assessments.gates.models import GateRound
from portal.projects.facts.actions import plan_facts, save_facts
from portal.projects.facts.grouping import grouped_effects
from portal.tenants.entry import acting_as
from tests.factories.ready import decide_g0


@pytest.fixture
def decided(world):
    """G0 of Alice's project is decided."""
    return decide_g0(world)


def stale_lines(plan):
    return [line for group in grouped_effects(plan.effects) for line in group.lines if line.kind == "gate_stale"]


def test_a_criterion_that_would_no_longer_hold_is_named(decided):
    with acting_as(decided.tenant, decided.alice):
        plan = plan_facts(decided.project, {"markets": "unknown"})
        (line,) = stale_lines(plan)
        assert line.key == "G0"
        assert line.data["criteria"] == ["G0.2"]
        assert GateRound.objects.get(pk=decided.round.pk).stale_since is None
        save_facts(decided.project, {"markets": "unknown"}, by=decided.alice)
        row = GateRound.objects.get(pk=decided.round.pk)
        assert [reason["criterion"] for reason in row.stale_reasons if reason["kind"] == "criterion"] == ["G0.2"]


def test_a_change_without_consequence_names_none_and_marks_none(decided):
    with acting_as(decided.tenant, decided.alice):
        assert stale_lines(plan_facts(decided.project, {"upstream_model_name": "Model X"})) == []
        save_facts(decided.project, {"upstream_model_name": "Model X"}, by=decided.alice)
        assert GateRound.objects.get(pk=decided.round.pk).stale_since is None


def test_two_reasons_for_one_gate_are_one_line(decided):
    with acting_as(decided.tenant, decided.alice):
        plan = plan_facts(decided.project, {"audience": ["public"], "markets": "unknown"})
        lines = stale_lines(plan)
        assert [line.key for line in lines] == ["G0"]
