"""Chinese working days and the ends of time limits.

The day of the event is not counted. A result is provisional if a day that was counted lies in a year for which no official
notice is in the data, or if the calendar has no table at all.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from portal.catalogue.parts import CalendarRules, CalendarYear

CN, EU, NYC, NONE = "CN", "EU", "US-NYC", "NONE"
BEFORE, AFTER = "before", "after"
CERTAIN, PROVISIONAL = "certain", "provisional"
_ONE_DAY = dt.timedelta(days=1)
_SATURDAY = 5
_LONGEST = 4000  # units; a limit longer than this is a slip


@dataclass(frozen=True, slots=True)
class Due:
    """The last day (or moment) of a time limit; ``provisional``: to be worked out again when the notice is known."""

    on: dt.date | dt.datetime
    provisional: bool

    @property
    def certainty(self) -> str:
        """``certain`` or ``provisional``."""
        return PROVISIONAL if self.provisional else CERTAIN


class WorkCalendar:
    """Working days of one place: its days off, its make-up days, and for which years they are official."""

    def __init__(self, years: Mapping[int, CalendarYear], *, always_provisional: bool = False) -> None:
        self._years = years
        self._off = frozenset().union(*(year.holidays for year in years.values()))
        self._makeup = frozenset().union(*(year.makeup_working_days for year in years.values()))
        self._always_provisional = always_provisional

    def is_working(self, day: dt.date) -> bool:
        """Monday to Friday and no day off, or a make-up working day."""
        return day in self._makeup or (day.weekday() < _SATURDAY and day not in self._off)

    def is_official(self, day: dt.date) -> bool:
        """Whether the year of the day rests on an official notice."""
        year = self._years.get(day.year)
        return year is not None and year.official and not self._always_provisional

    def add_working_days(self, start: dt.date, n: int, *, backwards: bool = False) -> Due:
        """The n-th working day after (or before) the start."""
        step = -_ONE_DAY if backwards else _ONE_DAY
        day, left, official = start, _checked(n), True
        while left:
            day += step
            official = official and self.is_official(day)
            left -= self.is_working(day)
        return Due(day, not official)

    def rolled(self, day: dt.date) -> Due:
        """The day itself if it is a working day, else the next one."""
        official = self.is_official(day)
        while not self.is_working(day):
            day += _ONE_DAY
            official = official and self.is_official(day)
        return Due(day, not official)


def work_calendar(rules: CalendarRules, place: str = CN) -> WorkCalendar:
    """The calendar of a place. Only China has a table; any other counts Monday to Friday and is always provisional."""
    return WorkCalendar(rules.years) if place == CN else WorkCalendar({}, always_provisional=True)


def add_months(start: dt.date, n: int) -> dt.date:
    """The same day n months later (earlier if negative), or the last day of a shorter month."""
    months = start.year * 12 + start.month - 1 + n
    year, month = divmod(months, 12)
    return dt.date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def due(
    rules: CalendarRules,
    start: dt.date | dt.datetime,
    n: int,
    unit: str,
    *,
    roll: bool = False,
    place: str = CN,
    direction: str = AFTER,
) -> Due:
    """The end of a limit of ``n`` units after (or before) the day or moment of an event.

    ``unit``: ``working_day calendar_day week month year hour``; ``roll``: an end on a day off moves to the next working
    day; ``place``: the calendar. Hours run through and need a moment. Raises ``ValueError`` for anything else.
    """
    backwards = direction == BEFORE
    if unit == "hour":
        if not isinstance(start, dt.datetime):
            raise ValueError("a limit in hours needs the moment of the event")
        return Due(start + dt.timedelta(hours=-_checked(n) if backwards else _checked(n)), False)
    day = start.date() if isinstance(start, dt.datetime) else start
    table = work_calendar(rules, place)
    if unit == "working_day":
        return table.add_working_days(day, n, backwards=backwards)
    count = -_checked(n) if backwards else _checked(n)
    if unit in ("calendar_day", "week"):
        end = day + count * (7 if unit == "week" else 1) * _ONE_DAY
    elif unit in ("month", "year"):
        end = add_months(day, count * (12 if unit == "year" else 1))
    else:
        raise ValueError(f"unknown unit {unit}")
    return table.rolled(end) if roll else Due(end, False)


def _checked(n: int) -> int:
    if not 0 <= n <= _LONGEST:
        raise ValueError(f"a time limit has 0 to {_LONGEST} units, not {n}")
    return n
