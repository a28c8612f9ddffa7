"""Daily work of this slice."""

from __future__ import annotations

from celery import shared_task

from assessments.checklists.actions.evidence import expire_evidence
from assessments.checklists.daily import follow_the_calendar
from portal.core.tenancy import tenant_context
from portal.tenants.models import Tenant


@shared_task(name="assessments.checklists.expire_evidence")
def expire_evidence_everywhere() -> int:
    """Mark items whose proofs have run out, in every active organisation; returns how many moved. Running it twice does no harm."""
    moved = 0
    for tenant_id in Tenant.objects.filter(status=Tenant.Status.ACTIVE).values_list("pk", flat=True):
        with tenant_context(tenant_id):
            moved += expire_evidence()
    return moved


__all__ = ["expire_evidence_everywhere", "follow_the_calendar"]
