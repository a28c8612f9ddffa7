"""Nightly work of the reviews slice."""

from __future__ import annotations

from celery import shared_task

from assessments.reviews.waiving import due_waivers, lapse_waiver
from portal.core.tenancy import tenant_context
from portal.tenants.clock import for_each_row, for_each_tenant, organisation_today


@shared_task(name="assessments.reviews.lapse_waivers")
def lapse_waivers() -> int:
    """End the waivers of all active organisations whose last day has passed there; safe to run twice."""
    return for_each_tenant(lapse_waivers_in)


def lapse_waivers_in(tenant_id: int) -> int:
    """End the waivers of one organisation whose last day has passed, each by itself; returns how many."""
    with tenant_context(tenant_id):
        due = due_waivers(organisation_today())
    return for_each_row(tenant_id, due, lapse_waiver)
