"""Telling people of dates, once for each date, step and person.

    send_reminders_in(tenant_id)      # hourly, by the beat; twice at once or after a day's outage does no harm

A reminder and its message are written in one transaction, and the unique row decides who of two workers writes them. Each batch is a
transaction of its own, so a run that is cut off is finished by the next one.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils import timezone

from compliance.calendars.workdays import NONE, WorkCalendar, work_calendar
from compliance.holidays.queries import calendar_rules
from compliance.reminders import texts
from compliance.reminders.dates import HOUR, Dated, clock_batch, date_batch
from compliance.reminders.models import ReminderPreference, ReminderSent
from compliance.reminders.outside import DUE, LATE, Happening, tell_outside
from compliance.reminders.people import Chains, Sight
from compliance.reminders.plans import STATUTORY, distance, links_of, step_reached
from compliance.reminders.rules import Rules, rules_in_scope
from portal.catalogue import catalogue
from portal.core.tenancy import tenant_context
from portal.notices.actions import notify
from portal.tenants.clock import organisation_today, organisation_zone
from portal.tenants.models import Tenant

MORNING = 8  # o'clock in the organisation's zone; limits in hours are told of at any hour
Mode, Channel = ReminderPreference.Mode, ReminderSent.Channel


@dataclass
class _Run:
    """What one pass over an organisation goes by, read once."""

    tenant: Tenant
    rules: Rules
    today: dt.date
    now: dt.datetime
    early: bool
    until: dt.date
    calendar: Callable[[str], WorkCalendar] = field(repr=False)


@dataclass(frozen=True)
class _Told:
    """One date with the step it has reached."""

    row: Dated
    step: int
    days: int
    late: bool
    people: dict[int, str]


def send_reminders_in(tenant_id: int) -> int:
    """Tell everybody of one organisation what has to be told by now; returns the number of reminders."""
    with tenant_context(tenant_id):
        run = _begin(Tenant.objects.get(pk=tenant_id))
    sent = 0
    for batch_of in (clock_batch, date_batch):
        last: Dated | None = None
        while True:
            with tenant_context(tenant_id):
                batch = _next(batch_of, run, last)
                sent += _tell(batch, run) if batch else 0
            if not batch:
                break
            last = batch[-1]
    return sent


def _begin(tenant: Tenant) -> _Run:
    now = timezone.now()
    today, rules = organisation_today(), rules_in_scope()
    tables = calendar_rules(catalogue())
    # A step is at most so many days away: weekends, and a long holiday beside them.
    until = today + dt.timedelta(days=2 * rules.largest_step() + 16)
    early = now.astimezone(organisation_zone()).hour < MORNING
    return _Run(tenant, rules, today, now, early, until, lru_cache(maxsize=None)(lambda place: work_calendar(tables, place)))


def _next(batch_of: Callable[..., list[Dated]], run: _Run, last: Dated | None) -> list[Dated]:
    if not run.early:
        return batch_of(run.until, last)
    return clock_batch(run.until, last, hours_only=True) if batch_of is clock_batch else []


def _tell(batch: list[Dated], run: _Run) -> int:
    """Write and send what is missing of a batch."""
    sent = _sent_of(batch)
    sight = Sight(run.tenant, batch)
    chains = Chains(batch)
    told = [found for row in batch if (found := _reached(row, run, chains, sight, sent[row.key])) is not None]
    if not told:
        return 0
    modes = _modes({who for one in told for who in one.people})
    rows: dict[Any, tuple[_Told, int]] = {}
    made = []
    for one in sorted(told, key=lambda one: (one.row.filing_id, str(one.row.clock_id))):
        for who in sorted(one.people):
            row = ReminderSent(
                filing_id=one.row.filing_id,
                clock_id=one.row.clock_id,
                due_on=one.row.due_on,
                step=one.step,
                user_id=who,
                channel=_channel(modes.get(who, Mode.IMMEDIATE), one.row),
            )
            rows[row.pk] = (one, who)
            made.append(row)
    # Whoever writes the row sends the message. Another worker waits here for us, and then finds the rows there.
    ReminderSent.objects.bulk_create(made, ignore_conflicts=True)
    mine = set(ReminderSent.objects.filter(pk__in=list(rows)).values_list("pk", flat=True))
    channels = {row.pk: row.channel for row in made}
    groups: dict[tuple[Any, str, bool], list[int]] = defaultdict(list)
    by_key = {}
    for pk in mine:
        one, who = rows[pk]
        groups[(*one.row.key, one.step), one.people[who], channels[pk] == Channel.MAIL].append(who)
        by_key[(*one.row.key, one.step)] = one
    for (key, link, mailed), people in groups.items():
        _notify(by_key[key], link, people, mailed=mailed)
    tell_outside([_happening(one) for one in by_key.values()])
    return len(mine)


def _sent_of(batch: list[Dated]) -> dict[Any, dict[int, int]]:
    """Of each date the last step that each person was told of (the smallest, since steps count down)."""
    found: dict[Any, dict[int, int]] = defaultdict(dict)
    rows = ReminderSent.objects.filter(filing_id__in={row.filing_id for row in batch})
    for filing, clock, due_on, user, step in rows.values_list("filing_id", "clock_id", "due_on", "user_id", "step"):
        told = found[filing, clock, due_on]
        told[user] = min(step, told.get(user, step))
    return found


def _reached(row: Dated, run: _Run, chains: Chains, sight: Sight, sent: dict[int, int]) -> _Told | None:
    """The step a date has reached and who has not been told of it yet; None for nobody."""
    plan = run.rules.plan(row.regime, row.basis)
    days, late = distance(run.calendar(row.calendar or NONE), run.now, run.today, row.due_on, row.due_at)
    step = step_reached(plan, days, late=late)
    if step is None:
        return None
    since = row.progress_at.astimezone(organisation_zone()).date() if row.progress_at else run.today
    idle = run.calendar(row.calendar or NONE).working_days_between(since, run.today)
    told = {who for who, last in sent.items() if last <= step}
    people = chains.told(row, links_of(plan, step, idle=idle, late=days if late else 0), sight, told)
    missing = {who: link for who, link in people.items() if who not in told}
    return _Told(row, step, days, late, missing) if missing else None


def _modes(users: set[int]) -> dict[int, str]:
    return dict(ReminderPreference.objects.filter(user_id__in=users).values_list("user_id", "mode"))


def _channel(mode: str, row: Dated) -> str:
    """How a reminder reaches somebody. Of a limit set by law everybody hears by e-mail, at least once a day; hours do not wait."""
    if mode == Mode.IMMEDIATE or (row.basis == STATUTORY and row.unit == HOUR):
        return Channel.MAIL
    if mode == Mode.DIGEST or row.basis == STATUTORY:
        return Channel.DIGEST
    return Channel.PORTAL


def _params(one: _Told) -> dict[str, Any]:
    row = one.row
    entry = catalogue(row.version or None).filings.get(row.regime)
    return texts.params(
        filing=dict(entry.name) if entry is not None else row.regime,
        project=row.named,
        regime=row.regime,
        due_on=row.due_on,
        left=texts.left(one.days, late=one.late, on_the_day=row.due_on == organisation_today(), hours=row.due_at is not None),
        basis=texts.basis(row.basis),
    )


def _notify(one: _Told, link: str, people: list[int], *, mailed: bool) -> None:
    row = one.row
    once = f"reminder:{row.filing_id}:{row.clock_id or ''}:{row.due_on}:{one.step}"
    given = {**_params(one), "why": texts.why(link)}
    if row.basis == STATUTORY:
        notify(people, "compliance.reminder_statutory", once_key=once, project_id=row.project_id, email=mailed, **given)
    else:
        notify(people, "compliance.reminder", once_key=once, project_id=row.project_id, email=mailed, **given)


def _happening(one: _Told) -> Happening:
    row = one.row
    return Happening(
        event=LATE if one.step < 0 else DUE,
        key=f"date:{row.clock_id or row.filing_id}:{row.due_on}:{one.step}",
        regime=row.regime,
        project_id=row.project_id,
        confidential=row.confidential,
        params=_params(one),
    )
