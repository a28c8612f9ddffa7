"""When a date is told of, and to whom: the built-in rules as data, and the step that a day has reached. Free of Django.

A step is a number of working days before the due date (20, 10, … 0), below 0 working days late. Of a day that has passed several
steps only the last one counts, so that an outage never sends a backlog.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from compliance.calendars.workdays import WorkCalendar

STATUTORY, PRACTICE, INTERNAL = "statutory", "practice", "internal"
NEVER, DAILY, WEEKLY = "never", "daily", "weekly"
OWNER, BACKUP, OFFICER, SPONSOR = LINKS = ("owner", "backup", "officer", "sponsor")
WEEK = 5  # working days
LONGEST = 60  # working days before a date
# What no rule takes away from a limit set by law: the day before, the day itself, and every week it is late.
FLOOR = (1, 0)
FLOOR_OFFICER, FLOOR_SPONSOR = 5, 20


@dataclass(frozen=True)
class Plan:
    """When and to whom. Numbers are working days; ``None`` means never."""

    before: tuple[int, ...]
    overdue: str = DAILY
    to_backup: bool = False
    to_officer: bool = False
    backup_after: int | None = 5
    officer_after: int | None = 1
    sponsor_after: int | None = 5
    active: bool = True


BUILT_IN: Mapping[str, Plan] = {
    STATUTORY: Plan((20, 10, 5, 2, 1, 0), DAILY, backup_after=3, officer_after=1, sponsor_after=5),
    PRACTICE: Plan((10, 5, 1, 0), WEEKLY, backup_after=5, officer_after=5, sponsor_after=None),
    INTERNAL: Plan((5, 1, 0), WEEKLY, backup_after=5, officer_after=10, sponsor_after=None),
}


def floored(plan: Plan, basis: str) -> Plan:
    """The plan as it counts for this basis: of a limit set by law nothing below :data:`FLOOR` can be switched off."""
    if basis != STATUTORY:
        return plan
    return replace(
        plan,
        active=True,
        before=tuple(sorted({*plan.before, *FLOOR} if plan.active else FLOOR, reverse=True)),
        overdue=WEEKLY if plan.overdue == NEVER or not plan.active else plan.overdue,
        officer_after=_sooner(plan.officer_after, FLOOR_OFFICER),
        sponsor_after=_sooner(plan.sponsor_after, FLOOR_SPONSOR),
    )


def _sooner(given: int | None, latest: int) -> int:
    return latest if given is None else min(given, latest)


def step_reached(plan: Plan, days: int, *, late: bool) -> int | None:
    """The step of a date that is ``days`` working days away (``late``: that passed so many working days ago); None for none yet.

    Days late count from 1: a date that passed on a Friday is first told of as late on the Monday.
    """
    if not plan.active:
        return None
    if not late:
        return min((step for step in plan.before if days <= step), default=None)
    if days < 1 or plan.overdue == NEVER:
        return None
    return -days if plan.overdue == DAILY else -(1 + WEEK * ((days - 1) // WEEK))


def distance(calendar: WorkCalendar, now: dt.datetime, today: dt.date, due_on: dt.date, due_at: dt.datetime | None) -> tuple[int, bool]:
    """(days to the date or since it, whether it has passed). A limit in hours (``due_at``) runs through weekends and ends at its moment."""
    if due_at is None:
        return days_to(calendar, today, due_on)
    late = now >= due_at
    return max(abs((due_on - today).days), int(late)), late


def days_to(calendar: WorkCalendar, today: dt.date, due_on: dt.date) -> tuple[int, bool]:
    """(working days between today and the date, whether the date has passed)."""
    if today <= due_on:
        return calendar.working_days_between(today, due_on), False
    return calendar.working_days_between(due_on, today), True


def links_of(plan: Plan, step: int, *, idle: int, late: int) -> tuple[str, ...]:
    """Which links of the chain are told at this step. ``idle``: working days without progress; ``late``: working days late (0 for none)."""
    told = [OWNER]
    if plan.to_backup or step < 0 or (plan.backup_after is not None and idle >= plan.backup_after):
        told.append(BACKUP)
    if plan.to_officer or (plan.officer_after is not None and step < 0 and late >= plan.officer_after):
        told.append(OFFICER)
    if plan.sponsor_after is not None and step < 0 and late >= plan.sponsor_after:
        told.append(SPONSOR)
    return tuple(told)
