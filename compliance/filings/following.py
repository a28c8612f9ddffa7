"""What follows when a filing of the organisation changes: every running project counts it, so a job works them out anew."""

from __future__ import annotations

from uuid_utils.compat import uuid7

from assessments.checklists.rescore import rescore_project
from assessments.gates.staleness import mark_affected
from portal.core.tenancy import require_scope
from portal.jobs.actions import order_job
from portal.projects.locking import lock_project
from portal.projects.models import Project
from portal.tenants.models import User

KIND = "compliance.filings.follow"


def order_following(by: User | None) -> None:
    """Order the job; it starts after the transaction."""
    order_job(KIND, {}, by=by, idempotency_key=f"{KIND}:{require_scope().request_id}:{uuid7()}")


def follow_one(project_id: object) -> bool:
    """Work one project out anew; False when it is gone. Needs a transaction."""
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        return False
    lock_project(project)
    rescore_project(project)
    mark_affected(project, facts_changed=True)
    return True
