"""Once a day for each assessment: proofs expire, days run out, rules come into force, although nobody touches anything."""

from __future__ import annotations

from uuid import UUID

import structlog
from celery import shared_task
from django.utils import timezone

from assessments.checklists.models import Assessment
from portal.core.tenancy import tenant_context
from portal.projects import registry
from portal.projects.locking import lock_project
from portal.projects.models import Project
from portal.projects.states import Stage
from portal.tenants.clock import for_each_row, for_each_tenant, organisation_zone

log = structlog.get_logger(__name__)
_OVER = (Stage.STOPPED, Stage.RETIRED)
MOST_AT_ONCE = 2000  # assessments of one organisation per run; the rest follows in the next hour


@shared_task(name="assessments.checklists.follow_the_calendar")
def follow_the_calendar() -> int:
    """Every hour: bring assessments up to date that were last scored before today. Running it twice does no harm."""
    return for_each_tenant(follow_tenant)


def follow_tenant(tenant_id: int) -> int:
    """Bring the running projects of one organisation up to today, each in a short transaction of its own; returns how many."""
    with tenant_context(tenant_id):
        midnight = timezone.localtime(timezone=organisation_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
        waiting = Assessment.objects.filter(scored_at__lt=midnight).exclude(project__stage__in=_OVER).order_by("scored_at")
        ids = list(waiting.values_list("project_id", flat=True)[:MOST_AT_ONCE])
    done = for_each_row(tenant_id, ids, _follow)
    if done:
        log.info("scores_follow_the_calendar", tenant_id=tenant_id, count=done)
    return done


def _follow(project_id: UUID) -> int:
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        return 0
    lock_project(project)
    registry.facts_saved(project, changed={}, by=None)
    return 1
