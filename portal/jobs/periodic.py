"""Periodic work that is done once per due time, however many schedulers run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from portal.jobs.models import PeriodicRun

KEPT = timedelta(days=30)


def due(seconds: int, at: datetime | None = None) -> datetime:
    """The due time that ``at`` (now by default) belongs to, for work that is done every ``seconds``."""
    moment = (at or timezone.now()).astimezone(UTC).timestamp()
    return datetime.fromtimestamp(moment - moment % seconds, UTC)


def once(name: str, due_at: datetime) -> bool:
    """True for the first caller per name and due time; the unique row makes everybody else get False."""
    with transaction.atomic():
        _run, made = PeriodicRun.objects.get_or_create(name=name, due_at=due_at)
    return made


def forget_old_runs() -> int:
    """Delete the marks of runs older than 30 days; returns how many."""
    return PeriodicRun.objects.filter(due_at__lt=timezone.now() - KEPT).delete()[0]
