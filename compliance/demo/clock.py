"""Doing acts at the moment they are dated: the loader replays a year of work, and every act checks dates against *its* day.

Only Django's clock in this process is set, and only while the block runs. The database's own clock is not touched, so that the
audit trail tells the truth: everything in it was written when the demo was loaded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

_STEP = dt.timedelta(milliseconds=40)


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let the acts inside happen at ``moment``; each look at the clock is a little later than the one before."""
    real, now = timezone.now, moment

    def told() -> dt.datetime:
        nonlocal now
        now += _STEP
        return now

    timezone.now = told  # type: ignore[assignment]
    try:
        yield
    finally:
        timezone.now = real  # type: ignore[assignment]


def moment_of(today: dt.date, days: int, *, hour: int = 10, minute: int = 0) -> dt.datetime:
    """A moment so many days from today (before it if negative), moved from a weekend to the Friday before, in local time."""
    day = today + dt.timedelta(days=days)
    if days < 0 and day.weekday() > 4:
        day -= dt.timedelta(days=day.weekday() - 4)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))
