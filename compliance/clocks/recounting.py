"""A year of a calendar arrives, or an own rule changes: limits that run are counted anew, and their owners learn of days that move."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from assessments.reviews.segregation import holders_of
from compliance.clocks.actions.common import hold_filing, note_clock, put_on_record, zone_for
from compliance.clocks.actions.ending import end, write
from compliance.clocks.counting import counted_anew
from compliance.clocks.limits import AUTHORITY
from compliance.clocks.models import ClockRule, FilingClock
from compliance.clocks.states import OPEN, ClockState
from compliance.clocks.words import name_of
from compliance.clocks.zones import zone_of
from compliance.filings.candidates import tenant_holders, whose
from compliance.filings.models import Filing
from compliance.holidays.queries import calendar_rules
from compliance.holidays.registry import Move, Moves
from portal.catalogue import catalogue
from portal.catalogue.parts import CalendarRules
from portal.core.access import Actor
from portal.core.formats import in_language as tr
from portal.jobs.actions import order_job
from portal.notices.actions import notify
from portal.projects.access import projects_visible_to
from portal.tenants.clock import organisation_zone
from portal.tenants.models import User

RECOUNT, FOLLOW_RULE = "compliance.clocks.recount", "compliance.clocks.follow_rule"
MOVED_NOTICE = "compliance.clock_moved"
MOST_SHOWN = 50
_ROUND = dt.timedelta(days=20)  # a roll over the longest run of days off does not reach further


def reaching(calendar: str, year: int) -> QuerySet[FilingClock]:
    """Limits that run and whose counting may meet a day of the year."""
    first, last = dt.date(year, 1, 1) - _ROUND, dt.date(year, 12, 31) + _ROUND
    after = Q(event_on__lte=last, due_on__gte=first)
    before = Q(due_on__lte=last, event_on__gte=first)
    return FilingClock.objects.filter(after | before, state__in=OPEN, calendar=calendar, n__isnull=False)


def order_recount(calendar: str, year: int, by: User | None) -> None:
    """Order the job; it starts after the transaction. One for each saving: two savings shortly after one another are two."""
    from uuid_utils.compat import uuid7

    order_job(RECOUNT, {"calendar": calendar, "year": year}, by=by, idempotency_key=f"{RECOUNT}:{calendar}:{year}:{uuid7()}")


def recount_filing(filing_id: UUID, calendar: CalendarRules) -> int:
    """Count the limits of a filing anew; returns how many days moved. Running it twice changes nothing. Needs a transaction."""
    filing = Filing.objects.select_related("project", "owner").filter(pk=filing_id).first()
    if filing is None:
        return 0
    hold_filing(filing)
    moved = 0
    for clock in FilingClock.objects.filter(filing=filing, state__in=OPEN).select_related("project").order_by("pk"):
        clock.filing = filing
        moved += recount(clock, calendar)
    note_clock(filing)
    return moved


def recount(clock: FilingClock, calendar: CalendarRules) -> bool:
    """Count one limit of a filing that is locked anew; True if its day moved."""
    found = counted_anew(calendar, clock, zone_for(clock.filing))
    if all(getattr(clock, name) == value for name, value in found.items()):
        return False
    old = clock.due_on
    write(clock, **found)
    if old == clock.due_on:
        return False
    days = {"old_due": old.isoformat() if old else "–", "due_on": clock.due_on.isoformat() if clock.due_on else "–"}
    put_on_record(clock, "recounted", None, **days)
    _tell(clock, days)
    return True


def _tell(clock: FilingClock, days: dict[str, str]) -> None:
    filing, content = clock.filing, catalogue(clock.catalogue_version)
    if clock.action == AUTHORITY:
        return
    people = {filing.owner_id} if filing.owner_id else set()
    if not people:
        people = set(holders_of(filing.project, "compliance")) if filing.project is not None else tenant_holders(["compliance_officer"])
    entry = content.filings.get(filing.regime)
    notify(
        {uid for uid in people if uid is not None},
        MOVED_NOTICE,
        once_key=f"clock-moved:{clock.pk}:{clock.version}",
        project_id=filing.project_id,
        regime=filing.regime,
        filing=dict(entry.name) if entry else filing.regime,
        project=whose(filing.project),
        limit=dict(name_of(content, clock)),
        old=days["old_due"],
        new=days["due_on"],
    )


def apply_rule(rule: ClockRule, filing_id: UUID, calendar: CalendarRules) -> int:
    """Bring the limits of an own rule on one filing up to the rule; void where it is out of use."""
    filing = Filing.objects.select_related("project", "owner").filter(pk=filing_id).first()
    if filing is None:
        return 0
    hold_filing(filing)
    done = 0
    for clock in FilingClock.objects.filter(filing=filing, key=f"rule:{rule.pk}", state__in=OPEN).select_related("project"):
        clock.filing = filing
        if not rule.active or clock.event != rule.event or (rule.regime and rule.regime != filing.regime):
            end(clock, ClockState.VOID, by=None, reason=_gone())
            done += 1
            continue
        wanted = {"n": rule.n, "unit": rule.unit, "direction": rule.direction, "action": rule.action}
        title = {"zh": rule.title, "en": rule.title}
        if any(getattr(clock, name) != value for name, value in wanted.items()) or clock.counted.get("title") != title:
            write(clock, **wanted, counted={**clock.counted, "title": title})
        done += recount(clock, calendar)
    note_clock(filing)
    return done


def _gone() -> str:
    from django.utils.translation import gettext as _

    return _("The organisation’s own rule was changed or taken out of use.")


def preview(calendar: str, year: int, rules: CalendarRules, actor: Actor, slug: str) -> Moves:
    """Limits whose day another calendar would move. Those of projects that the person may not see are only counted."""
    rows = reaching(calendar, year).select_related("filing", "project").order_by("due_on", "pk")
    moved: list[tuple[FilingClock, dt.date | None]] = []
    for clock in rows.iterator(chunk_size=1000):
        found = counted_anew(rules, clock, zone_of(clock.filing.jurisdictions, organisation_zone()))
        if found["due_on"] != clock.due_on:
            moved.append((clock, found["due_on"]))
    seen = set(
        projects_visible_to(actor)
        .filter(pk__in={clock.project_id for clock, _new in moved if clock.project_id})
        .values_list("pk", flat=True)
    )
    shown = [_move(clock, new, slug) for clock, new in moved if clock.project_id is None or clock.project_id in seen]
    return Moves(shown[:MOST_SHOWN], len(moved))


def _move(clock: FilingClock, new: Any, slug: str) -> Move:
    content = catalogue(clock.catalogue_version)
    entry = content.filings.get(clock.filing.regime)
    title = f"{tr(entry.name) if entry else clock.filing.regime}: {tr(name_of(content, clock))}"
    given: dict[str, Any] = {"tenant_slug": slug, "regime": clock.filing.regime}
    if clock.project_id is None:
        return Move(title, tr(whose(None)), reverse("compliance:organisation_filing", kwargs=given), clock.due_on, new)
    url = reverse("compliance:filing", kwargs={**given, "project_id": clock.project_id})
    return Move(title, clock.project.code if clock.project else "", url, clock.due_on, new)


__all__ = [
    "FOLLOW_RULE",
    "MOVED_NOTICE",
    "RECOUNT",
    "apply_rule",
    "calendar_rules",
    "order_recount",
    "preview",
    "reaching",
    "recount_filing",
]
