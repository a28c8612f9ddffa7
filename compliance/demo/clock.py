"""Doing acts at the moment they are dated: the loader replays a year of work, and every act checks dates against *its* day.

Only Django's clock in this process is set, and only while the block runs. The database's own clock is not touched: no setting of
the application can date an event of the trail. What was done at which moment is written down instead, and the owner of the
tables dates the trail of the invented organisations afterwards (trail.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

_STEP = dt.timedelta(milliseconds=40)


@dataclass(frozen=True)
class Stretch:
    """From when to when, by the database's clock, acts were done that are dated from ``moment`` on."""

    since: dt.datetime
    until: dt.datetime
    moment: dt.datetime


_stretches: list[Stretch] | None = None
_open: list[Stretch] = []  # begun and not yet ended, outermost first
_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


@contextmanager
def written_down() -> Iterator[list[Stretch]]:
    """Keep a list of all stretches inside the block; a stretch inside another one is a line of its own."""
    global _stretches
    _stretches = []
    try:
        yield _stretches
    finally:
        _stretches = None


def _by_the_database() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let the acts inside happen at ``moment``; each look at the clock is a little later than the one before."""
    real, now = timezone.now, moment
    since = _by_the_database() if _stretches is not None else None

    def told() -> dt.datetime:
        nonlocal now
        now += _STEP
        return now

    timezone.now = told  # type: ignore[assignment]
    if since is not None:
        _open.append(Stretch(since, _NEVER, moment))
    try:
        yield
    finally:
        timezone.now = real  # type: ignore[assignment]
        if since is not None:
            _open.pop()
    if _stretches is not None and since is not None:
        _stretches.append(Stretch(since, _by_the_database(), moment))


def dated(moment: dt.datetime) -> dt.datetime:
    """The moment of the act during which the database wrote ``moment``; itself outside every stretch. Works while stretches are open."""
    own = [one for one in (*(_stretches or ()), *_open) if one.since <= moment < one.until]
    inner = max(own, key=lambda one: one.since, default=None)
    return moment if inner is None else inner.moment + (moment - inner.since)


def moment_of(today: dt.date, days: int, *, hour: int = 10, minute: int = 0) -> dt.datetime:
    """A moment so many days from today (before it if negative), moved from a weekend to the Friday before, in local time."""
    day = today + dt.timedelta(days=days)
    if days < 0 and day.weekday() > 4:
        day -= dt.timedelta(days=day.weekday() - 4)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))
