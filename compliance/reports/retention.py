"""Files whose retention time is over go by themselves; rows, hashes and jobs stay, so that a copy can still be verified.

for_each_tenant(delete_past_retention)      # daily
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from compliance.reports.actions import drop_file
from compliance.reports.models import Report
from compliance.reports.states import TRANSITIONS, ReportState
from portal.audit.actions import record_act
from portal.core.states import move
from portal.core.tenancy import tenant_context
from portal.tenants.clock import for_each_row, organisation_today

MOST = 500  # files in one run; the next run takes the rest


def delete_past_retention(tenant_id: int) -> int:
    """Delete files past their day, and those that an earlier deletion left behind; returns how many. Running it twice does no harm.

    The day is that of the organisation. One short transaction per file; one that the storage refuses does not keep the others
    waiting and is tried again the next day.
    """
    with tenant_context(tenant_id):
        day = organisation_today()
        over = Q(state=ReportState.READY, keep_until__lt=day) | (Q(state=ReportState.DELETED) & ~Q(file_key=""))
        ids = list(Report.objects.filter(over).order_by("keep_until", "pk").values_list("pk", flat=True)[:MOST])
    return for_each_row(tenant_id, ids, partial(_delete, day))


def _delete(day: dt.date, report_id: UUID) -> int:
    report = Report.objects.select_for_update(of=("self",)).get(pk=report_id)
    if report.state == ReportState.READY and (report.keep_until is None or report.keep_until >= day):
        return 0  # kept longer meanwhile
    # The file first: should the rest fail, the next run finds the row again and has nothing left to delete.
    drop_file(report.file_key)
    if report.state == ReportState.READY:
        move(report, TRANSITIONS, ReportState.DELETED, file_key="", deleted_at=timezone.now())
        record_act("compliance.report.expired", report, number=report.number, edition=report.edition, content_sha256=report.content_sha256)
    else:
        Report.objects.filter(pk=report.pk).update(file_key="")
    return 1
