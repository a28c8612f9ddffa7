"""The steps that a filing has taken, as they stand after corrections. The events themselves are never changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from compliance.filings.models import Filing, FilingEvent
from portal.tenants.models import User

STEPPED, CORRECTED = "stepped", "corrected"
CORRECTABLE = ("on", "receipt", "number", "valid_until")


@dataclass(slots=True)
class Taken:
    """One step: ``to`` is the state it led to; what it was given, with later corrections laid over it."""

    event: UUID
    to: str
    old: str
    given: dict[str, str]
    at: dt.datetime
    by: User | None
    corrections: int = 0

    @property
    def on(self) -> dt.date | None:
        """The day of the step, None where it asked for none."""
        return dt.date.fromisoformat(self.given["on"]) if self.given.get("on") else None


def taken_steps(row: Filing) -> list[Taken]:
    """All steps in the order they were recorded. One query."""
    events = FilingEvent.objects.filter(filing=row, verb__in=(STEPPED, CORRECTED)).select_related("done_by").order_by("done_at", "id")
    found: dict[str, Taken] = {}
    for event in events:
        if event.verb == STEPPED:
            given = {name: str(event.detail[name]) for name in CORRECTABLE if event.detail.get(name)}
            found[str(event.pk)] = Taken(event.pk, event.new_state, event.old_state, given, event.done_at, event.done_by)
        elif (step := found.get(str(event.detail.get("of")))) is not None:
            step.given |= {name: str(pair[1]) for name, pair in _changes(event.detail).items()}
            step.corrections += 1
    return list(found.values())


def _changes(detail: dict[str, Any]) -> dict[str, list[str]]:
    return {name: pair for name, pair in dict(detail.get("changed", {})).items() if name in CORRECTABLE}


def last_dated(row: Filing) -> Taken | None:
    """The last step that has a day: none that follows can lie before it."""
    return next((step for step in reversed(taken_steps(row)) if step.on is not None), None)
