"""What the gates slice offers to lower slices: gate facts for the checklists, staleness after changes, tasks for "my work"."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.checklists import hooks
from assessments.checklists.registry import GateFacts, register_gate_facts
from assessments.gates.history import SENTENCES
from assessments.gates.models import GateRound
from assessments.gates.staleness import answers_changed, facts_saved, newest_positive
from assessments.gates.states import RoundState
from portal.audit import sentences
from portal.notices import kinds
from portal.projects.registry import Tab, on_facts_saved, register_tab


def gate_facts_of(project: Any) -> GateFacts:
    """Gates with a positive decision that is not stale, and the open round."""
    waiting = GateRound.objects.filter(project=project, state=RoundState.OPEN).values_list("gate", "due_on").first()
    decided = tuple(gate for gate, row in newest_positive(project).items() if row.stale_since is None)
    return GateFacts(decided=decided, open_round=waiting[0] if waiting else "", open_due=waiting[1] if waiting else None)


def install() -> None:
    """Hang the slice on; called from ``AppConfig.ready``."""
    register_gate_facts(gate_facts_of)
    hooks.on_answers_changed(30, answers_changed)
    on_facts_saved(30, facts_saved)
    register_tab(Tab(60, "gates", _("Gates and reports"), "assessments:gates", "portal.view_project"))
    sentences.register(SENTENCES)
    _declare_notices()


def _declare_notices() -> None:
    kinds.declare(
        "assessments.gate_to_sign",
        _("{gate} of {project} waits for your signature"),
        _("Sign until {due}."),
        label=_("A gate waits for my signature"),
        tone="attention",
    )
    kinds.declare("assessments.gate_decided", _("{gate} of {project} is decided"), label=_("A gate was decided"), tone="info")
    kinds.declare(
        "assessments.gate_stale",
        _("The sign-off of {gate} of {project} is stale"),
        _("Something material changed after the decision. A delta round covers the difference."),
        label=_("A sign-off I gave became stale"),
        tone="fail",
    )
    kinds.declare(
        "assessments.condition_yours",
        _("A condition of {gate} of {project} is yours"),
        _("{text} Until {due}."),
        label=_("A condition is assigned to me"),
        tone="attention",
    )
