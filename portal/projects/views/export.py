"""The project list as a file: at once when it is short, through a job when it is long."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.audit.actions import record_act
from portal.core.access import requires
from portal.core.errors import NotFound
from portal.core.htmx import go
from portal.core.listing import capped_counts
from portal.core.sheets import TYPES, download
from portal.jobs.models import Job
from portal.jobs.states import JobState
from portal.projects import exporting
from portal.projects.portfolio.chips import kept_query


@requires("portal.export_projects")
@require_GET
def portfolio_export(request: HttpRequest, form: str) -> HttpResponse:
    """The list with the filters and the sorting of the page."""
    if form not in TYPES:
        raise NotFound()
    actor: Any = request.actor  # type: ignore[attr-defined]
    chosen, order = exporting.chosen_rows(actor, request.GET)
    (count,) = capped_counts(chosen, cap=exporting.DIRECT_ROWS)
    if count > exporting.DIRECT_ROWS:
        job = exporting.order_export(actor, form, kept_query(request.GET))
        return go(request, reverse("portal:job", kwargs={"tenant_slug": request.tenant.slug, "job_id": job.pk}))  # type: ignore[attr-defined]
    content = io.BytesIO()
    rows = exporting.write_file(form, content, exporting.direct_rows(chosen, order))
    record_act("portal.portfolio.exported", form=form, rows=rows, query=kept_query(request.GET))
    return download(content.getvalue(), exporting.file_name(), form)


@requires("portal.export_projects")
@require_GET
def export_file(request: HttpRequest, job_id: UUID) -> FileResponse:
    """The file of a finished export, for the person who ordered it."""
    job = Job.objects.filter(pk=job_id, kind=exporting.KIND, ordered_by=request.user, state=JobState.DONE).first()
    key = str(job.result.get("file", "")) if job else ""
    if not job or not key or not default_storage.exists(key):
        raise NotFound(_("This file is not there any more. Export the list again."))
    record_act("portal.portfolio.export_downloaded", job, rows=job.result.get("rows"))
    form = str(job.result["form"])
    return FileResponse(default_storage.open(key), as_attachment=True, filename=f"{exporting.file_name()}.{form}", content_type=TYPES[form])
