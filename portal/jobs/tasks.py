"""Tasks of this slice, and the decorator with which other slices make theirs."""

from __future__ import annotations

from celery import shared_task

from portal.jobs.periodic import due, forget_old_runs, once
from portal.jobs.reconciling import reconcile_jobs
from portal.jobs.running import Progress, TryAgain, tenant_task

__all__ = ["Progress", "TryAgain", "reconcile", "tenant_task"]


@shared_task(name="portal.jobs.reconcile", expires=60)
def reconcile() -> None:
    """Every 30 seconds: send lost jobs again. Two at once do no harm, so no mark of the due time is needed."""
    reconcile_jobs()
    if once("portal.jobs.forget_old_runs", due(86400)):
        forget_old_runs()
