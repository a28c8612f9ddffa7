"""Ordering, claiming, renewing and finishing jobs (foundation: the row is the truth, the message only a wake-up)."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.audit.sentences import bilingual
from portal.core.errors import Conflict
from portal.jobs import kinds
from portal.jobs.models import Job
from portal.jobs.states import JobState
from portal.tenants.models import User

log = structlog.get_logger(__name__)
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 3


class JobCancelled(Exception):
    """The person cancelled the job, or another worker took it over: stop without a trace."""


def order_job(
    kind: str, args: Mapping[str, Any], *, by: User | None, idempotency_key: str, project_id: UUID | None = None
) -> tuple[Job, bool]:
    """Write the job in the business transaction and wake a worker after commit. Returns (job, newly ordered).

    The same key ordered twice is one job. An unknown kind raises KeyError: such a job would wait for ever.
    """
    kinds.get(kind)
    job, made = Job.objects.get_or_create(
        idempotency_key=idempotency_key,
        defaults={"kind": kind, "args": dict(args), "ordered_by": by, "project_id": project_id},
    )
    if made:
        transaction.on_commit(lambda: wake(job))
    return job, made


def wake(job: Job) -> None:
    """Send the wake-up message. A broker that is away is no failure: the reconciler sends it again."""
    try:
        kind = kinds.get(job.kind)
        current_app.send_task(kind.task, args=[job.tenant_id, str(job.pk)], queue=kind.queue, retry=False)
    except Exception as error:
        log.warning("job_message_not_sent", job=str(job.pk), error=str(error))


def worker_name() -> str:
    """Who holds a lease: host, process and a fresh mark."""
    return f"{socket.gethostname()}:{os.getpid()}:{os.urandom(4).hex()}"


def claim_job(job_id: UUID | str, owner: str) -> Job | None:
    """Take the job with a lease if it waits or its lease has run out; None when another worker has it or it is over."""
    now = timezone.now()
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=now)
    updated = Job.objects.filter(free, pk=job_id, attempts__lt=MAX_ATTEMPTS).update(
        state=JobState.RUNNING, lease_owner=owner, lease_until=now + LEASE, attempts=F("attempts") + 1, failure="", progress=0, stage=""
    )
    return Job.objects.get(pk=job_id) if updated else None


def report_progress(job: Job, stage: str, percent: int) -> None:
    """Write stage and percentage and renew the lease. Raises :class:`JobCancelled` when the job is no longer ours."""
    updated = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, lease_owner=job.lease_owner).update(
        stage=stage, progress=max(0, min(100, percent)), lease_until=timezone.now() + LEASE
    )
    if not updated:
        raise JobCancelled(str(job.pk))


def keep_place(job: Job, place: Mapping[str, Any]) -> None:
    """Write how far long work has come into its row and renew the lease: whoever takes the job over after a crash goes on from there.

    Belongs into the transaction of the work that the place stands for. Raises :class:`JobCancelled` when the job is no longer ours.
    """
    args = {**job.args, "place": dict(place)}
    updated = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, lease_owner=job.lease_owner).update(
        args=args, lease_until=timezone.now() + LEASE
    )
    if not updated:
        raise JobCancelled(str(job.pk))
    job.args = args


def renew_lease(job: Job) -> bool:
    """Keep the lease for another while; False when the job is no longer ours."""
    return bool(
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING, lease_owner=job.lease_owner).update(lease_until=timezone.now() + LEASE)
    )


def release_job(job: Job, reason: str) -> None:
    """Give the job back to the queue, if we still hold the lease; the reconciler sends it again until its attempts are used up."""
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING, lease_owner=job.lease_owner).update(
        state=JobState.QUEUED, lease_owner="", lease_until=None, sent_at=timezone.now(), failure=reason[:400]
    )


def finish_job(job: Job, result: Mapping[str, Any]) -> bool:
    """Mark done if we still hold the lease; False means that somebody else finished or cancelled it and our result must not count."""
    return bool(
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING, lease_owner=job.lease_owner).update(
            state=JobState.DONE, progress=100, result=dict(result), finished_at=timezone.now(), lease_until=None
        )
    )


def fail_job(job: Job, sentence: str) -> None:
    """Mark failed with a sentence for people, if we still hold the lease."""
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING, lease_owner=job.lease_owner).update(
        state=JobState.FAILED, failure=sentence[:400], finished_at=timezone.now(), lease_until=None
    )


def cancel_job(job: Job, *, by: User) -> None:
    """Cancel a job that waits or runs; the worker notices at its next progress report."""
    updated = Job.objects.filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.RUNNING]).update(
        state=JobState.CANCELLED, finished_at=timezone.now(), lease_until=None
    )
    if not updated:
        raise Conflict(_("The job is over already."))
    record_act("portal.job.cancelled", job, title=_title(job))


def retry_job(job: Job, *, by: User) -> None:
    """Start a failed or cancelled job again with fresh attempts."""
    updated = Job.objects.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED]).update(
        state=JobState.QUEUED,
        attempts=0,
        failure="",
        progress=0,
        stage="",
        finished_at=None,
        sent_at=None,
        lease_owner="",
        lease_until=None,
    )
    if not updated:
        raise Conflict(_("Only a failed or cancelled job can be started again."))
    job.refresh_from_db()
    record_act("portal.job.restarted", job, title=_title(job))
    transaction.on_commit(lambda: wake(job))


def _title(job: Job) -> dict[str, str]:
    kind = kinds.find(job.kind)
    return bilingual(kind.title if kind else job.kind)
