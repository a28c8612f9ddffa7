"""Working days, time limits, and what is provisional."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.calendars.workdays import BEFORE, EU, NYC, WorkCalendar, add_months, due
from portal.catalogue import catalogue

RULES = catalogue().calendar
CN = WorkCalendar(RULES.years)
DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2028, 12, 31))


def test_working_days() -> None:
    assert not CN.is_working(dt.date(2026, 10, 1))
    assert CN.is_working(dt.date(2026, 10, 10))  # a Saturday made up
    assert not CN.is_working(dt.date(2026, 10, 11))
    assert CN.is_official(dt.date(2026, 1, 1))
    assert not CN.is_official(dt.date(2027, 1, 4))
    assert not CN.is_official(dt.date(2028, 1, 4))


@pytest.mark.parametrize(
    ("start", "n", "unit", "options", "on", "provisional"),
    [
        ("2026-09-01", 20, "working_day", {}, "2026-09-29", False),
        ("2026-12-21", 10, "working_day", {}, "2027-01-05", True),
        ("2026-09-01", 30, "calendar_day", {"roll": True}, "2026-10-08", False),
        ("2026-09-01", 30, "calendar_day", {}, "2026-10-01", False),
        ("2026-12-02", 30, "calendar_day", {"roll": True}, "2027-01-04", True),
        ("2026-09-24", 1, "week", {}, "2026-10-01", False),
        ("2026-08-31", 6, "month", {}, "2027-02-28", False),
        ("2026-08-31", 6, "month", {"roll": True}, "2027-03-01", True),
        ("2024-02-29", 1, "year", {}, "2025-02-28", False),
        ("2026-10-10", 2, "working_day", {"direction": BEFORE}, "2026-10-08", False),
        ("2026-03-31", 1, "month", {"direction": BEFORE}, "2026-02-28", False),
        ("2026-10-01", 1, "working_day", {"place": NYC}, "2026-10-02", True),
        ("2026-10-01", 10, "calendar_day", {"place": EU}, "2026-10-11", False),
        ("2026-10-01", 0, "working_day", {}, "2026-10-01", False),
    ],
)
def test_due(start: str, n: int, unit: str, options: dict[str, object], on: str, provisional: bool) -> None:
    got = due(RULES, dt.date.fromisoformat(start), n, unit, **options)  # type: ignore[arg-type]
    assert (got.on.isoformat(), got.provisional) == (on, provisional)


def test_hours_run_through_and_need_a_moment() -> None:
    got = due(RULES, dt.datetime(2026, 11, 20, 17), 72, "hour")
    assert got.on == dt.datetime(2026, 11, 23, 17)
    assert got.certainty == "certain"
    with pytest.raises(ValueError, match="moment"):
        due(RULES, dt.date(2026, 11, 20), 72, "hour")


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown unit"):
        due(RULES, dt.date(2026, 1, 1), 1, "moon")
    with pytest.raises(ValueError, match="units"):
        due(RULES, dt.date(2026, 1, 1), -1, "working_day")
    with pytest.raises(ValueError, match="units"):
        due(RULES, dt.date(2026, 1, 1), 10**6, "calendar_day")


@given(DAYS, st.integers(1, 60))
def test_there_are_n_working_days_up_to_the_end(start: dt.date, n: int) -> None:
    end = CN.add_working_days(start, n).on
    between = [start + dt.timedelta(days) for days in range(1, (end - start).days + 1)]  # type: ignore[operator]
    assert sum(CN.is_working(day) for day in between) == n
    assert CN.is_working(end)
    assert CN.add_working_days(end, n, backwards=True).on <= start or not CN.is_working(start)


@given(DAYS, st.integers(-30, 30))
def test_months(start: dt.date, n: int) -> None:
    end = add_months(start, n)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == n
    assert end.day == start.day or (end + dt.timedelta(1)).day == 1
