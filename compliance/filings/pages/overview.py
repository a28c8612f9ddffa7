"""The filings of one project (or of the organisation) on one page: red findings, groups by gate, what does not apply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from assessments.checklists.judging import ProjectView
from assessments.scoring.registry import filing_provider
from compliance.filings.models import Filing, limits_of_filings
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
    blocks: bool
    limit: str = ""
    provisional: bool = False

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


def line_of(subject: Subject, slug: str, limit: Mapping[str, Any] | None = None) -> Line:
    """A filing in words for lists; ``limit`` is the running time limit that its date stands for, if one does."""
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
        blocks=row is not None and row.blocks and not out_of_the_way(subject),
        limit=_limit_word(content, limit) if limit else "",
        provisional=bool(limit and limit["provisional"]),
    )


def _limit_word(content: Catalogue, limit: Mapping[str, Any]) -> str:
    """What has to be done by the date, and on what basis."""
    actions = content.vocabularies["actions"].choices
    action = tr(actions[limit["action"]].label) if limit["action"] in actions else ""
    return _(", ").join(part for part in (action, words.label(content, "bases", limit["basis"])) if part)


def next_limits(rows: Iterable[Filing]) -> dict[Any, Mapping[str, Any]]:
    """The running time limit that is the date to keep of each of these filings, by their id. One query."""
    dates = {row.pk: row.clock_on for row in rows if row.clock_on is not None and row.clock_on == row.due_sort}
    limits = limits_of_filings().filter(filing__in=dates, state="running").order_by("-id")
    found = limits.values("filing_id", "due_on", "action", "basis", "provisional")
    return {limit["filing_id"]: limit for limit in found if limit["due_on"] == dates[limit["filing_id"]]}


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
    subjects = list(subjects_of(project, view))
    limits = next_limits(subject.row for subject in subjects if subject.row is not None)
    lines = [line_of(subject, slug, limits.get(subject.row.pk) if subject.row is not None else None) for subject in subjects]
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
    """What blocks the launch first, then by the result of the rules, then by date."""
    return sorted(lines, key=lambda line: (not line.blocks, _HEAVY[line.result], line.due is None, line.due or dt.date.max))


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
