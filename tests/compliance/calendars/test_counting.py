"""Properties of counting, agreement with two public packages, changes of the clock, and how a count explains itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.calendars.workdays import AFTER, BEFORE, EU, NYC, WorkCalendar, count, due, work_calendar
from compliance.holidays.library import library_year
from portal.catalogue import Text, catalogue
from portal.catalogue.parts import CalendarYear

RULES = catalogue().calendar
DAY = dt.timedelta(days=1)
DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2028, 6, 30))
UNITS = st.sampled_from(["working_day", "calendar_day", "week", "month", "year"])
N = st.integers(0, 90)
FIRST, LAST = 2018, 2026


def from_library(year: int) -> CalendarYear:
    known = library_year("CN", year)
    assert known is not None
    assert known[2] == "chinesecalendar"
    return CalendarYear(year, True, Text("", ""), known[0], known[1])


@given(DAYS, N, UNITS, st.booleans(), st.sampled_from([AFTER, BEFORE]))
def test_more_units_never_end_on_the_wrong_side(start: dt.date, n: int, unit: str, roll: bool, direction: str) -> None:
    if unit == "year":
        n //= 10
    near, far = (count(RULES, start, k, unit, roll=roll, direction=direction).on for k in (n, n + 1))
    assert near <= far if direction == AFTER else near >= far


@given(DAYS, N, UNITS, st.booleans())
def test_a_later_start_never_ends_earlier(start: dt.date, n: int, unit: str, roll: bool) -> None:
    if unit == "year":
        n //= 10
    assert count(RULES, start, n, unit, roll=roll).on <= count(RULES, start + DAY, n, unit, roll=roll).on


@given(DAYS, st.integers(1, 90), st.sampled_from(["CN", EU, NYC]))
def test_back_is_the_inverse_of_forth_on_working_days(start: dt.date, n: int, place: str) -> None:
    table = work_calendar(RULES, place)
    start, _years = table.roll(start)
    end = count(RULES, start, n, "working_day", place=place).on
    assert count(RULES, end, n, "working_day", place=place, direction=BEFORE).on == start
    assert table.is_working(end)
    assert table.working_days_between(start, end) == n == -table.working_days_between(end, start)


@given(DAYS, N, UNITS)
def test_what_rolls_never_ends_on_a_day_off(start: dt.date, n: int, unit: str) -> None:
    if unit == "year":
        n //= 10
    for direction in (AFTER, BEFORE):
        counted = count(RULES, start, n, unit, roll=True, direction=direction)
        assert unit == "working_day" or WorkCalendar(RULES.years).is_working(counted.on)
        if counted.rolled_from is not None:
            assert (counted.on > counted.rolled_from) is (direction == AFTER)


@given(DAYS, st.integers(1, 60), st.integers(0, 30), st.integers(0, 20))
def test_a_pause_takes_its_days_out(start: dt.date, n: int, after: int, length: int) -> None:
    stop = start + after * DAY
    go = stop + length * DAY
    for unit in ("working_day", "calendar_day"):
        plain, paused = (count(RULES, start, n, unit, pauses=pauses) for pauses in ((), ((stop, go),)))
        assert paused.on >= plain.on
        if stop >= plain.on:
            assert paused.on == plain.on
        elif unit == "calendar_day":
            assert paused.on - plain.on == length * DAY


@given(DAYS, st.integers(1, 60))
def test_the_explanation_adds_up(start: dt.date, n: int) -> None:
    counted = count(RULES, start, n, "working_day")
    assert counted.first == start + DAY
    assert (counted.on - start).days == n + len(counted.off) + counted.weekends
    assert all(start < day <= counted.on for day in (*counted.off, *counted.makeup))
    assert counted.provisional is any(year > 2026 for year in range(counted.first.year, counted.on.year + 1))


@pytest.mark.parametrize("year", range(FIRST, LAST + 1))
def test_two_packages_and_our_table_agree_day_by_day(year: int) -> None:
    """``chinesecalendar`` has the notices of the State Council, ``holidays`` is kept by others; no day is known on which they differ."""
    tables = [from_library(year)] + ([RULES.years[year]] if year in RULES.years else [])
    other = holidays.country_holidays("CN", years=year)
    for table in (WorkCalendar({year: one}) for one in tables):
        day = dt.date(year, 1, 1)
        while day.year == year:
            theirs = day in other.weekend_workdays or (day.weekday() < 5 and day not in other)
            assert (table.is_working(day), theirs) == (chinese_calendar.is_workday(day),) * 2, day
            day += DAY


def test_the_content_names_years_without_a_notice_as_such() -> None:
    assert [year for year, one in RULES.years.items() if not one.official] == [2027]
    table = replace(RULES, years={**RULES.years, 2027: replace(RULES.years[2027], official=True)})
    start = dt.date(2026, 12, 21)
    assert count(RULES, start, 10, "working_day").years == (2027,)
    assert not count(table, start, 10, "working_day").provisional


def test_an_organisations_table_of_another_place_counts() -> None:
    year = CalendarYear(2026, True, Text("", ""), frozenset({dt.date(2026, 11, 26)}), frozenset())
    rules = replace(RULES, others={NYC: {2026: year}})
    start = dt.date(2026, 11, 25)
    assert (due(RULES, start, 1, "working_day", place=NYC).on, due(RULES, start, 1, "working_day", place=NYC).provisional) == (
        dt.date(2026, 11, 26),
        True,
    )
    assert (due(rules, start, 1, "working_day", place=NYC).on, due(rules, start, 1, "working_day", place=NYC).provisional) == (
        dt.date(2026, 11, 27),
        False,
    )


HOURS = [
    ("Europe/Berlin", "2026-03-28T12:00", 72, "2026-03-31T13:00"),  # the night of 29 March has 23 hours
    ("Europe/Berlin", "2026-10-23T12:00", 72, "2026-10-26T11:00"),  # the night of 25 October has 25
    ("America/New_York", "2026-03-07T20:00", 24, "2026-03-08T21:00"),
    ("Asia/Shanghai", "2026-10-01T23:30", 1, "2026-10-02T00:30"),
    ("Asia/Shanghai", "2026-12-31T22:00", 4, "2027-01-01T02:00"),
]


@pytest.mark.parametrize(("zone", "start", "n", "end"), HOURS)
def test_hours_run_through_changes_of_the_clock(zone: str, start: str, n: int, end: str) -> None:
    there = ZoneInfo(zone)
    begun = dt.datetime.fromisoformat(start).replace(tzinfo=there)
    got = count(RULES, begun, n, "hour").on
    assert got == dt.datetime.fromisoformat(end).replace(tzinfo=there)
    assert (got.astimezone(dt.UTC) - begun.astimezone(dt.UTC)) == dt.timedelta(hours=n)
    assert f"{got:%Y-%m-%dT%H:%M}" == end


def test_the_second_hour_of_the_night_that_has_it_twice() -> None:
    twice = dt.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin"))
    assert count(RULES, twice, 1, "hour").on.utcoffset() == dt.timedelta(hours=1)
    assert f"{count(RULES, twice.replace(fold=0), 1, 'hour').on:%H:%M}" == "02:30"
