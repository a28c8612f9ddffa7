"""Work done later: large exports of the project list, what search knows after an owner got another name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.core.files.storage import default_storage
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from portal.audit.actions import record_act
from portal.core.errors import Refused, TooLarge
from portal.core.listing import capped_counts
from portal.core.tenancy import tenant_context
from portal.jobs.models import Job
from portal.jobs.states import JobState
from portal.jobs.tasks import Progress, tenant_task
from portal.projects import exporting, search
from portal.projects.models import Project
from portal.tenants.clock import for_each_tenant
from portal.tenants.entry import acting_as

KEPT = timedelta(days=7)
AT_ONCE = 500
READING, SAVING = gettext_noop("Collecting projects"), gettext_noop("Saving the file")


def _result_url(job: Job) -> str:
    return reverse("portal:export_file", kwargs={"tenant_slug": job.tenant.slug, "job_id": job.pk})


@tenant_task(exporting.KIND, name="portal.projects.export", title=_("Export of the project list"), result_url=_result_url)
def export_projects(job: Job, progress: Progress) -> dict[str, Any]:
    """Write the list as the person who ordered it sees it now, in short transactions, ordered by code."""
    form, query = str(job.args["form"]), QueryDict(str(job.args["query"]))
    with progress.scope():
        tenant, orderer = job.tenant, job.ordered_by
    if orderer is None:
        raise Refused(str(_("Nobody is named as the person who ordered this export.")))
    with acting_as(tenant, orderer, f"job-{job.pk}") as actor:
        total = capped_counts(exporting.chosen_rows(actor, query)[0], cap=exporting.MAX_ROWS)[0]
    if total > exporting.MAX_ROWS:
        raise TooLarge(
            _("These are more than %(limit)s projects. Filter the list and export it in parts.") % {"limit": f"{exporting.MAX_ROWS:,}"}
        )

    def rows() -> Iterator[list[Any]]:
        last, seen = None, 0
        while True:
            with acting_as(tenant, orderer, f"job-{job.pk}") as actor:
                found = exporting.chunk_after(exporting.chosen_rows(actor, query)[0], last)
            for row in found:
                yield exporting.written(row)
            seen += len(found)
            if len(found) < exporting.CHUNK:
                return
            last = (found[-1]["code"], found[-1]["project_id"])
            progress(READING, min(95, 95 * seen // max(1, total)))

    key, count = exporting.store(job, form, rows(), lambda: progress(SAVING, 97))
    try:
        with progress.scope():
            record_act("portal.portfolio.exported", job, form=form, rows=count, query=str(job.args["query"]))
            result = {"file": key, "rows": count, "form": form}
            progress.finish(result)
    except BaseException:  # cancelled meanwhile, or the database is away: nobody would find the file again
        default_storage.delete(key)
        raise
    return result


@tenant_task(search.KIND, name="portal.projects.search", title=_("Search learns the new name of a project owner"))
def follow_owner_name(job: Job, progress: Progress) -> dict[str, Any]:
    """Write the search columns of one owner's projects again, in short transactions. Running it twice does no harm."""
    last, done = None, 0
    while True:
        with progress.scope():
            left = Project.objects.filter(owner_id=job.args["owner"]).order_by("pk")
            ids = list((left if last is None else left.filter(pk__gt=last)).values_list("pk", flat=True)[:AT_ONCE])
            done += search.refresh_search(Project.objects.filter(pk__in=ids).order_by("pk"))
        if len(ids) < AT_ONCE:
            return {"projects": done}
        last = ids[-1]


@shared_task(name="portal.projects.drop_exports")
def drop_exports() -> int:
    """Delete export files older than a week, over all organisations; returns how many. Running it twice does no harm.

    A day later those go that no job names: a worker was killed between storing its file and saying so.
    """
    old = Job._base_manager.using("maint").filter(
        kind=exporting.KIND, state=JobState.DONE, finished_at__lt=timezone.now() - KEPT, result__has_key="file"
    )
    dropped = 0
    for job_id, tenant_id, key in old.values_list("pk", "tenant_id", "result__file")[:AT_ONCE]:
        # The file first: should the second step fail, the next round finds the row again and has nothing left to delete.
        default_storage.delete(key)
        with tenant_context(tenant_id):
            job = Job.objects.get(pk=job_id)
            Job.objects.filter(pk=job_id).update(result={name: value for name, value in job.result.items() if name != "file"})
        dropped += 1
    return dropped + for_each_tenant(_drop_strays)


def _drop_strays(tenant_id: int) -> int:
    found = exporting.files_stored_before(tenant_id, timezone.now() - KEPT - timedelta(days=1))
    for key in found:
        default_storage.delete(key)
    return len(found)
