"""Background work of this slice."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _l
from django.utils.translation import gettext_noop

from compliance.filings.following import KIND, follow_one
from portal.jobs.models import Job
from portal.jobs.tasks import Progress, tenant_task
from portal.projects.facts.following import running_projects

FOLLOWING = gettext_noop("Counting the filings of the organisation in every project")


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
