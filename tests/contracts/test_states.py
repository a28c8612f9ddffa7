"""States × transitions: the tables, the drawing and the moving agree."""

from __future__ import annotations

import itertools

import pytest

from assessments.gates.states import OUTCOME_KIND
from compliance.filings.states import FilingState
from compliance.workflows import document, filing_steps, machines
from portal.catalogue import catalogue
from portal.core.errors import Conflict
from portal.core.states import check_step, move
from portal.projects.models import Project
from portal.projects.states import TRANSITIONS, Stage
from tests.factories.ready import start  # noqa: F401 - the app must be importable as a whole


def test_the_drawing_is_up_to_date(settings):
    assert (settings.BASE_DIR / "docs" / "workflows.md").read_text(encoding="utf-8") == document()


@pytest.mark.parametrize("machine", machines(), ids=lambda machine: machine.title)
def test_every_step_leads_from_a_state_to_a_state(machine):
    for state, following in machine.steps.items():
        assert state in machine.labels
        assert set(following) <= set(machine.labels), state


@pytest.mark.parametrize("machine", machines(), ids=lambda machine: machine.title)
def test_every_pair_is_either_a_step_or_refused(machine):
    for old, new in itertools.product(machine.labels, repeat=2):
        if new in machine.steps.get(old, ()):
            check_step(machine.steps, old, new)
        else:
            with pytest.raises(Conflict):
                check_step(machine.steps, old, new)


def test_filing_states_are_those_of_the_catalogue():
    assert set(filing_steps()) == set(FilingState.values)


def test_every_outcome_of_every_gate_has_a_kind():
    named = {choice.value for gate in catalogue().gates.values() for choice in gate.outcomes}
    assert named == set(OUTCOME_KIND)


@pytest.mark.parametrize("old", Stage.values)
def test_moving_follows_the_table_for_every_stage(old, in_tenant):
    for new in Stage.values:
        Project.objects.filter(pk=in_tenant.project.pk).update(stage=old)
        project = Project.objects.get(pk=in_tenant.project.pk)
        if new in TRANSITIONS[old]:
            move(project, TRANSITIONS, new, field="stage")
            assert Project.objects.get(pk=project.pk).stage == new
        else:
            with pytest.raises(Conflict):
                move(project, TRANSITIONS, new, field="stage")
            assert Project.objects.get(pk=project.pk).stage == old


def test_a_state_read_too_early_is_not_overwritten(in_tenant):
    project = Project.objects.get(pk=in_tenant.project.pk)
    Project.objects.filter(pk=project.pk).update(stage=Stage.ON_HOLD)
    with pytest.raises(Conflict) as refusal:
        move(project, TRANSITIONS, Stage.ASSESSMENT, field="stage")
    assert refusal.value.code == "moved_meanwhile"
