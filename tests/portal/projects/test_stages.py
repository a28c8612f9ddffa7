"""Stages: every step of the table, nothing beside it, by compare-and-set."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from portal.core.errors import Conflict, Invalid
from portal.projects.actions import advance_stage, hold_project, resume_project, retire_project, stop_project
from portal.projects.models import Project
from portal.projects.states import FLOW, TRANSITIONS, Stage

SIDE_ACTS = {Stage.ON_HOLD: hold_project, Stage.STOPPED: stop_project, Stage.RETIRED: retire_project}


def at(world: SimpleNamespace, stage: str, before: str = "") -> Project:
    """The project, put at a stage behind the actions' back."""
    Project.objects.filter(pk=world.project.pk).update(stage=stage, stage_before=before)
    return Project.objects.get(pk=world.project.pk)


@pytest.mark.parametrize("old", FLOW)
@pytest.mark.parametrize("new", FLOW)
def test_advance_stage_follows_the_table(in_tenant: SimpleNamespace, old: str, new: str) -> None:
    """A gate moves a project along the flow exactly where the table has the step."""
    project = at(in_tenant, old)
    if new in TRANSITIONS[old]:
        advance_stage(project, new, by=in_tenant.pam, reason="G1")
        stored = Project.objects.get(pk=project.pk)
        assert (stored.stage, stored.stage_reason) == (new, "G1")
        assert (stored.launched_on is not None) == (new == Stage.LIVE)
    else:
        with pytest.raises(Conflict):
            advance_stage(project, new, by=in_tenant.pam)
        assert Project.objects.get(pk=project.pk).stage == old


@pytest.mark.parametrize("stage", [Stage.ON_HOLD, Stage.STOPPED, Stage.RETIRED])
def test_advance_stage_refuses_projects_that_stand_aside(in_tenant: SimpleNamespace, stage: str) -> None:
    """A gate cannot move what is on hold, stopped or retired, nor put anything there."""
    with pytest.raises(Conflict):
        advance_stage(at(in_tenant, stage, Stage.BUILD), Stage.BUILD, by=in_tenant.pam)
    with pytest.raises(Conflict):
        advance_stage(at(in_tenant, Stage.BUILD), stage, by=in_tenant.pam)


@pytest.mark.parametrize("old", list(Stage))
@pytest.mark.parametrize("new", list(SIDE_ACTS))
def test_steps_aside_follow_the_table(in_tenant: SimpleNamespace, old: str, new: str) -> None:
    """Hold, stop and retire work exactly where the table has the step and remember where the project came from."""
    project = at(in_tenant, old, Stage.BUILD if old == Stage.ON_HOLD else "")
    if new in TRANSITIONS[old]:
        SIDE_ACTS[new](project, by=in_tenant.pam, reason="budget freeze")
        stored = Project.objects.get(pk=project.pk)
        assert (stored.stage, stored.stage_before) == (new, Stage.BUILD if old == Stage.ON_HOLD else old)
    else:
        with pytest.raises(Conflict):
            SIDE_ACTS[new](project, by=in_tenant.pam, reason="budget freeze")
        assert Project.objects.get(pk=project.pk).stage == old


def test_resume_goes_back_to_where_it_was(in_tenant: SimpleNamespace) -> None:
    """On hold comes back to its stage, stopped to intake, anything else is refused."""
    project = at(in_tenant, Stage.BUILD)
    hold_project(project, by=in_tenant.pam, reason="waiting for a supplier")
    resume_project(project, by=in_tenant.pam, reason="supplier delivered")
    assert Project.objects.get(pk=project.pk).stage == Stage.BUILD
    stop_project(project, by=in_tenant.pam, reason="no case")
    resume_project(project, by=in_tenant.pam, reason="new case")
    assert Project.objects.get(pk=project.pk).stage == Stage.INTAKE
    with pytest.raises(Conflict):
        resume_project(project, by=in_tenant.pam, reason="again")


def test_a_reason_is_needed(in_tenant: SimpleNamespace) -> None:
    """Steering without a reason is refused and changes nothing."""
    project = at(in_tenant, Stage.BUILD)
    for act in (hold_project, stop_project, retire_project):
        with pytest.raises(Invalid) as refusal:
            act(project, by=in_tenant.pam, reason="  ")
        assert "reason" in refusal.value.detail["fields"]
    assert Project.objects.get(pk=project.pk).stage == Stage.BUILD


def test_two_people_steering_at_once(in_tenant: SimpleNamespace) -> None:
    """The second of two who read the same state is told so."""
    first, second = at(in_tenant, Stage.BUILD), Project.objects.get(pk=in_tenant.project.pk)
    hold_project(first, by=in_tenant.pam, reason="one")
    with pytest.raises(Conflict):
        stop_project(second, by=in_tenant.erin, reason="two")
    assert Project.objects.get(pk=first.pk).stage_reason == "one"
