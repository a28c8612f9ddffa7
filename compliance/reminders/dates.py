"""The dates that are told of: time limits that run, and dates to keep of filings that no limit stands behind. Read by index, in batches."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery

from assessments.checklists.work import RESTING
from compliance.clocks.limits import AUTHORITY
from compliance.clocks.models import FilingClock
from compliance.clocks.states import ClockState
from compliance.filings.models import UNASKED, Filing, FilingEvent
from compliance.filings.states import OVER, FilingDecision
from compliance.reminders.plans import INTERNAL, STATUTORY

BATCH = 500
HOUR = "hour"
_OF_PROJECT = ("owner_id", "sponsor_id", "name_zh", "name_en", "confidential")


@dataclass(frozen=True)
class Dated:
    """One date of one filing. ``clock_id`` empty: a date to keep that no limit stands behind."""

    filing_id: UUID
    clock_id: UUID | None
    due_on: dt.date
    due_at: dt.datetime | None
    basis: str
    unit: str
    calendar: str
    regime: str
    version: str
    project_id: UUID | None
    filing_owner: int | None
    project_owner: int | None
    sponsor: int | None
    name_zh: str
    name_en: str
    confidential: bool
    progress_at: dt.datetime | None

    @property
    def key(self) -> tuple[UUID, UUID | None, dt.date]:
        """What the date is, as rows of reminders know it."""
        return self.filing_id, self.clock_id, self.due_on

    @property
    def named(self) -> dict[str, str]:
        """What messages call its subject."""
        if self.project_id is None:
            return {"zh": "本单位", "en": "the organisation"}
        return {"zh": self.name_zh or self.name_en, "en": self.name_en or self.name_zh}


def _progress(path: str) -> Subquery:
    """When the last step of the filing was recorded."""
    events = FilingEvent.objects.filter(filing=OuterRef(path)).order_by().values("filing").annotate(last=Max("done_at"))
    return Subquery(events.values("last"))


def _clocks(until: dt.date) -> QuerySet[Any]:
    rows = FilingClock.objects.filter(state=ClockState.RUNNING, due_on__lte=until).exclude(action=AUTHORITY)  # not ours to keep
    rows = rows.exclude(filing__state__in=OVER).exclude(Q(filing__result="not_applicable") & Q(filing__decision="none"))
    rows = rows.exclude(filing__decision=FilingDecision.REJECTED)
    return rows.annotate(
        filing_owner=F("filing__owner_id"),
        regime=F("filing__regime"),
        progress_at=_progress("filing_id"),
        **{f"project_{name}": F(f"filing__project__{name}") for name in _OF_PROJECT},
        of_project=F("filing__project_id"),
        content=F("filing__catalogue_version"),
    )


def _dates(until: dt.date) -> QuerySet[Any]:
    """Dates to keep of filings without a limit. A project that rests has none; its limits run on all the same."""
    rows = Filing.objects.filter(due_sort__lte=until, clock_on=None).exclude(UNASKED).exclude(decision=FilingDecision.REJECTED)
    rows = rows.exclude(project__stage__in=RESTING)
    return rows.annotate(progress_at=_progress("pk"), **{f"project_{name}": F(f"project__{name}") for name in _OF_PROJECT})


def clock_batch(until: dt.date, after: Dated | None = None, *, hours_only: bool = False) -> list[Dated]:
    """The next running limits due up to ``until``, by date."""
    rows = _clocks(until)
    if hours_only:
        rows = rows.filter(unit=HOUR)
    return [_of_clock(row) for row in _after(rows, "due_on", (after.due_on, after.clock_id) if after else None)]


def date_batch(until: dt.date, after: Dated | None = None) -> list[Dated]:
    """The same of dates without a limit."""
    return [_of_filing(row) for row in _after(_dates(until), "due_sort", (after.due_on, after.filing_id) if after else None)]


def _after(rows: QuerySet[Any], column: str, after: tuple[dt.date, Any] | None) -> QuerySet[Any]:
    if after is not None:
        day, key = after
        rows = rows.filter(Q(**{f"{column}__gte": day}) & (Q(**{f"{column}__gt": day}) | Q(**{column: day, "pk__gt": key})))
    return rows.order_by(column, "pk")[:BATCH]


def _of_clock(row: Any) -> Dated:
    began = dt.datetime.combine(row.event_on, dt.time(), dt.UTC)
    return Dated(
        row.filing_id,
        row.pk,
        row.due_on,
        row.due_at,
        row.basis,
        row.unit,
        row.calendar,
        row.regime,
        row.content,
        row.of_project,
        row.filing_owner,
        row.project_owner_id,
        row.project_sponsor_id,
        row.project_name_zh or "",
        row.project_name_en or "",
        bool(row.project_confidential),
        max(filter(None, (row.progress_at, began))),
    )


def _of_filing(row: Any) -> Dated:
    """The end of validity stands in a document of the authority; every other date somebody of the organisation set."""
    return Dated(
        row.pk,
        None,
        row.due_sort,
        None,
        STATUTORY if row.due_sort == row.valid_until else INTERNAL,
        "",
        "CN" if "CN" in row.jurisdictions else next(iter(row.jurisdictions), "CN"),
        row.regime,
        row.catalogue_version,
        row.project_id,
        row.owner_id,
        row.project_owner_id,
        row.project_sponsor_id,
        row.project_name_zh or "",
        row.project_name_en or "",
        bool(row.project_confidential),
        row.progress_at or row.created_at,
    )
