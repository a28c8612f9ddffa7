"""Background work of this slice. Each piece may run twice at once: rows that are there once decide who does what."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from compliance.reminders import delivering
from compliance.reminders.digest import send_digests_in
from compliance.reminders.sending import send_reminders_in
from portal.core.tenancy import tenant_context
from portal.jobs.periodic import due, once
from portal.tenants.clock import for_each_tenant
from portal.tenants.models import Tenant


@shared_task(name="compliance.reminders.send", expires=3500)
def send() -> dict[str, Any]:
    """Every hour: reminders that have come due, then the daily mails."""
    return {"reminders": for_each_tenant(send_reminders_in), "mails": for_each_tenant(send_digests_in)}


@shared_task(name="compliance.reminders.deliver", expires=55)
def deliver() -> int:
    """Every minute: messages to webhooks; once a day those long over are dropped."""
    if once("compliance.reminders.forget", due(86400)):
        for_each_tenant(_forget)
    return delivering.deliver_waiting()


@shared_task(name="compliance.reminders.deliver_of")
def deliver_of(tenant_id: int) -> int:
    """At once for one organisation: somebody waits for a test message."""
    return delivering.deliver_in(Tenant.objects.get(pk=tenant_id))


def _forget(tenant_id: int) -> int:
    with tenant_context(tenant_id):
        delivering.forget_old()
    return 0
