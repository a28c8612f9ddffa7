"""What the gates slice offers to lower slices: gate facts for the checklists, staleness after changes, tasks for "my work"."""

from __future__ import annotations

from typing import Any

from assessments.checklists import hooks
from assessments.checklists.registry import GateFacts, register_gate_facts
from assessments.gates.models import GateRound
from assessments.gates.staleness import answers_changed, facts_saved, newest_positive
from assessments.gates.states import RoundState
from portal.projects.registry import on_facts_saved


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
