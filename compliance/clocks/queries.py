"""Which time limits a person may see, which are at risk, and those of one filing."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from compliance.clocks.actions.common import OURS
from compliance.clocks.models import FilingClock
from compliance.clocks.states import OPEN, ClockState
from compliance.filings.models import UNASKED, Filing
from compliance.filings.rules import VIEW_ALL
from compliance.filings.states import OVER
from portal.core.access import Actor
from portal.projects.access import projects_visible_to
from portal.tenants.clock import organisation_today

SOON = 10


def visible_clocks(actor: Actor) -> QuerySet[FilingClock]:
    """Limits of filings of projects that the person may see; those of the organisation for who may see its filings."""
    seen = Q(Exists(projects_visible_to(actor).filter(pk=OuterRef("project_id"))))
    if actor.may(VIEW_ALL):
        seen |= Q(project=None)
    return FilingClock.objects.filter(seen).select_related("filing", "filing__owner", "project")


def open_clocks(actor: Actor, *, authority: bool = False) -> QuerySet[FilingClock]:
    """Limits that run or stand still, earliest first; the authority's own periods only if asked for: they are never ours to keep."""
    rows = visible_clocks(actor).filter(state__in=OPEN)
    if not authority:
        rows = rows.filter(OURS)
    return rows.order_by(F("due_on").asc(nulls_last=True), "id")


def at_risk(actor: Actor, *, days: int = SOON) -> QuerySet[FilingClock]:
    """Limits of ours that are late or end within so many days, of filings that still count."""
    until = organisation_today() + dt.timedelta(days=days)
    rows = open_clocks(actor).filter(state=ClockState.RUNNING, due_on__lte=until)
    over = Q(filing__state__in=sorted(str(state) for state in OVER))
    unasked = Filing.objects.filter(UNASKED, pk=OuterRef("filing_id"))
    return rows.exclude(over).exclude(Exists(unasked))


def clocks_of(filing: Filing | None) -> list[FilingClock]:
    """All limits of a filing: those that run first, by their end, then what is over, newest first. One query."""
    if filing is None:
        return []
    rows = list(FilingClock.objects.filter(filing=filing).select_related("started_by", "project"))
    for row in rows:
        row.filing = filing
    running = sorted((row for row in rows if row.state in OPEN), key=lambda row: (row.due_on is None, row.due_on or row.event_on, row.pk))
    return running + sorted((row for row in rows if row.state not in OPEN), key=lambda row: row.ended_on or row.event_on, reverse=True)
