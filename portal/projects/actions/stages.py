"""Where a project stands: gate decisions take it along the flow, people who steer it take it aside and back."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.core.errors import Conflict, Invalid
from portal.core.states import move
from portal.projects import registry
from portal.projects.facts.actions import write_launch
from portal.projects.facts.queries import STAGE_FACT, lifecycle_stage
from portal.projects.locking import lock_project
from portal.projects.models import Project
from portal.projects.states import FLOW, TRANSITIONS, Stage
from portal.projects.words import stage_name
from portal.tenants.clock import organisation_today
from portal.tenants.models import User

MAX_REASON = 300


def _reason(text: str, *, needed: bool) -> str:
    reason = " ".join(text.split())
    if needed and not reason:
        raise Invalid(_("Say why, so that others understand it later."), fields={"reason": [_("Say why.")]})
    if len(reason) > MAX_REASON:
        sentence = _("At most %(limit)d characters; these are %(length)d.") % {"limit": MAX_REASON, "length": len(reason)}
        raise Invalid(sentence, fields={"reason": [sentence]})
    return reason


def _step(project: Project, to_stage: str, verb: str, reason: str, by: User, **changes: Any) -> None:
    """Move by compare-and-set, say so in the trail, and let everything that hangs on the stage follow."""
    seen, before = (project.stage, project.stage_before), lifecycle_stage(project)
    old = project.stage
    lock_project(project)
    if (project.stage, project.stage_before) != seen:
        raise Conflict(
            _("Somebody else changed this in the meantime. Reload the page to see the present state."),
            code="moved_meanwhile",
            old=old,
            new=to_stage,
        )
    if refusal := registry.stage_refusal(project, to_stage):
        raise Conflict(refusal, code="stage_refused", old=old, new=to_stage)
    if project.launched_on is not None:
        changes.pop("launched_on", None)  # somebody entered the day of the launch meanwhile
    move(
        project,
        TRANSITIONS,
        to_stage,
        field="stage",
        stage_since=organisation_today(),
        stage_reason=reason,
        version=project.version + 1,
        updated_at=timezone.now(),
        **changes,
    )
    words = {"old": stage_name(old), "new": stage_name(to_stage), "from_stage": str(old), "to_stage": str(to_stage)}
    record_act(verb, project, code=project.code, name=project.name, reason=reason, **words)  # type: ignore[arg-type]
    launch = write_launch(project, by=by) if "launched_on" in changes else {}
    # The stage is a fact of the project too, kept by the portal itself.
    registry.facts_saved(project, changed={STAGE_FACT: (before, lifecycle_stage(project)), **launch}, by=by)


@transaction.atomic
def advance_stage(project: Project, to_stage: str, *, by: User, reason: str = "") -> None:
    """Take the step a gate decision leads to, forwards or back along the flow; nobody else calls this.

    Arriving at *live* for the first time sets the launch date and the fact of it. Raises :class:`Conflict` when the step is not in
    the table, when the project was moved meanwhile, or while it is on hold, stopped or retired.
    """
    if project.stage not in FLOW or to_stage not in FLOW:
        raise Conflict(
            _("The project is on hold, stopped or retired. Resume it before a gate moves it."),
            code="not_in_flow",
            old=project.stage,
            new=to_stage,
        )
    launched = {"launched_on": organisation_today()} if to_stage == Stage.LIVE and project.launched_on is None else {}
    _step(project, to_stage, "portal.project.stage_advanced", _reason(reason, needed=False), by, **launched)


@transaction.atomic
def hold_project(project: Project, *, by: User, reason: str) -> None:
    """Put the project on hold; it remembers the stage it comes back to."""
    _step(project, Stage.ON_HOLD, "portal.project.held", _reason(reason, needed=True), by, stage_before=project.stage)


@transaction.atomic
def stop_project(project: Project, *, by: User, reason: str) -> None:
    """Stop the project for good; it can only begin again at intake."""
    before = project.stage_before if project.stage == Stage.ON_HOLD else project.stage
    _step(project, Stage.STOPPED, "portal.project.stopped", _reason(reason, needed=True), by, stage_before=before)


@transaction.atomic
def resume_project(project: Project, *, by: User, reason: str) -> None:
    """Back to the stage before the hold; a stopped project begins again at intake."""
    if project.stage == Stage.ON_HOLD:
        target = project.stage_before or Stage.INTAKE
    elif project.stage == Stage.STOPPED:
        target = Stage.INTAKE
    else:
        raise Conflict(_("The project is neither on hold nor stopped."), code="no_such_step", old=project.stage, new="")
    _step(project, target, "portal.project.resumed", _reason(reason, needed=True), by, stage_before="")


@transaction.atomic
def retire_project(project: Project, *, by: User, reason: str) -> None:
    """Take a live project, or one on hold, out of service. There is no way back."""
    before = project.stage_before if project.stage == Stage.ON_HOLD else project.stage
    _step(project, Stage.RETIRED, "portal.project.retired", _reason(reason, needed=True), by, stage_before=before)
