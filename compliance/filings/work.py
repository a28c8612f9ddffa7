"""What this slice puts into the list of work, and the number beside the side bar's entry."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.checklists.work import RESTING, WorkRow, WorkSource, register_source, shaped
from compliance.filings.models import Filing
from compliance.filings.queries import mine_with_a_date, waiting_for_decision, waiting_for_second, waiting_to_take_back
from portal.catalogue import catalogue
from portal.core.access import Actor
from portal.core.formats import in_language as tr
from portal.core.listing import capped_counts
from portal.tenants.clock import organisation_today

SOON = timedelta(days=30)
MOST_COUNTED = 100


def _rows(queryset: QuerySet[Filing], kind: str, due: Any = "due_on") -> QuerySet[Any]:
    """Rows of projects that are under way, and of the organisation: those have no project, and its name in place of one."""

    def named(column: str, organisation: str) -> Coalesce:
        return Coalesce(f"project__{column}", Value(organisation), output_field=CharField())

    return shaped(
        queryset.exclude(project__stage__in=RESTING),
        kind=kind,
        project=F("project_id"),
        code=named("code", ""),
        zh=named("name_zh", "本单位"),
        en=named("name_en", "The organisation"),
        key="regime",
        due=due,
        blocker=Q(result="required", gate="before_launch"),
        version=F("catalogue_version"),
    )


def _due(actor: Actor) -> QuerySet[Any]:
    """Filings of mine whose date to keep has passed or comes within 30 days."""
    return _rows(mine_with_a_date(actor).filter(due_sort__lte=organisation_today() + SOON), "filing_due", "due_sort")


def _title(row: WorkRow) -> str:
    entry = catalogue(row.version or None).filings.get(row.key)
    return tr(entry.name) if entry is not None else row.key


def _decision_url(row: WorkRow, slug: str) -> str:
    """The page, at its decision: on a telephone that lies far below the reasons."""
    return f"{_url(row, slug)}#decision-title"


def _url(row: WorkRow, slug: str) -> str:
    if row.project_id is None:
        return reverse("compliance:organisation_filing", kwargs={"tenant_slug": slug, "regime": row.key})
    return reverse("compliance:filing", kwargs={"tenant_slug": slug, "project_id": row.project_id, "regime": row.key})


def count_waiting(actor: Actor) -> int:
    """Decisions that wait for this person, as first or second, to be made or to be taken back; one query."""
    return sum(capped_counts(waiting_for_decision(actor), waiting_for_second(actor), waiting_to_take_back(actor), cap=MOST_COUNTED))


def install() -> None:
    """Register the sources."""
    for source in (
        WorkSource(
            "filing_decide",
            _("Filings to decide"),
            35,
            lambda actor: _rows(waiting_for_decision(actor), "filing_decide"),
            _("Decide"),
            "attention",
            title=_title,
            url=_decision_url,
        ),
        WorkSource(
            "filing_second",
            _("Filings to second"),
            36,
            lambda actor: _rows(waiting_for_second(actor), "filing_second"),
            _("Agree or object"),
            "review",
            title=_title,
            url=_decision_url,
        ),
        WorkSource(
            "filing_take_back",
            _("Filings to take back"),
            37,
            lambda actor: _rows(waiting_to_take_back(actor), "filing_take_back"),
            _("Agree or object"),
            "attention",
            title=_title,
            url=_decision_url,
        ),
        WorkSource("filing_due", _("Filings due"), 45, _due, _("Carry on"), "attention", title=_title, url=_url),
    ):
        register_source(source)
