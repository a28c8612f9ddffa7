"""Background work of this slice."""

from __future__ import annotations

import datetime as dt
from typing import Any

from celery import shared_task
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import gettext_noop

from compliance.filings import nightly
from compliance.filings.following import KIND, follow_one
from portal.core.tenancy import tenant_context
from portal.jobs.actions import keep_place, order_job
from portal.jobs.models import Job
from portal.jobs.tasks import Progress, tenant_task
from portal.projects.facts.following import running_projects
from portal.tenants.clock import for_each_row, for_each_tenant, organisation_today

FOLLOWING = gettext_noop("Counting the filings of the organisation in every project")
NIGHT = "compliance.filings.reevaluate"
LOOKING = gettext_noop("Checking filings against the date and the content")
BATCH = 200  # projects looked at in one transaction


@tenant_task(KIND, name="compliance.filings.follow", title=_l("Projects follow the filings of the organisation"))
def follow_organisation_filings(job: Job, progress: Progress) -> dict[str, Any]:
    """One short transaction per project. Running it twice does no harm."""
    with progress.scope():
        ids = running_projects()
    done = 0
    for count, project_id in enumerate(ids, 1):
        with progress.scope():
            done += follow_one(project_id)
        if count % 20 == 0:
            progress(FOLLOWING, int(count * 100 / len(ids)))
    return {"projects": done}


@shared_task(name="compliance.filings.order_night")
def order_night_everywhere() -> int:
    """Every hour: order the day's check of all filings where it was not ordered yet; returns how many. Two schedulers order it once."""
    return for_each_tenant(order_night)


def order_night(tenant_id: int) -> int:
    """Order the check of one organisation for its day; 0 when that was done before."""
    with tenant_context(tenant_id):
        day = organisation_today()
        return int(order_job(NIGHT, {"day": day.isoformat()}, by=None, idempotency_key=f"{NIGHT}:{day}")[1])


@tenant_task(NIGHT, name="compliance.filings.reevaluate", title=_l("Filings follow the date and the content"))
def reevaluate(job: Job, progress: Progress) -> dict[str, Any]:
    """All running projects in batches. The place in the row lets another worker go on where a killed one stopped."""
    place = {"after": "", "looked_at": 0, "moved": 0, **job.args.get("place", {})}
    with progress.scope():
        total = len(running_projects())
        if not place["after"] and nightly.organisation_behind() and (first := nightly.next_batch("", 1)):
            nightly.catch_up(first[0])
    while True:
        with progress.scope():
            ids = nightly.next_batch(place["after"], BATCH)
            stale = nightly.behind(ids)
        if not ids:
            break
        place["moved"] += for_each_row(int(job.tenant_id or 0), stale, nightly.catch_up)
        place |= {"after": str(ids[-1]), "looked_at": place["looked_at"] + len(ids)}
        with progress.scope():
            keep_place(job, place)
        progress(LOOKING, _percent(place["looked_at"], total))
    with progress.scope():
        told = nightly.tell_of_night(dt.date.fromisoformat(job.args["day"]))
        result = {"projects": place["looked_at"], "moved": place["moved"], "told": told}
        progress.finish(result)
    return result


def _percent(done: int, total: int) -> int:
    return min(99, done * 100 // max(total, 1))
