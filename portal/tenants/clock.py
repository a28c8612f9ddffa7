"""Deadlines go by the day of the organisation; timed work visits one organisation, and one row, after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.utils import timezone

from portal.core.tenancy import require_scope, tenant_context
from portal.tenants.models import Tenant

log = structlog.get_logger(__name__)


def organisation_today() -> date:
    """The day it is for the organisation in scope, wherever the person sits who asks. No query: the scope knows the zone.

    Every right with dates, every deadline and every day that is stored goes by it. The active time zone is the one a person chose to
    read times in; a day that comes from it decides nothing.
    """
    return require_scope().today


def organisation_zone() -> ZoneInfo:
    """The time zone of the organisation in scope, for moments whose day is kept. No query."""
    return require_scope().zone


def slug_in_scope() -> str:
    """The organisation in scope as addresses name it. One query."""
    return Tenant.objects.values_list("slug", flat=True).get(pk=require_scope().tenant_id)


def for_each_tenant(act: Callable[[int], int]) -> int:
    """Run ``act(tenant id)`` for every active organisation, in its time zone and outside any transaction; returns the sum.

    A fault in one organisation is logged and never stops the others.
    """
    done = 0
    for tenant_id, zone in Tenant.objects.filter(status=Tenant.Status.ACTIVE).order_by("pk").values_list("pk", "time_zone"):
        try:
            with timezone.override(zone):
                done += act(tenant_id)
        except Exception:
            log.exception("timed_work_failed", tenant_id=tenant_id, work=getattr(act, "__qualname__", str(act)))
    return done


def for_each_row(tenant_id: int, ids: Iterable[Any], act: Callable[[Any], int]) -> int:
    """Run ``act(id)`` for every row, each in a short transaction of its own in the organisation; returns the sum.

    A fault with one row is logged and never stops the others.
    """
    done = 0
    for pk in ids:
        try:
            with tenant_context(tenant_id):
                done += act(pk)
        except Exception:
            log.exception("timed_work_failed", tenant_id=tenant_id, row=str(pk), work=getattr(act, "__qualname__", str(act)))
    return done
