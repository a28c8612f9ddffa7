"""Background work of this slice."""

from __future__ import annotations

from celery import shared_task

from compliance.upkeep.renewing import keep_tenant
from portal.jobs.periodic import due, once
from portal.tenants.clock import for_each_tenant

EVERY = 3600


@shared_task(name="compliance.upkeep.start_renewals", expires=3500)
def start_renewals() -> int:
    """Every hour, so that every organisation's own midnight counts; each end of validity starts one renewal, however often this runs."""
    if not once("compliance.upkeep.start_renewals", due(EVERY)):
        return 0
    return for_each_tenant(keep_tenant)
