"""Days left until a date, in working days of the jurisdiction's calendar."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence

from compliance.calendars.workdays import CN, NONE, WorkCalendar, work_calendar
from compliance.holidays.queries import calendar_rules
from portal.catalogue import catalogue
from portal.tenants.clock import organisation_today

# Further away than this a date is told in calendar days: nobody counts working days over years.
REACH = 370


class Days:
    """The calendars of the organisation, asked for once per page (one query)."""

    def __init__(self) -> None:
        self.today = organisation_today()
        self.rules = calendar_rules(catalogue())
        self._known: dict[str, list[int]] = {}

    def table(self, place: str) -> WorkCalendar:
        """The calendar of a place."""
        return work_calendar(self.rules, place)

    def place_of(self, jurisdictions: Sequence[str]) -> str:
        """The calendar by which a filing of these jurisdictions counts; Monday to Friday where none is known."""
        if CN in jurisdictions:
            return CN
        return next((code for code in jurisdictions if code in self.rules.others), NONE)

    def left(self, due: dt.date, place: str = CN) -> tuple[int, str]:
        """(days left, "working" or "calendar"); negative when late."""
        distance = (due - self.today).days
        if abs(distance) > REACH:
            return distance, "calendar"
        working = self._working(place)
        return bisect_right(working, due.toordinal()) - bisect_right(working, self.today.toordinal()), "working"

    def _working(self, place: str) -> list[int]:
        if place not in self._known:
            table, middle = self.table(place), self.today.toordinal()
            around = range(middle - REACH - 1, middle + REACH + 2)
            self._known[place] = [number for number in around if table.is_working(dt.date.fromordinal(number))]
        return self._known[place]
