"""A year of a calendar before it is saved: what is wrong with it, and how it differs from another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from compliance.calendars.workdays import CN
from compliance.holidays.library import statutory_days
from portal.catalogue.parts import CalendarYear

CALENDARS = ("CN", "EU", "US-NYC")
MOST_DAYS = 120
_SATURDAY = 5
_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Fault:
    """What is wrong, and on which line of the file or the field (0: of the whole)."""

    line: int
    text: str

    def __str__(self) -> str:
        return _("Line {line}: {text}").format(line=self.line, text=self.text) if self.line else self.text


@dataclass(frozen=True)
class Draft:
    """Days off on weekdays and make-up working days; ``left_out``: days off on weekends, which are off anyway."""

    calendar: str
    year: int
    holidays: frozenset[dt.date]
    makeup: frozenset[dt.date]
    left_out: int = 0
    faults: tuple[Fault, ...] = ()
    source_title: str = ""
    source_url: str = ""


@dataclass
class Collector:
    """Gathers days line by line, and every fault with its line."""

    calendar: str
    year: int
    off: dict[dt.date, int] = field(default_factory=dict)
    makeup: dict[dt.date, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    left_out: int = 0

    def fault(self, line: int, text: str) -> None:
        """Note what is wrong."""
        self.faults.append(Fault(line, text))

    def add(self, line: int, day: dt.date, *, makeup: bool) -> None:
        """One day of the file."""
        if day.year != self.year:
            self.fault(line, _("{day} is not in {year}.").format(day=day.isoformat(), year=self.year))
            return
        known = self.makeup.get(day) or self.off.get(day)
        if known is not None:
            same = (day in self.makeup) is makeup
            text = _("{day} stands on line {other} already.") if same else _("{day} is a day off and a working day at once (line {other}).")
            self.fault(line, text.format(day=day.isoformat(), other=known))
            return
        weekend = day.weekday() >= _SATURDAY
        if makeup and not weekend:
            self.fault(line, _("{day} is no weekend: it needs no make-up working day.").format(day=day.isoformat()))
            return
        (self.makeup if makeup else self.off)[day] = line

    def draft(self) -> Draft:
        """The year, with the faults of the whole added. Days off on weekends are left out: they are off anyway."""
        holidays = {day for day in self.off if day.weekday() < _SATURDAY}
        self.left_out = len(self.off) - len(holidays)
        if not self.off and not self.makeup and not self.faults:
            self.fault(0, _("There is no day in it."))
        if len(holidays) > MOST_DAYS:
            self.fault(0, _("More than {n} days off on weekdays cannot be right.").format(n=MOST_DAYS))
        if not self.faults:
            self._gaps(holidays)
        faults = tuple(sorted(self.faults, key=lambda one: one.line or 10**9))
        return Draft(self.calendar, self.year, frozenset(holidays), frozenset(self.makeup), self.left_out, faults)

    def _gaps(self, holidays: Collection[dt.date]) -> None:
        """A working day alone between two days off never stood in a notice; a statutory day that is missing is forgotten."""
        for day in sorted(holidays):
            hole = day + _ONE_DAY
            if hole.weekday() < _SATURDAY and hole not in holidays and hole + _ONE_DAY in holidays and hole + _ONE_DAY in self.off:
                self.fault(self.off[hole + _ONE_DAY], _("There is a gap before it: {day} is missing.").format(day=hole.isoformat()))
        if self.calendar == CN:
            for day in sorted(statutory_days(CN, self.year)):
                if day.weekday() < _SATURDAY and day not in holidays:
                    self.fault(0, _("There is a gap: the statutory holiday {day} is missing.").format(day=day.isoformat()))


@dataclass(frozen=True)
class Difference:
    """What a year has that another has not."""

    off_added: tuple[dt.date, ...]
    off_removed: tuple[dt.date, ...]
    makeup_added: tuple[dt.date, ...]
    makeup_removed: tuple[dt.date, ...]
    official: tuple[bool, bool]

    def __bool__(self) -> bool:
        days = self.off_added or self.off_removed or self.makeup_added or self.makeup_removed
        return bool(days) or self.official[0] != self.official[1]

    def plain(self) -> dict[str, Any]:
        """As kept in the trail."""
        found = {
            "off_added": self.off_added,
            "off_removed": self.off_removed,
            "makeup_added": self.makeup_added,
            "makeup_removed": self.makeup_removed,
        }
        return {name: [day.isoformat() for day in days] for name, days in found.items() if days}


def difference(before: CalendarYear | None, holidays: Collection[dt.date], makeup: Collection[dt.date], *, official: bool) -> Difference:
    """How a year would differ from the one that counts now."""
    old_off = before.holidays if before is not None else frozenset()
    old_makeup = before.makeup_working_days if before is not None else frozenset()
    was = before.official if before is not None else False

    def row(days: Collection[dt.date], other: Collection[dt.date]) -> tuple[dt.date, ...]:
        return tuple(sorted(set(days) - set(other)))

    return Difference(row(holidays, old_off), row(old_off, holidays), row(makeup, old_makeup), row(old_makeup, makeup), (was, official))


def as_lines(days: Collection[dt.date]) -> str:
    """Days as a field shows them: one on each line."""
    return "\n".join(day.isoformat() for day in sorted(days))


def read_fields(calendar: str, year: int, fields: Mapping[str, str]) -> tuple[Draft, dict[str, list[str]]]:
    """The two fields of the page, one day on each line, and what is wrong with each by its line."""
    found: dict[str, list[str]] = {}
    collector = Collector(calendar, year)
    for name, makeup in (("holidays", False), ("makeup", True)):
        before = len(collector.faults)
        for line, text in enumerate(fields.get(name, "").splitlines(), 1):
            said = text.strip()
            if not said:
                continue
            try:
                collector.add(line, dt.date.fromisoformat(said), makeup=makeup)
            except ValueError:
                collector.fault(line, _("“{text}” is no day. Write it like 2026-10-01.").format(text=said[:40]))
        if len(collector.faults) > before:
            found[name] = [str(one) for one in collector.faults[before:]]
    draft = collector.draft()
    known = {text for texts in found.values() for text in texts}
    whole = [str(one) for one in draft.faults if str(one) not in known]
    if whole:
        found["holidays"] = [*found.get("holidays", []), *whole]
    return draft, found
