"""The calendars to count by: the organisation's own years laid over those of the content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from compliance.calendars.workdays import CN
from compliance.holidays.models import HolidayYear
from portal.catalogue import Catalogue, Text
from portal.catalogue.parts import CalendarRules, CalendarYear


def year_of(row: HolidayYear) -> CalendarYear:
    """A year as entered, in the form of the content's."""
    source = row.source_title or row.source_url
    return CalendarYear(row.year, row.official, Text(source, source), days_of(row.holidays), days_of(row.makeup_days))


def days_of(texts: Iterable[str]) -> frozenset[dt.date]:
    """Days kept as ISO text."""
    return frozenset(dt.date.fromisoformat(text) for text in texts)


def laid_over(rules: CalendarRules, years: Iterable[tuple[str, CalendarYear]]) -> CalendarRules:
    """The rules with these years (calendar, year) in place of the ones they have."""
    found: dict[str, dict[int, CalendarYear]] = {CN: dict(rules.years)}
    for place, table in rules.others.items():
        found[place] = dict(table)
    for place, year in years:
        found.setdefault(place, {})[year.year] = year
    frozen: Mapping[str, Mapping[int, CalendarYear]] = {place: MappingProxyType(table) for place, table in found.items()}
    return replace(rules, years=frozen[CN], others=MappingProxyType({place: table for place, table in frozen.items() if place != CN}))


def calendar_rules(content: Catalogue) -> CalendarRules:
    """What everything that counts days goes by: the content's calendar with the years of the organisation in scope. One query."""
    return laid_over(content.calendar, [(row.calendar, year_of(row)) for row in HolidayYear.objects.all()])
