"""Where a project stands at a gate: the criteria judged on what is stored now, each with its reason."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assessments.checklists.judging import ProjectView
from assessments.checklists.loading import load_answers, load_runs, read_rows
from assessments.checklists.models import Answer, Assessment
from assessments.checklists.states import AnswerState
from assessments.gates.flags import flags_of
from assessments.gates.models import Condition, GateRound
from assessments.gates.states import POSITIVE, ConditionState, RoundState
from assessments.scoring.context import ProjectContext
from assessments.scoring.gates import GateResult, GateState, evaluate_gate
from assessments.scoring.registry import filing_provider
from portal.catalogue import Catalogue, Env, catalogue
from portal.catalogue.parts import Gate
from portal.projects.facts.queries import project_facts
from portal.projects.models import Project
from portal.projects.states import Stage
from portal.tenants.clock import organisation_today

# A remark in brackets at the end of a label, in Chinese or Latin brackets.
BRACKETS = re.compile(r"\s*[(（][^()（）]*[)）]$")


@dataclass(frozen=True)
class AnswerStanding:
    """What the criteria read of one answer."""

    verdict: str
    state: str
    applies: bool


class Standing:
    """One look at a project for gate pages and decisions: loads each thing once, judges as many gates as asked."""

    def __init__(self, project: Project, *, today: dt.date | None = None) -> None:
        self.project = project
        self.today = today or organisation_today()
        self.assessment = Assessment.objects.get(project=project)

    @cached_property
    def content(self) -> Catalogue:
        """The version of the catalogue that the assessment is on."""
        return catalogue(self.assessment.catalogue_id)

    @cached_property
    def env(self) -> Env:
        """Facts of the project and its organisation, ready for rules."""
        return self.view.env

    @cached_property
    def view(self) -> ProjectView:
        """The project seen through its facts."""
        return ProjectView.of(self.content, project_facts(self.project), today=self.today, project_id=self.project.pk)

    @cached_property
    def context(self) -> ProjectContext:
        """All that the rules of items see: facts, answers, outputs of calculators, filings counted."""
        rows = load_answers(self.assessment, list(self.content.items), self.today)
        outputs = {name: run.outputs for name, run in load_runs(self.assessment).items()}
        return self.view.context(read_rows(self.content, rows, self.content.items), outputs)

    @cached_property
    def answers(self) -> dict[str, AnswerStanding]:
        """Verdict and state of every item, by item."""
        rows = Answer.objects.filter(assessment=self.assessment).values_list("item_key", "verdict", "state", "applies")
        return {key: AnswerStanding(verdict, state, applies) for key, verdict, state, applies in rows}

    @cached_property
    def rounds(self) -> list[GateRound]:
        """All rounds of the project, newest first, with their revisions' numbers."""
        return list(
            GateRound.objects.filter(project=self.project).select_related("revision").defer("revision__content").order_by("-opened_at")
        )

    @cached_property
    def conditions(self) -> list[Condition]:
        """All written conditions that were not given up."""
        return list(
            Condition.objects.filter(project=self.project).exclude(state=ConditionState.DROPPED).select_related("owner", "reported_by")
        )

    def latest(self, gate: str) -> GateRound | None:
        """The newest round of the gate that was not withdrawn."""
        return next((row for row in self.rounds if row.gate == gate and row.state != RoundState.WITHDRAWN), None)

    def decided(self, gate: str) -> GateRound | None:
        """The newest round of the gate with a positive decision."""
        return next((row for row in self.rounds if row.gate == gate and row.state in POSITIVE), None)

    @cached_property
    def carrying(self) -> str:
        """The last gate in order that is decided; its sign-off carries the project, the earlier ones have done their part. "" for none."""
        return next((gate for gate in reversed(list(self.content.gates)) if self.decided(gate)), "")

    def expired(self, gate: str) -> GateRound | None:
        """The sign-off of this gate if the project rests on it and its time is over."""
        row = self.decided(gate) if gate == self.carrying else None
        return row if row is not None and row.stale_since is None and row.expired_on(self.today) else None

    def stale(self) -> list[GateRound]:
        """Gates whose newest positive decision no longer covers the project, in the order of the gates."""
        found = [self.decided(gate) for gate in self.content.gates]
        return [row for row in found if row is not None and row.stale_since is not None]

    def stale_before(self, gate: str) -> list[str]:
        """Gates earlier than this one whose sign-off is stale: they are decided anew first."""
        order = list(self.content.gates)
        return [row.gate for row in self.stale() if order.index(row.gate) < order.index(gate)]

    @cached_property
    def verdicts(self) -> dict[str, str]:
        """Verdicts of the applying items."""
        return {key: row.verdict for key, row in self.answers.items() if row.applies}

    @cached_property
    def waived(self) -> set[str]:
        """Items with a waiver in force."""
        return {key for key, row in self.answers.items() if row.state == AnswerState.WAIVED}

    @cached_property
    def state(self) -> GateState:
        """Everything the criteria are judged on, signatures apart."""
        provider = filing_provider()
        findings = provider.red_findings(self.env)
        return GateState(
            verdicts=self.verdicts,
            waived=self.waived,
            conditions={row.item_key for row in self.conditions if row.item_key},
            flags=flags_of(self.project),
            facts_known={name for name in self.content.facts if self.env.known(name)},
            filings_open=self.view.counts.open_ids,
            red_findings=[name for name, one in findings.items() if one.result in ("required", "likely")],
        )

    def judge(self, gate: str, signed: set[str] | None = None) -> GateResult:
        """The criteria of a gate, each met or not and why; ``signed`` are the roles that have signed the open round."""
        state = self.state
        with_signatures = GateState(**{**_fields(state), "signed": signed or set()})
        return evaluate_gate(self.content, gate, with_signatures)

    @cached_property
    def next_gate(self) -> Gate | None:
        """The gate that leads on from the project's stage; None for a project set aside or over."""
        stage = self.project.stage
        gates = self.content.gates.values()
        onward = next((gate for gate in gates if gate.from_stage == stage), None)
        return onward or next((gate for gate in gates if gate.to_stage == stage == Stage.PERIODIC_REVIEW), None)


def _fields(state: GateState) -> dict[str, Any]:
    return {name: getattr(state, name) for name in GateState.__dataclass_fields__}


def outcome_label(gate: Gate, outcome: str) -> Any:
    """The catalogue's words for an outcome, without the advice in brackets that only whoever decides needs; None for none."""
    label = next((choice.label for choice in gate.outcomes if choice.value == outcome), None)
    return label and {language: BRACKETS.sub("", words) for language, words in label.items()}
