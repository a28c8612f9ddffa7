"""Days off of a year as two public packages know them; a draft that a person checks against the official notice."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import chinese_calendar
import holidays

from compliance.calendars.workdays import CN, EU, NYC

_SATURDAY = 5
_OBSERVED = "(observed)"


@lru_cache(maxsize=64)
def statutory_days(place: str, year: int) -> frozenset[dt.date]:
    """Holidays by law of a place, without the days that a yearly notice moves."""
    if place == CN:
        found = holidays.country_holidays("CN", years=year, language="en_US")
        return frozenset(day for day, name in found.items() if day.year == year and _OBSERVED not in name and not _from_notice(name))
    if place == NYC:
        return frozenset(day for day in holidays.country_holidays("US", subdiv="NY", years=year) if day.year == year)
    if place == EU:
        return frozenset(day for day in holidays.financial_holidays("XECB", years=year) if day.year == year)
    return frozenset()


def _from_notice(name: str) -> bool:
    """Days that the State Council's notice of the year adds to those by law."""
    return "Day off" in name or "substituted" in name


@lru_cache(maxsize=64)
def library_year(place: str, year: int) -> tuple[frozenset[dt.date], frozenset[dt.date], str] | None:
    """Days off on weekdays, make-up working days, and the package they come from; None where no package knows the year.

    Of China the days of the yearly notice, as far as ``chinesecalendar`` has it; else only the days by law, without any make-up day.
    """
    if place == CN:
        first, last = min(chinese_calendar.holidays), max(chinese_calendar.holidays)
        if first.year <= year <= last.year:
            days = [dt.date(year, 1, 1) + dt.timedelta(days=number) for number in range(366)]
            days = [day for day in days if day.year == year]
            off = frozenset(day for day in days if day.weekday() < _SATURDAY and chinese_calendar.is_holiday(day))
            makeup = frozenset(day for day in days if day.weekday() >= _SATURDAY and chinese_calendar.is_workday(day))
            return off, makeup, "chinesecalendar"
    found = frozenset(day for day in statutory_days(place, year) if day.weekday() < _SATURDAY)
    return (found, frozenset(), "holidays") if found else None


def has_notice(place: str, year: int) -> bool:
    """Whether the packages have the notice of the year, make-up days included."""
    known = library_year(place, year)
    return known is not None and (place != CN or known[2] == "chinesecalendar")
