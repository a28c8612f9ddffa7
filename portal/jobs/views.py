"""Watching one job, cancelling it, starting it again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.core.access import MEMBER, requires
from portal.core.htmx import go, is_part, render_part
from portal.jobs.actions import cancel_job, retry_job
from portal.jobs.models import Job
from portal.jobs.queries import job_context, job_for


def _shown(request: Any, job: Job) -> HttpResponse:
    context = job_context(job, request.tenant.slug, request.actor)
    response = render_part(request, "portal/jobs/job.html", "ui/job.html", {**context, "row": job})
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _page(request: Any, job: Job) -> str:
    return reverse("portal:job", kwargs={"tenant_slug": request.tenant.slug, "job_id": job.pk})


@requires(MEMBER)
@require_GET
def job(request: Any, job_id: UUID) -> HttpResponse:
    """The page of a job; htmx asks it for the progress part every two seconds."""
    return _shown(request, job_for(request.actor, job_id))


@requires(MEMBER)
@require_POST
def cancel(request: Any, job_id: UUID) -> HttpResponse:
    """Cancel a job that waits or runs."""
    found = job_for(request.actor, job_id)
    cancel_job(found, by=request.user)
    if is_part(request):
        return _shown(request, job_for(request.actor, job_id))
    messages.success(request, _("The work has been cancelled."))
    return go(request, _page(request, found))


@requires(MEMBER)
@require_POST
def retry(request: Any, job_id: UUID) -> HttpResponse:
    """Start a failed or cancelled job again."""
    found = job_for(request.actor, job_id)
    retry_job(found, by=request.user)
    if is_part(request):
        return _shown(request, job_for(request.actor, job_id))
    messages.success(request, _("The work starts again."))
    return go(request, _page(request, found))
