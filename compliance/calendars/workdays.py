"""Working days of a place and the ends of time limits.

The day of the event is not counted. A result is provisional if a day that was counted lies in a year for which no official
notice is in the data, or if the calendar has no table at all.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.catalogue.parts import CalendarRules, CalendarYear

CN, EU, NYC, NONE = "CN", "EU", "US-NYC", "NONE"
BEFORE, AFTER = "before", "after"
CERTAIN, PROVISIONAL = "certain", "provisional"
HOUR, WORKING_DAY = "hour", "working_day"
_ONE_DAY = dt.timedelta(days=1)
_SATURDAY = 5
_LONGEST = 4000  # units; a limit longer than this is a slip
Pauses = Sequence[tuple[dt.date, dt.date]]  # (stopped on, went on on): the days after the first up to the second do not count


@dataclass(frozen=True, slots=True)
class Due:
    """The last day (or moment) of a time limit; ``provisional``: to be worked out again when the notice is known."""

    on: dt.date | dt.datetime
    provisional: bool

    @property
    def certainty(self) -> str:
        """``certain`` or ``provisional``."""
        return PROVISIONAL if self.provisional else CERTAIN


@dataclass(frozen=True, slots=True)
class Counted:
    """How the end of a limit was counted.

    ``first``: day 1; ``off``: holidays on weekdays that were passed over; ``weekends``: Saturdays and Sundays passed over; ``makeup``:
    weekend days that counted as working days; ``rolled_from``: the day off on which it would have ended; ``paused``: days that did not
    count; ``years``: years without an official notice that the count reached.
    """

    on: dt.date | dt.datetime
    first: dt.date | None = None
    off: tuple[dt.date, ...] = ()
    weekends: int = 0
    makeup: tuple[dt.date, ...] = ()
    rolled_from: dt.date | None = None
    paused: int = 0
    years: tuple[int, ...] = ()

    @property
    def provisional(self) -> bool:
        """Whether it has to be counted again when the notices of ``years`` are known."""
        return bool(self.years)


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

    def count_working_days(self, start: dt.date, n: int, *, backwards: bool = False, pauses: Pauses = ()) -> Counted:
        """The n-th working day after (or before) the start, and what was met on the way."""
        step = -_ONE_DAY if backwards else _ONE_DAY
        day, left = start, _checked(n)
        off: list[dt.date] = []
        makeup: list[dt.date] = []
        years: set[int] = set()
        weekends = paused = 0
        while left:
            day += step
            if not self.is_official(day):
                years.add(day.year)
            if not backwards and any(stop < day <= go for stop, go in pauses):
                paused += 1
            elif self.is_working(day):
                left -= 1
                if day.weekday() >= _SATURDAY:
                    makeup.append(day)
            elif day.weekday() < _SATURDAY:
                off.append(day)
            else:
                weekends += 1
        first = None if day == start else start + step
        return Counted(day, first, tuple(off), weekends, tuple(makeup), None, paused, tuple(sorted(years)))

    def add_working_days(self, start: dt.date, n: int, *, backwards: bool = False) -> Due:
        """The n-th working day after (or before) the start."""
        counted = self.count_working_days(start, n, backwards=backwards)
        return Due(counted.on, counted.provisional)

    def working_days_between(self, start: dt.date, end: dt.date) -> int:
        """Working days after ``start`` up to ``end``, negative if ``end`` lies before (0 for the same day)."""
        if end < start:
            return -self.working_days_between(end, start)
        days = (end - start).days
        return sum(self.is_working(start + number * _ONE_DAY) for number in range(1, days + 1))

    def rolled(self, day: dt.date, *, backwards: bool = False) -> Due:
        """The day itself if it is a working day, else the next one (backwards: the one before)."""
        end, years = self.roll(day, backwards=backwards)
        return Due(end, bool(years))

    def roll(self, day: dt.date, *, backwards: bool = False) -> tuple[dt.date, tuple[int, ...]]:
        """The nearest working day from this one on (backwards: before it), and the years without a notice that were met."""
        years: set[int] = set()
        while True:
            if not self.is_official(day):
                years.add(day.year)
            if self.is_working(day):
                return day, tuple(sorted(years))
            day += -_ONE_DAY if backwards else _ONE_DAY


def work_calendar(rules: CalendarRules, place: str = CN) -> WorkCalendar:
    """The calendar of a place. One without a table counts Monday to Friday and is always provisional."""
    if place == CN:
        return WorkCalendar(rules.years)
    years = rules.others.get(place)
    return WorkCalendar(years) if years else WorkCalendar({}, always_provisional=True)


def add_months(start: dt.date, n: int) -> dt.date:
    """The same day n months later (earlier if negative), or the last day of a shorter month."""
    months = start.year * 12 + start.month - 1 + n
    year, month = divmod(months, 12)
    return dt.date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def count(
    rules: CalendarRules,
    start: dt.date | dt.datetime,
    n: int,
    unit: str,
    *,
    roll: bool = False,
    place: str = CN,
    direction: str = AFTER,
    pauses: Pauses = (),
) -> Counted:
    """Count a limit of ``n`` units after (or before) the day or moment of an event.

    ``unit``: ``working_day calendar_day week month year hour``; ``roll``: an end on a day off moves to the next working day (of a limit
    that counts back: to the one before); ``place``: the calendar; ``pauses``: days that do not count. Hours run through changes of the
    clock and need a moment. Raises ``ValueError`` for anything else.
    """
    backwards = direction == BEFORE
    sign = -1 if backwards else 1
    if unit == HOUR:
        if not isinstance(start, dt.datetime):
            raise ValueError("a limit in hours needs the moment of the event")
        return Counted(_hours_later(start, sign * _checked(n)))
    day = start.date() if isinstance(start, dt.datetime) else start
    table = work_calendar(rules, place)
    if unit == WORKING_DAY:
        return table.count_working_days(day, n, backwards=backwards, pauses=pauses)
    number = sign * _checked(n)
    if unit in ("calendar_day", "week"):
        end = day + number * (7 if unit == "week" else 1) * _ONE_DAY
    elif unit in ("month", "year"):
        end = add_months(day, number * (12 if unit == "year" else 1))
    else:
        raise ValueError(f"unknown unit {unit}")
    paused = 0
    for stop, go in sorted(pauses) if not backwards else ():
        if stop < end:
            paused += (go - stop).days
            end += go - stop
    first = None if end == day else day + sign * _ONE_DAY
    if not roll:
        return Counted(end, first, paused=paused)
    last, years = table.roll(end, backwards=backwards)
    return Counted(last, first, rolled_from=end if last != end else None, paused=paused, years=years)


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
    """The end of a limit as :func:`count` works it out, and whether it is provisional."""
    counted = count(rules, start, n, unit, roll=roll, place=place, direction=direction)
    return Due(counted.on, counted.provisional)


def _hours_later(moment: dt.datetime, hours: int) -> dt.datetime:
    """Hours run through: 72 hours are 72 hours, also in the night in which the clocks are put forward."""
    if moment.tzinfo is None:
        return moment + dt.timedelta(hours=hours)
    return (moment.astimezone(dt.UTC) + dt.timedelta(hours=hours)).astimezone(moment.tzinfo)


def _checked(n: int) -> int:
    if not 0 <= n <= _LONGEST:
        raise ValueError(f"a time limit has 0 to {_LONGEST} units, not {n}")
    return n
