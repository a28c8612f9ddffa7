"""Finding jobs that nobody works on, over all organisations, and sending them again.

Works as the database role ``maint``, which sees every tenant's job rows. This alone brings back everything that an emptied broker lost
and everything that a killed worker left behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.jobs.actions import MAX_ATTEMPTS, wake
from portal.jobs.models import Job
from portal.jobs.states import JobState
from portal.tenants.models import Tenant, User

log = structlog.get_logger(__name__)
SENT_AGAIN_AFTER = timedelta(seconds=30)
AT_ONCE = 200


@dataclass(frozen=True)
class Reconciled:
    """What one round did."""

    sent: int
    failed: int


def _rows() -> QuerySet[Job]:
    return Job._base_manager.using("maint")


def reconcile_jobs() -> Reconciled:
    """Send waiting jobs and jobs with an expired lease again (oldest first, 200 a round); fail those without attempts left."""
    now = timezone.now()
    abandoned = Q(state=JobState.RUNNING, lease_until__lt=now) | Q(state=JobState.QUEUED)
    failed = _fail_exhausted(_rows().filter(abandoned, attempts__gte=MAX_ATTEMPTS))
    waiting = Q(state=JobState.QUEUED, last_sent__lt=now - SENT_AGAIN_AFTER) | Q(state=JobState.RUNNING, lease_until__lt=now)
    jobs = list(
        _rows()
        .alias(last_sent=Coalesce("sent_at", "created_at"))
        .filter(waiting, attempts__lt=MAX_ATTEMPTS)
        .order_by(F("created_at"))[:AT_ONCE]
    )
    _rows().filter(pk__in=[job.pk for job in jobs]).update(sent_at=now)
    for job in jobs:
        wake(job)
    if jobs or failed:
        log.info("jobs_reconciled", sent=len(jobs), failed=failed)
    return Reconciled(len(jobs), failed)


def _fail_exhausted(jobs: QuerySet[Job]) -> int:
    failed = 0
    for job in list(jobs[:AT_ONCE]):
        with translation.override(_language_of(job)):
            sentence = _(
                "The work was interrupted {count} times and is not tried again by itself. Start it again; if that fails, tell the operator."
            ).format(count=job.attempts)
            reason = job.failure and f" ({job.failure})"
        failed += (
            _rows()
            .filter(pk=job.pk, state=job.state, lease_owner=job.lease_owner, attempts=job.attempts)
            .update(state=JobState.FAILED, failure=(sentence + (reason or ""))[:400], finished_at=timezone.now(), lease_until=None)
        )
    return failed


def _language_of(job: Job) -> str:
    """Language of the person who ordered the job, else of the organisation."""
    chosen = User.objects.filter(pk=job.ordered_by_id).values_list("language", flat=True).first() if job.ordered_by_id else ""
    return chosen or Tenant.objects.values_list("language", flat=True).get(pk=int(job.tenant_id or 0))
