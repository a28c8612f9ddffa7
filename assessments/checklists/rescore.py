"""The one place that recomputes a project: which items apply, verdicts, tier, scores, readiness, blockers.

    rescore(assessment)                          # everything: after facts, filings, stage, tier, version have changed
    rescore(assessment, changed={"D8.04"})       # after answers, evidence, waivers or approvals of these items have changed
    rescore_project(project)                     # the same, for callers that hold the project; None without an assessment
    lock_assessment(project_id=…) -> Assessment  # take the lock first, then write the answer, then rescore(…, locked=True)

All of it happens in the caller's transaction. Lock order everywhere: assessment row, answers, summary. Returns :class:`Rescored`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from assessments.checklists import calculating, hooks, writing
from assessments.checklists.dependencies import Dependencies, dependencies
from assessments.checklists.judging import Judged, ProjectView
from assessments.checklists.loading import AnswerRow, RunRow, facts_and_gate, load_answers, load_runs, read_rows
from assessments.checklists.models import Assessment
from assessments.checklists.outputs import stored_value
from assessments.checklists.planning import gate_dates, next_gate
from assessments.checklists.registry import GateFacts, gate_facts
from assessments.checklists.states import AnswerState
from assessments.checklists.summary import Standing, scores
from assessments.scoring.registry import filing_provider
from assessments.scoring.tier import is_higher
from portal.catalogue import Catalogue, catalogue
from portal.catalogue.parts import Item
from portal.projects.facts.queries import project_facts
from portal.projects.models import Project, ProjectSummary
from portal.tenants.clock import organisation_today


@dataclass(frozen=True)
class Rescored:
    """What a recomputation changed.

    ``appearing`` and ``vanishing``: items that apply now and did not before, and the reverse; ``opened``: those that opened because
    the tier rose; ``verdicts``: item → (old, new); ``figures``: computed items that have a new version, because what they rest on
    moved; ``tier``: (old, new) in force; ``summary``: columns written.
    """

    tier: tuple[str, str]
    appearing: tuple[str, ...] = ()
    vanishing: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    verdicts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    figures: tuple[str, ...] = ()
    calculators: tuple[str, ...] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)

    @property
    def changed(self) -> frozenset[str]:
        """Items whose standing or figures changed."""
        return frozenset((*self.appearing, *self.vanishing, *self.verdicts, *self.figures))


def lock_assessment(*, project_id: UUID | None = None, assessment_id: UUID | None = None) -> Assessment:
    """The assessment, locked until the transaction ends. Raises ``Assessment.DoesNotExist``.

    ``project`` is read when it is asked for, by a statement of its own: a row joined to the locked one would be the version from
    before the wait.
    """
    which = {"project_id": project_id} if assessment_id is None else {"pk": assessment_id}
    return Assessment.objects.select_for_update(no_key=True).get(**which)


def lock_of(project: Project) -> None:
    """Lock the assessment of the project, if it has one; part of ``portal.projects.locking.lock_project``."""
    Assessment.objects.select_for_update(no_key=True, of=("self",)).filter(project=project).values_list("pk", flat=True).first()


def rescore_project(project: Project, *, changed: Collection[str] | None = None) -> Rescored | None:
    """Recompute the project; None when it has no assessment yet."""
    pk = Assessment.objects.filter(project=project).values_list("pk", flat=True).first()
    return None if pk is None else rescore(pk, changed=changed, project=project)


@transaction.atomic(savepoint=False)
def rescore(
    assessment: Assessment | UUID, *, changed: Collection[str] | None = None, locked: bool = False, project: Project | None = None
) -> Rescored:
    """Recompute an assessment after these items have changed, or all of it (``changed`` None).

    ``locked``: the caller holds the lock already (``lock_assessment`` in this transaction). An assessment given as an object is
    brought up to date in place. ``project``: the project as it is about to be stored, if that differs from its row.
    """
    if isinstance(assessment, Assessment):
        held = assessment if locked else lock_assessment(assessment_id=assessment.pk)
    else:
        held = lock_assessment(assessment_id=assessment)
    if project is not None:
        held.project = project
    work = _Work(held, organisation_today())
    done = work.some(set(changed)) if changed is not None else work.everything()
    if isinstance(assessment, Assessment) and held is not assessment:
        for name in ("tier", "tier_computed", "tier_raised", "scored_at", "catalogue_id"):
            setattr(assessment, name, getattr(held, name))
    keys = done.changed | set(changed or ())
    if keys:
        hooks.answers_changed(held, keys)
    return done


class _Work:
    """One recomputation: what was read, and what it leads to."""

    def __init__(self, assessment: Assessment, today: dt.date) -> None:
        self.assessment = assessment
        self.today = today
        self.content: Catalogue = catalogue(assessment.catalogue_id)
        self.graph: Dependencies = dependencies(self.content)

    def everything(self) -> Rescored:
        """Facts, filings, tier, calculators, every item, the whole summary row."""
        project = self.assessment.project
        view = ProjectView.of(self.content, project_facts(project), today=self.today, project_id=project.pk)
        tier = view.tier(self.assessment.tier_raised)
        rows = load_answers(self.assessment, list(self.content.items), self.today)
        runs = load_runs(self.assessment)
        answers = read_rows(self.content, rows, self.content.items)
        outputs, fresh = calculating.run_touched(self.graph, self.graph.order, view, answers, runs)
        judged = view.judge(tier.tier, answers, outputs)
        old_tier = self.assessment.tier
        done = self._write(rows, judged, outputs, fresh, old_tier, tier.tier)
        gates = gate_facts(project)
        gate = gates.open_round or next_gate(self.content, project)
        summary = {**scores(self.content, standings(self.content, rows), gate), **self._of_project(project, gate, gates, view, tier.tier)}
        ProjectSummary.objects.filter(project_id=project.pk).update(updated_at=timezone.now(), **summary)
        writing.write_assessment(self.assessment, tier_computed=tier.computed, tier=tier.tier, scored_at=timezone.now())
        return _with_summary(done, summary)

    def some(self, changed: set[str]) -> Rescored:
        """Only what reads the changed items; facts and tier stand."""
        touched = self.graph.touched(changed)
        project_id = self.assessment.project_id
        facts, gate = facts_and_gate(project_id)
        view = ProjectView.of(self.content, facts, today=self.today, project_id=project_id, filings=touched.filings)
        rows = load_answers(self.assessment, list(touched.answers), self.today)
        runs = load_runs(self.assessment) if touched.outputs else {}
        answers = read_rows(self.content, rows, touched.answers)
        outputs, fresh = calculating.run_touched(self.graph, touched.calculators, view, answers, runs)
        tier = self.assessment.tier
        judged = view.judge(tier, answers, outputs, touched.items, filings=touched.filings)
        done = self._write(rows, judged, outputs, fresh, tier, tier)
        summary = scores(self.content, standings(self.content, rows), gate)
        ProjectSummary.objects.filter(project_id=project_id).update(updated_at=timezone.now(), **summary)
        return _with_summary(done, summary)

    def _write(
        self,
        rows: dict[str, AnswerRow],
        judged: Mapping[str, Judged],
        outputs: Mapping[str, Mapping[str, object]],
        fresh: Mapping[str, RunRow],
        old_tier: str,
        new_tier: str,
    ) -> Rescored:
        rises = is_higher(self.content, new_tier, old_tier)
        appearing: list[str] = []
        vanishing: list[str] = []
        opened: list[str] = []
        verdicts: dict[str, tuple[str, str]] = {}
        changes: list[writing.AnswerChange] = []
        for name, now in judged.items():
            row = rows.get(name)
            if row is None:
                continue
            if now.applies != row.applies:
                (appearing if now.applies else vanishing).append(name)
            if now.verdict != row.verdict:
                verdicts[name] = (row.verdict, now.verdict)
            opens = rises and now.applies and not row.applies
            if opens:
                opened.append(name)
            item = self.content.items[name]
            change = writing.change_of(item, row, now, opens=opens, figures=figures_of(self.graph, item, outputs))
            if change is not None:
                changes.append(change)
                change.apply(row)
        writing.write_answers(changes)
        writing.write_runs(self.assessment, fresh)
        return Rescored(
            tier=(old_tier, new_tier),
            appearing=tuple(appearing),
            vanishing=tuple(vanishing),
            opened=tuple(opened),
            verdicts=verdicts,
            figures=tuple(change.row.item for change in changes if change.moved),
            calculators=tuple(fresh),
        )

    def _of_project(self, project: Project, gate: str, gates: GateFacts, view: ProjectView, tier: str) -> dict[str, Any]:
        due = gates.open_due if gate and gates.open_round == gate and gates.open_due else gate_dates(project).get(gate)
        filings = filing_provider().overview(project.pk, view.env, self.today, view.filings)
        public = view.env.values.get("public_facing")
        return {
            "tier": tier,
            "next_gate": gate,
            "next_gate_due": due,
            "public_facing": public if public in ("yes", "no") else "unknown",
            "filings_state": filings.state,
            "filings_open": filings.open,
            "filings_unconfirmed": filings.unconfirmed,
        }


def figures_of(graph: Dependencies, item: Item, outputs: Mapping[str, Mapping[str, object]]) -> list[Any]:
    """The outputs that a computed item rests on, as plain data."""
    if not item.computed:
        return []
    pairs = sorted(graph.rules[item.id].outputs)
    return [[calculator, output, stored_value(outputs.get(calculator, {}).get(output))] for calculator, output in pairs]


def standings(content: Catalogue, rows: Mapping[str, AnswerRow]) -> dict[str, Standing]:
    """Where every applying item stands, in the order of the content."""
    return {name: Standing(rows[name].verdict, rows[name].state) for name in content.items if name in rows and rows[name].applies}


def _with_summary(done: Rescored, summary: Mapping[str, Any]) -> Rescored:
    return replace(done, summary=summary)


__all__ = ["AnswerState", "Rescored", "lock_assessment", "rescore", "rescore_project", "standings"]
