"""Time limits in frozen records: the date of a filing with what it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from assessments.gates.content_parts import FilingEntry
from compliance.clocks.actions.common import OURS
from compliance.clocks.models import FilingClock
from compliance.clocks.states import ClockState
from compliance.clocks.words import name_of
from compliance.filings.frozen import FrozenFilings
from compliance.filings.states import SETTLED
from compliance.filings.subjects import records_of
from portal.catalogue import Catalogue, Env, catalogue


def binding_clocks(filings: Iterable[UUID]) -> dict[UUID, FilingClock]:
    """The limit of ours that ends first for each of these filings, dated before undated. One query."""
    rows = FilingClock.objects.filter(OURS, filing_id__in=list(filings), state=ClockState.RUNNING)
    found: dict[UUID, FilingClock] = {}
    for row in rows.order_by("due_on", "id"):  # nulls last, as PostgreSQL sorts
        found.setdefault(row.filing_id, row)
    return found


def said_of(clock: FilingClock, content: Catalogue) -> dict[str, str]:
    """What the limit is, in both languages: ``file within 10 working days after “service launched”``."""
    text = name_of(content, clock)
    return {"zh": text.zh, "en": text.en}


class FrozenFilingsWithClocks(FrozenFilings):
    """The filings section of a revision, each date with its limit and whether it is provisional."""

    def entries(self, project: Any, env: Env, today: dt.date) -> list[FilingEntry]:
        """As for filings alone; a date that a running limit sets says so. Two queries more."""
        entries = super().entries(project, env, today)
        rows = records_of(project)
        clocks = binding_clocks(row.pk for row in rows.values())
        for entry in entries:
            row = rows.get(entry["regime"])
            clock = clocks.get(row.pk) if row is not None else None
            if clock is None or (clock.due_on is None and entry["status"] in SETTLED):
                continue
            if clock.due_on is None:
                entry["due_text"] = said_of(clock, catalogue(clock.catalogue_version))  # type: ignore[typeddict-item]
            elif entry["due"] in (None, clock.due_on.isoformat()):
                entry["due"] = clock.due_on.isoformat()
                entry["due_text"] = said_of(clock, catalogue(clock.catalogue_version))  # type: ignore[typeddict-item]
                entry["provisional"] = clock.provisional
        return entries
