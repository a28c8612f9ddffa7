"""Background work of this slice: counting anew when a calendar or an own rule changes."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import gettext_noop

from compliance.clocks.following import after_facts
from compliance.clocks.models import ClockRule, FilingClock
from compliance.clocks.recounting import FOLLOW_RULE, RECOUNT, apply_rule, reaching, recount_filing
from compliance.clocks.states import OPEN
from compliance.holidays.queries import calendar_rules
from portal.catalogue import catalogue
from portal.core.tenancy import tenant_context
from portal.jobs.models import Job
from portal.jobs.tasks import Progress, tenant_task
from portal.projects.facts.following import running_projects
from portal.projects.locking import lock_project
from portal.projects.models import Project
from portal.tenants.clock import for_each_row, for_each_tenant

COUNTING = gettext_noop("Counting time limits anew")
_STEP = 20


@tenant_task(RECOUNT, name="compliance.clocks.recount", title=_l("Time limits counted anew by the calendar"))
def recount_clocks(job: Job, progress: Progress) -> dict[str, Any]:
    """One short transaction for each filing. A run that was broken off starts again: what is counted already does not move again."""
    with progress.scope():
        rows = reaching(str(job.args["calendar"]), int(job.args["year"]))
        ids = list(rows.order_by("filing_id").values_list("filing_id", flat=True).distinct())
        calendar = calendar_rules(catalogue())
    moved = 0
    for count, filing_id in enumerate(ids, 1):
        with progress.scope():
            moved += recount_filing(filing_id, calendar)
        if count % _STEP == 0:
            progress(COUNTING, int(count * 100 / len(ids)))
    return {"filings": len(ids), "moved": moved}


@tenant_task(FOLLOW_RULE, name="compliance.clocks.follow_rule", title=_l("Time limits follow an own rule"))
def follow_rule(job: Job, progress: Progress) -> dict[str, Any]:
    """Limits of the rule that run are brought up to it; projects get those it starts. Running it twice does no harm."""
    with progress.scope():
        rule = ClockRule.objects.filter(pk=job.args["rule"]).first()
        if rule is None:
            return {"filings": 0}
        rows = FilingClock.objects.filter(key=f"rule:{rule.pk}", state__in=OPEN)
        ids = list(rows.order_by("filing_id").values_list("filing_id", flat=True).distinct())
        calendar = calendar_rules(catalogue())
        projects = running_projects() if rule.active else []
    steps = len(ids) + len(projects)
    for count, filing_id in enumerate(ids, 1):
        with progress.scope():
            apply_rule(rule, filing_id, calendar)
        if count % _STEP == 0:
            progress(COUNTING, int(count * 100 / steps))
    for count, project_id in enumerate(projects, len(ids) + 1):
        with progress.scope():
            project = Project.objects.filter(pk=project_id).first()
            if project is not None:
                lock_project(project)
                after_facts(project, {}, None)
        if count % _STEP == 0:
            progress(COUNTING, int(count * 100 / steps))
    return {"filings": len(ids), "projects": len(projects)}


@shared_task(name="compliance.clocks.recount_provisional")
def recount_provisional() -> int:
    """Once a day: provisional limits are counted again, since a new version of the content may have brought the year."""
    return for_each_tenant(_recount_tenant)


def _recount_tenant(tenant_id: int) -> int:
    with tenant_context(tenant_id):
        calendar = calendar_rules(catalogue())
        rows = FilingClock.objects.filter(state__in=OPEN, provisional=True).order_by("filing_id")
        ids = list(rows.values_list("filing_id", flat=True).distinct())
    return for_each_row(tenant_id, ids, lambda filing_id: recount_filing(filing_id, calendar))
