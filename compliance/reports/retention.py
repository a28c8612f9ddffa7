"""Files whose retention time is over go by themselves; rows, hashes and jobs stay, so that a copy can still be verified.

delete_past_retention(tenant) -> int        # daily, for every organisation
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db.models import Q
from django.utils import timezone

from compliance.reports.actions import drop_file
from compliance.reports.models import Report
from compliance.reports.states import TRANSITIONS, ReportState
from portal.audit.actions import record_act
from portal.core.states import move
from portal.core.tenancy import tenant_context
from portal.tenants.models import Tenant

log = structlog.get_logger(__name__)
MOST = 500  # files in one run; the next run takes the rest


def delete_past_retention(tenant: Tenant, today: dt.date | None = None) -> int:
    """Delete files past their day, and those that an earlier deletion left behind; returns how many. Running it twice does no harm.

    One short transaction per file; one that the storage refuses does not keep the others waiting and is tried again the next day.
    """
    day = today or timezone.localdate(timezone=ZoneInfo(tenant.time_zone))
    over = Q(state=ReportState.READY, keep_until__lt=day) | (Q(state=ReportState.DELETED) & ~Q(file_key=""))
    with tenant_context(tenant.pk):
        ids = list(Report.objects.filter(over).order_by("keep_until", "pk").values_list("pk", flat=True)[:MOST])
    return sum(_delete(tenant.pk, report_id, day) for report_id in ids)


def _delete(tenant_id: int, report_id: UUID, day: dt.date) -> bool:
    with tenant_context(tenant_id):
        report = Report.objects.select_for_update(of=("self",)).get(pk=report_id)
        if report.state == ReportState.READY and (report.keep_until is None or report.keep_until >= day):
            return False  # kept longer meanwhile
        # The file first: should the rest fail, the next run finds the row again and has nothing left to delete.
        try:
            drop_file(report.file_key)
        except OSError:
            log.exception("report_file_not_deleted", report=str(report.pk))
            return False
        if report.state == ReportState.READY:
            move(report, TRANSITIONS, ReportState.DELETED, file_key="", deleted_at=timezone.now())
            record_act(
                "compliance.report.expired", report, number=report.number, edition=report.edition, content_sha256=report.content_sha256
            )
        else:
            Report.objects.filter(pk=report.pk).update(file_key="")
    return True
