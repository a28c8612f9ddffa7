"""The filings of one project (or of the organisation) on one page: red findings, groups by gate, what does not apply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from assessments.checklists.judging import ProjectView
from assessments.scoring.registry import filing_provider
from compliance.filings.models import Filing
from compliance.filings.pages import words
from compliance.filings.pages.addresses import fact_url, filing_url
from compliance.filings.states import FilingDecision
from compliance.filings.subjects import Subject, is_shared, subjects_of, view_for
from compliance.regimes.applicability import LIKELY, NOT_APPLICABLE, REQUIRED, UNDETERMINED, Finding
from portal.catalogue import Catalogue
from portal.catalogue.words import fact_label
from portal.core.formats import in_language as tr
from portal.projects.models import Project
from portal.tenants.clock import organisation_today

RESULT_TONES = {REQUIRED: "attention", LIKELY: "attention", UNDETERMINED: "review", NOT_APPLICABLE: "na"}


@dataclass(frozen=True)
class Line:
    """One filing in a list."""

    subject: Subject
    url: str
    name: str
    result: str
    result_label: str
    timing: dict[str, str]
    decision: dict[str, str]
    state: str
    state_label: str
    rule: str
    shared: bool
    due: dt.date | None
    late: bool

    @property
    def row(self) -> Filing | None:
        """What is on record."""
        return self.subject.row


def out_of_the_way(subject: Subject) -> bool:
    """Whether it is listed below, as not applicable: by two people, or by the rules with nobody deciding otherwise."""
    row = subject.row
    if row is not None and row.decision != FilingDecision.NONE:
        return row.decision == FilingDecision.REJECTED and row.second_person_id is not None
    return subject.ruling.result == NOT_APPLICABLE


def line_of(subject: Subject, slug: str) -> Line:
    """A filing in words for lists."""
    row, entry, content = subject.row, subject.ruling.filing, subject.content
    shared = is_shared(subject)
    state = row.state if row is not None else "not_assessed"
    due = row.next_on if row is not None else None
    return Line(
        subject=subject,
        url=filing_url(slug, None if shared else subject.project, subject.regime),
        name=tr(entry.name),
        result=subject.ruling.result,
        result_label=words.label(content, "results", subject.ruling.result),
        timing=words.timing_badge(subject.ruling.timing),
        decision=words.decision_badge(row),
        state=state,
        state_label=words.label(content, "filing_states", state),
        rule=tr(words.rule_text(content, subject.regime)),
        shared=shared,
        due=due,
        late=due is not None and due < organisation_today(),
    )


def findings_of(project: Project | None, view: ProjectView, slug: str) -> list[dict[str, Any]]:
    """Red findings that hold, and those that facts have to rule out yet; the organisation alone has none."""
    if project is None:
        return []
    found: Mapping[str, Finding] = filing_provider().red_findings(view.env)  # type: ignore[assignment]
    shown = []
    for one in found.values():
        if one.red:
            shown.append(_finding(view.content, project, slug, one))
    return shown


def _finding(content: Catalogue, project: Project, slug: str, one: Finding) -> dict[str, Any]:
    return {
        "id": one.blocker.id,
        "name": tr(one.blocker.name),
        "reason": tr(one.blocker.reason),
        "remedy": tr(one.blocker.remedy),
        "gates": _(", ").join(one.blocker.closes_gates),
        "likely": one.result == LIKELY,
        "facts": [{"label": tr(fact_label(content.facts[name])), "url": fact_url(slug, project, name)} for name in one.open_facts],
    }


def overview(project: Project | None, slug: str) -> dict[str, Any]:
    """Context of the page."""
    view = view_for(project)  # the facts are judged once for everything on the page
    lines = [line_of(subject, slug) for subject in subjects_of(project, view)]
    content = view.content
    shown = [line for line in lines if not out_of_the_way(line.subject)]
    gates = content.vocabularies["filing_gates"].choices
    groups = [
        {"key": gate, "label": tr(choice.label), "lines": _ordered([line for line in shown if line.subject.ruling.filing.gate == gate])}
        for gate, choice in gates.items()
    ]
    return {
        "findings": findings_of(project, view, slug),
        "groups": [group for group in groups if group["lines"]],
        "excluded": [line for line in lines if out_of_the_way(line.subject)],
        "tiles": _tiles(lines, shown),
        "shown": len(shown),
        "content": content,
    }


_HEAVY = {REQUIRED: 0, LIKELY: 1, UNDETERMINED: 2, NOT_APPLICABLE: 3}


def _ordered(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: _HEAVY[line.result])


def _tiles(lines: list[Line], shown: list[Line]) -> list[dict[str, Any]]:
    """The summary: results of the rules, and how many of what is shown is decided."""
    by = dict.fromkeys(_HEAVY, 0)
    for line in lines:
        by[line.result] += 1
    decided = sum(line.row is not None and line.row.second_person_id is not None for line in shown)
    half = sum(line.row is not None and line.row.decision != FilingDecision.NONE and line.row.second_person_id is None for line in shown)
    return [
        {"label": _("Required"), "figure": by[REQUIRED], "sub": _("by the rules, on today’s facts"), "tone": ""},
        {"label": _("Likely"), "figure": by[LIKELY], "sub": _("presumed until facts show otherwise"), "tone": ""},
        {
            "label": _("Undetermined"),
            "figure": by[UNDETERMINED],
            "sub": _("facts are missing"),
            "tone": "attention" if by[UNDETERMINED] else "",
        },
        {"label": _("Not applicable"), "figure": by[NOT_APPLICABLE], "sub": _("listed below with the rule"), "tone": ""},
        {
            "label": _("Decided by two people"),
            "figure": decided,
            "unit": _("of {n}").format(n=len(shown)),
            "sub": _("{n} wait for the second person").format(n=half) if half else "",
            "tone": "",
        },
    ]
