"""What happened to filings since a place in the order, for programs that follow.

The order is that of the keys, which carry the moment of the event. Two acts at once may be stored in the other order than their keys, so
nothing is handed out that is younger than the oldest transaction still open (:func:`horizon`): an act that is not stored yet began after
it, and its event comes later in the order than everything handed out. A reader never misses one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from compliance.filings.models import Filing, FilingEvent
from compliance.filings.queries import filings_visible_to
from compliance.filings.rules import VIEW_ALL
from portal.core.access import Actor

# Clocks of web servers and of the database differ by less than this.
MARGIN = timedelta(seconds=5)
_HORIZON = """
select least(clock_timestamp(), min(xact_start)) from pg_stat_activity
 where datname = current_database() and usename = current_user and pid <> pg_backend_pid() and xact_start is not null
"""


def horizon() -> datetime:
    """The moment up to which everything is stored: the start of the oldest open transaction of the product, less the margin."""
    with connection.cursor() as cursor:
        cursor.execute(_HORIZON)
        (moment,) = cursor.fetchone()
    found: datetime = moment
    return found - MARGIN


def first_key_at(moment: datetime) -> UUID:
    """The smallest key (UUIDv7) of that millisecond."""
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62))


def events_since(
    actor: Actor, after: UUID | None = None, *, regime: str = "", project: UUID | None = None, verb: str = ""
) -> QuerySet[Any]:
    """Events of filings the person may see, in a stable order. Those of the organisation too, for whoever may open its page."""
    filings = filings_visible_to(actor)
    if actor.may(VIEW_ALL):
        filings = filings | Filing.objects.filter(project=None)
    if regime:
        filings = filings.filter(regime=regime)
    if project is not None:
        filings = filings.filter(project_id=project)
    rows = FilingEvent.objects.filter(filing__in=filings.values("pk"), pk__lt=first_key_at(horizon()))
    if after is not None:
        rows = rows.filter(pk__gt=after)
    if verb:
        rows = rows.filter(verb=verb)
    return rows.select_related("filing__project", "done_by").order_by("pk")
