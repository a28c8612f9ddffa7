"""Background work of this slice."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import gettext_noop

from portal.jobs.models import Job
from portal.jobs.tasks import Progress, tenant_task
from portal.projects.facts import parts
from portal.projects.facts.following import KIND, follow, running_projects
from portal.tenants.clock import for_each_tenant

FOLLOWING = gettext_noop("Bringing projects up to date with the organisation’s facts")


@tenant_task(KIND, name="portal.projects.facts.follow", title=_l("Projects follow the organisation’s facts"))
def follow_organisation_facts(job: Job, progress: Progress) -> dict[str, Any]:
    """One short transaction per project, so that nobody who is answering waits long. Running it twice does no harm."""
    orderer = job.ordered_by
    if orderer is None:
        raise ValueError("A change of facts is ordered by a person.")
    changed = {key: (pair[0], pair[1]) for key, pair in job.args["changed"].items()}
    with progress.scope():
        ids = running_projects()
    done = 0
    for count, project_id in enumerate(ids, 1):
        with progress.scope():
            done += follow(project_id, changed, by=orderer)
        if count % 20 == 0:
            progress(FOLLOWING, int(count * 100 / len(ids)))
    return {"projects": done}


@shared_task(name="portal.facts.recount_parts", expires=3500)
def recount_parts() -> int:
    """Every hour, so that every organisation's own midnight counts; sums that stand already stay, however often this runs."""
    return for_each_tenant(parts.recount)
