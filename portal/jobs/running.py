"""Running one job in a worker: open the organisation, take the lease, do the work, say honestly how it ended.

``@tenant_task("report", name="compliance.reports.render", queue="reports", title=_("Sign-off report"))`` turns
``def render(job, progress)`` into a Celery task called with ``(tenant_id, job_id)``. The function runs outside any transaction, so
that each progress report is visible at once and no transaction waits for slow work; it opens ``progress.scope()`` around database
work and returns the result (plain data), or calls ``progress.finish(result)`` inside its last scope, so that what it wrote and
the end of the job are one transaction.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import structlog
from billiard.exceptions import SoftTimeLimitExceeded
from celery import shared_task
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.core.errors import Refused
from portal.core.tenancy import NoTenantInScope, tenant_context
from portal.jobs import kinds
from portal.jobs.actions import LEASE, JobCancelled, claim_job, fail_job, finish_job, release_job, renew_lease, report_progress, worker_name
from portal.jobs.models import Job
from portal.tenants.models import Tenant

log = structlog.get_logger(__name__)
Result = Mapping[str, Any] | None


class TryAgain(Exception):
    """Something the work needs is away for the moment: give the job back; the reconciler sends it again, a limited number of times."""


class Progress:
    """What a running job's function talks to."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.finished = False

    def __call__(self, stage: str, percent: int) -> None:
        """Write the stage and the percentage in a short transaction of their own, and renew the lease.

        ``stage`` is an English msgid marked with ``gettext_noop``; the page shows it in the reader's language. Raises
        :class:`JobCancelled` when the job was cancelled or taken over; let it pass.
        """
        with self.scope():
            report_progress(self.job, stage, percent)

    @contextmanager
    def scope(self) -> Iterator[None]:
        """A transaction in the job's organisation, acting for the person who ordered it."""
        with tenant_context(int(self.job.tenant_id or 0), self.job.ordered_by_id, f"job-{self.job.pk}"):
            yield

    def finish(self, result: Result = None) -> None:
        """End the job as done inside the caller's scope. Raises :class:`JobCancelled`, undoing that scope, when it is no longer ours."""
        if not finish_job(self.job, result or {}):
            raise JobCancelled(str(self.job.pk))
        self.finished = True


Work = Callable[[Job, Progress], Result]


def tenant_task(
    kind: str,
    *,
    name: str,
    queue: str = "default",
    title: Any = "",
    result_url: kinds.Url | None = None,
    result_label: Any = None,
    **options: Any,
) -> Callable[[Work], Any]:
    """Declare a kind of job and make ``function(job, progress)`` its Celery task. Further options go to ``shared_task``."""

    def make(function: Work) -> Any:
        known = {"result_label": result_label} if result_label is not None else {}
        kinds.declare(kinds.JobKind(kind, name, title or kind, result_url, queue=queue, **known))

        @shared_task(name=name, **options)
        def task(tenant_id: int, job_id: str) -> str:
            return run_job(function, tenant_id, job_id)

        task.work = function
        return task

    return make


def run_job(function: Work, tenant_id: int | None, job_id: UUID | str) -> str:
    """Take the job and run ``function`` on it. Returns how it ended: the state, or "taken" when there was nothing to do."""
    if not tenant_id:
        raise NoTenantInScope("A job was started without a tenant. Send (tenant_id, job_id).")
    with tenant_context(int(tenant_id)):
        job = claim_job(job_id, worker_name())
        tenant = Tenant.objects.get(pk=tenant_id)
        orderer = job.ordered_by if job is not None else None
    if job is None:
        log.info("job_not_taken", job=str(job_id), tenant_id=tenant_id)
        return "taken"
    structlog.contextvars.bind_contextvars(job=str(job.pk), kind=job.kind, tenant=tenant.slug, request_id=f"job-{job.pk}")
    progress = Progress(job)
    language = (orderer.language if orderer else "") or tenant.language
    zone = (orderer.time_zone if orderer else "") or tenant.time_zone
    with translation.override(language), timezone.override(zone), _lease_kept(job):
        return _run(function, job, progress)


def _run(function: Work, job: Job, progress: Progress) -> str:
    try:
        result = function(job, progress)
        if not progress.finished:
            with progress.scope():
                progress.finish(result)
        return "done"
    except JobCancelled:
        log.info("job_given_up", job=str(job.pk))
        return "cancelled"
    except Refused as refusal:
        return _failed(progress, str(refusal.message) or _("The work was refused."))
    except SoftTimeLimitExceeded:
        return _failed(progress, _("This took longer than the time allowed for one job. Try again, or ask for less at once."))
    except TryAgain as reason:
        log.warning("job_given_back", reason=str(reason))
        with progress.scope():
            release_job(job, str(reason))
        return "queued"
    except (OperationalError, InterfaceError):
        # The database itself is away: nothing can be written now. The lease runs out and the reconciler sends the job again.
        log.exception("job_database_away")
        raise
    except Exception:
        log.exception("job_failed")
        return _failed(progress, _("Something went wrong on our side; the log has the details under this job’s number. Try again."))


def _failed(progress: Progress, sentence: str) -> str:
    with progress.scope():
        fail_job(progress.job, sentence)
    return "failed"


@contextmanager
def _lease_kept(job: Job) -> Iterator[None]:
    """Renew the lease from a thread while one step of the work takes long; a killed process stops renewing by itself."""
    over = threading.Event()

    def keep() -> None:
        try:
            while not over.wait(LEASE.total_seconds() / 3):
                with tenant_context(int(job.tenant_id or 0)):
                    if not renew_lease(job):
                        return
        except Exception as error:
            # Without a renewal the lease runs out and another worker may take over: safe, only slower.
            log.warning("lease_not_renewed", job=str(job.pk), error=str(error))
        finally:
            connection.close()

    thread = threading.Thread(target=keep, name=f"lease-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=5)
