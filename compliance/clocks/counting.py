"""From a limit and its event to the columns of a clock, and how that was counted as plain data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from compliance.calendars.workdays import AFTER, HOUR, Counted, count
from portal.catalogue.parts import CalendarRules


class Counts(Protocol):
    """What is counted: a limit, or a clock that was made from one."""

    @property
    def n(self) -> int | None:
        """Number of units; None where none is fixed."""

    @property
    def unit(self) -> str:
        """The unit."""

    @property
    def calendar(self) -> str:
        """The calendar."""

    @property
    def roll(self) -> bool:
        """Whether an end on a day off moves on."""

    @property
    def direction(self) -> str:
        """Before or after the event."""


def plain(counted: Counted) -> dict[str, Any]:
    """How it was counted, as kept with the clock: days as ISO text, only what there is."""
    found: dict[str, Any] = {
        "first": counted.first.isoformat() if counted.first else "",
        "off": [day.isoformat() for day in counted.off],
        "weekends": counted.weekends,
        "makeup": [day.isoformat() for day in counted.makeup],
        "rolled_from": counted.rolled_from.isoformat() if counted.rolled_from else "",
        "paused": counted.paused,
        "years": list(counted.years),
    }
    return {name: value for name, value in found.items() if value}


def columns(
    rules: CalendarRules,
    limit: Counts,
    event_on: dt.date,
    event_at: dt.datetime | None,
    zone: ZoneInfo,
    pauses: Sequence[tuple[dt.date, dt.date]] = (),
) -> dict[str, Any]:
    """``due_on``, ``due_at``, ``provisional`` and ``counted`` of a clock. Raises ``ValueError`` for hours without a moment."""
    if limit.n is None:
        return {"due_on": None, "due_at": None, "provisional": False, "counted": {}}
    hours = limit.unit == HOUR
    if limit.n == 0 and limit.direction == AFTER and event_at is None:
        return {"due_on": event_on, "due_at": None, "provisional": False, "counted": {}}
    start: dt.date | dt.datetime = event_on
    if hours:
        if event_at is None:
            raise ValueError("a limit in hours needs the moment of the event")
        start = event_at.astimezone(zone)
    counted = count(
        rules, start, limit.n, limit.unit, roll=limit.roll, place=limit.calendar, direction=limit.direction, pauses=tuple(pauses)
    )
    if isinstance(counted.on, dt.datetime):
        how: dict[str, Any] = {"zone": zone.key}
        return {"due_on": counted.on.date(), "due_at": counted.on, "provisional": False, "counted": how}
    return {"due_on": counted.on, "due_at": None, "provisional": counted.provisional, "counted": plain(counted)}


def pauses_of(counted: Mapping[str, Any]) -> list[tuple[dt.date, dt.date]]:
    """The pauses that are kept with a clock: (stopped on, went on on)."""
    return [(dt.date.fromisoformat(stop), dt.date.fromisoformat(go)) for stop, go in counted.get("pauses", [])]


# What stays with a clock when it is counted anew.
KEPT = ("pauses", "others", "unsure", "check", "from", "title", "cause", "note")


def counted_anew(rules: CalendarRules, clock: Any, zone: ZoneInfo) -> dict[str, Any]:
    """The columns of a clock by today's calendar; a fixed day of the year stays as it is."""
    if clock.n is None:
        return {"due_on": clock.due_on, "due_at": None, "provisional": False, "counted": dict(clock.counted)}
    found = columns(rules, clock, clock.event_on, clock.event_at, zone, pauses_of(clock.counted))
    found["counted"] |= {name: clock.counted[name] for name in KEPT if name in clock.counted}
    return found
