"""Work done later: large exports of the project list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from portal.audit.actions import record_act
from portal.core.errors import Refused, TooLarge
from portal.core.listing import capped_counts
from portal.jobs.models import Job
from portal.jobs.tasks import Progress, tenant_task
from portal.projects import exporting
from portal.tenants.entry import acting_as

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
    with progress.scope():
        record_act("portal.portfolio.exported", job, form=form, rows=count, query=str(job.args["query"]))
        result = {"file": key, "rows": count, "form": form}
        progress.finish(result)
    return result
