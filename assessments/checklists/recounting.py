"""Working everything out anew and comparing it with what is stored: counters that are kept must always equal a recount."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from assessments.checklists import calculating, writing
from assessments.checklists.dependencies import dependencies
from assessments.checklists.judging import ProjectView
from assessments.checklists.loading import load_answers, load_runs, read_rows
from assessments.checklists.models import Assessment
from assessments.checklists.planning import next_gate
from assessments.checklists.registry import gate_facts
from assessments.checklists.rescore import figures_of, lock_assessment, standings
from assessments.checklists.summary import scores
from assessments.scoring.registry import filing_provider
from portal.catalogue import catalogue
from portal.projects.facts.queries import project_facts
from portal.projects.models import ProjectSummary
from portal.tenants.clock import organisation_today


@dataclass(frozen=True)
class Difference:
    """One thing that is stored otherwise than a recount gives: ``what`` is an item or a column."""

    project: str
    what: str
    stored: Any
    recounted: Any

    def __str__(self) -> str:
        return f"{self.project} {self.what}: stored {self.stored!r}, recounted {self.recounted!r}"


def recount(assessment_id: UUID) -> list[Difference]:
    """Recompute one assessment from scratch and compare; writes nothing. Sees one state of the rows (repeatable reads are not needed)."""
    assessment = lock_assessment(assessment_id=assessment_id)
    project = assessment.project
    content = catalogue(assessment.catalogue_id)
    graph = dependencies(content)
    today = organisation_today()
    view = ProjectView.of(content, project_facts(project), today=today, project_id=project.pk)
    tier = view.tier(assessment.tier_raised)
    rows = load_answers(assessment, list(content.items), today)
    runs = load_runs(assessment)
    answers = read_rows(content, rows, content.items)
    outputs, fresh = calculating.run_touched(graph, graph.order, view, answers, runs)
    judged = view.judge(tier.tier, answers, outputs)
    found: list[Difference] = []

    def compare(what: str, stored: Any, recounted: Any) -> None:
        if stored != recounted:
            found.append(Difference(project.code, what, stored, recounted))

    compare("tier", (assessment.tier_computed, assessment.tier), (tier.computed, tier.tier))
    for name in fresh:
        compare(name, runs[name].stored if name in runs else None, fresh[name].stored)
    for name, now in judged.items():
        row = rows[name]
        compare(name, (row.applies, row.waiting, row.verdict, row.remark), (now.applies, now.waiting, now.verdict, now.remark))
        item = content.items[name]
        if item.computed:
            compare(f"{name} state", (row.state, row.content_hash), writing.computed_state(row, now, figures_of(graph, item, outputs)))
        row.applies, row.verdict = now.applies, now.verdict
    filings = filing_provider().overview(project.pk, view.env, today, view.filings)
    gate = gate_facts(project).open_round or next_gate(content, project)
    wanted = {
        **scores(content, standings(content, rows), gate),
        "tier": tier.tier,
        "next_gate": gate,
        "filings_state": filings.state,
        "filings_open": filings.open,
        "filings_unconfirmed": filings.unconfirmed,
    }
    stored = ProjectSummary.objects.values(*wanted).get(project=project)
    for column, value in wanted.items():
        compare(column, stored[column], value)
    return found


def recount_all() -> Iterator[tuple[str, list[Difference]]]:
    """(project code, differences) of every assessment of the tenant in scope, one short transaction each."""
    for pk, code in Assessment.objects.order_by("project__code").values_list("pk", "project__code"):
        with transaction.atomic():
            yield code, recount(pk)
