"""Reading jobs: who may see one, and what the progress part shows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from portal.core.access import Actor
from portal.core.errors import NotFound
from portal.jobs import kinds
from portal.jobs.models import Job
from portal.jobs.states import JobState

ADMINISTRATOR = "administrator"
WORKING = gettext_noop("Working")  # until the work says where it is
OPEN = (JobState.QUEUED, JobState.RUNNING)


def may_handle(actor: Actor, job: Job) -> bool:
    """May watch, cancel and start it again: who ordered it, and the administrator."""
    return job.ordered_by_id == actor.user_id or ADMINISTRATOR in actor.roles


def job_for(actor: Actor, job_id: UUID) -> Job:
    """The job, or :class:`NotFound` when it does not exist or is none of this person's business."""
    job = Job.objects.select_related("tenant", "ordered_by").filter(pk=job_id).first()
    if job is None or not may_handle(actor, job):
        raise NotFound()
    return job


def job_context(job: Job, tenant_slug: str, actor: Actor) -> dict[str, Any]:
    """Context of ``ui/job.html`` in the active language; the result's address only for who may open it there."""
    kind = kinds.find(job.kind)
    done = job.state == JobState.DONE

    def address(name: str) -> str:
        return reverse(f"portal:{name}", kwargs={"tenant_slug": tenant_slug, "job_id": job.pk})

    handled = may_handle(actor, job)
    return {
        "job": {
            "id": job.pk,
            "state": job.state,
            "title": str(kind.title) if kind else job.kind,
            "stage": gettext(job.stage or WORKING) if job.state == JobState.RUNNING else "",
            "percent": job.progress if job.state == JobState.RUNNING else None,
            "message": job.failure if job.state == JobState.FAILED else "",
        },
        "poll_url": address("job"),
        "cancel_url": address("job_cancel") if handled and job.state in OPEN else "",
        "retry_url": address("job_retry") if handled and job.state in (JobState.FAILED, JobState.CANCELLED) else "",
        "result_url": kind.result_url(job) if done and kind and kind.result_url else "",
        "result_label": kind.result_label if kind else "",
    }
