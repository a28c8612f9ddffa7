"""Keeping the trail's table ready for the months to come."""

from __future__ import annotations

from celery import shared_task
from django.db import connection
from django.utils import timezone

MONTHS_AHEAD = 14


@shared_task(name="portal.audit.ensure_partitions")
def ensure_partitions() -> int:
    """Make the partitions of the coming months; returns how many were missing. Running it twice does no harm."""
    with connection.cursor() as cursor:
        cursor.execute("select app.ensure_audit_partitions(%s, %s)", [timezone.localdate(), MONTHS_AHEAD])
        return int(cursor.fetchone()[0])
