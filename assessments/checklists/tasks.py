"""Daily work of this slice."""

from __future__ import annotations

from celery import shared_task

from assessments.checklists.actions.evidence import announce, expire_proof, run_out, running_out
from assessments.checklists.daily import follow_the_calendar
from portal.core.tenancy import tenant_context
from portal.tenants.clock import for_each_row, for_each_tenant, organisation_today


@shared_task(name="assessments.checklists.expire_evidence")
def expire_evidence_everywhere() -> int:
    """Mark items whose proofs have run out, in every active organisation; returns how many moved. Running it twice does no harm."""
    return for_each_tenant(expire_evidence)


def expire_evidence(tenant_id: int) -> int:
    """Mark the items of one organisation whose proofs have run out, and tell of those about to; returns how many items moved."""
    with tenant_context(tenant_id):
        day = organisation_today()
        over, soon = run_out(day), running_out(day)
    moved = for_each_row(tenant_id, over, lambda pk: expire_proof(pk, day))
    for_each_row(tenant_id, soon, announce)
    return moved


__all__ = ["expire_evidence", "expire_evidence_everywhere", "follow_the_calendar"]
