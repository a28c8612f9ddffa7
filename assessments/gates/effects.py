"""What a change of facts means for decisions that were taken: which sign-offs would no longer cover the project, and why.

The rise of a tier is said by the checklists; here are the criteria that held when a gate was decided and would no longer hold.
The same look decides after saving (``staleness``), so that the difference shown and what happens agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from assessments.checklists import calculating
from assessments.checklists.dependencies import dependencies
from assessments.checklists.judging import ProjectView, view_of
from assessments.checklists.loading import load_answers, load_runs, read_rows
from assessments.checklists.models import Assessment
from assessments.gates.staleness import MATERIAL, newest_positive
from assessments.gates.standing import AnswerStanding, Standing
from portal.catalogue import Text
from portal.catalogue.parts import same
from portal.projects.models import Project
from portal.projects.registry import Effect, Facts


class Supposed(Standing):
    """The project as it would stand with other facts; reads what is stored, writes nothing."""

    def __init__(self, project: Project, facts: Mapping[str, Any]) -> None:
        super().__init__(project)
        self._facts = facts

    @cached_property
    def view(self) -> ProjectView:
        """The project seen through the supposed facts."""
        return view_of(self.content, self._facts, project_id=self.project.pk)

    @cached_property
    def answers(self) -> dict[str, AnswerStanding]:
        """Every item judged anew on the stored answers."""
        rows = load_answers(self.assessment, list(self.content.items), self.today)
        given = read_rows(self.content, rows, self.content.items)
        graph = dependencies(self.content)
        outputs, _fresh = calculating.run_touched(graph, graph.order, self.view, given, load_runs(self.assessment))
        judged = self.view.judge(self.view.tier(self.assessment.tier_raised).tier, given, outputs)
        return {name: AnswerStanding(one.verdict, rows[name].state, one.applies) for name, one in judged.items() if name in rows}


def gate_effects(project: Project | None, before: Facts | None, after: Facts) -> list[Effect]:
    """One line for each decided gate of which a criterion that held would no longer hold."""
    if project is None or before is None or not Assessment.objects.filter(project=project).exists():
        return []
    rounds = {gate: row for gate, row in newest_positive(project).items() if row.stale_since is None}
    if not rounds:
        return []
    supposed = Supposed(project, after)
    lines = []
    for gate, row in rounds.items():
        held = {one["id"] for one in row.revision.content["criteria"] if one["result"] == "met"}
        lost = [one for one in supposed.judge(gate).criteria if one.kind in MATERIAL and one.id in held and not one.met]
        if lost:
            name = Text("{id} {name}", "{id} {name}").fill(id=same(gate), name=supposed.content.gates[gate].name)
            text = Text("{gate} 的签批失效", "The sign-off of {gate} becomes stale").fill(gate=name)
            reason = Text("；".join(one.reason.zh for one in lost), "; ".join(one.reason.en for one in lost))
            lines.append(Effect("gate_stale", gate, text, reason, 80, {"criteria": [one.id for one in lost]}))
    return lines
