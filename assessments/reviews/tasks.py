"""Nightly work of the reviews slice."""

from __future__ import annotations

from celery import shared_task

from assessments.reviews.waiving import lapse_due_waivers
from portal.core.tenancy import tenant_context
from portal.tenants.models import Tenant


@shared_task(name="assessments.reviews.lapse_waivers")
def lapse_waivers() -> int:
    """End the waivers of all organisations whose last day has passed; safe to run twice."""
    count = 0
    for tenant_id in Tenant.objects.values_list("pk", flat=True):
        with tenant_context(tenant_id):
            count += lapse_due_waivers()
    return count
