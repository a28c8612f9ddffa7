"""Ordering, storing, starting again, handing out and deleting reports. Each act is one transaction with one line in the trail."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import IO, TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.gates.models import GateRound
from compliance.reports import rules
from compliance.reports.models import Report
from compliance.reports.states import TRANSITIONS, ReportState
from portal.audit.actions import record_act
from portal.core.access import Actor
from portal.core.errors import Conflict, NotAllowed, NotFound
from portal.core.states import move
from portal.core.tenancy import tenant_context
from portal.jobs.actions import cancel_job, order_job, retry_job
from portal.jobs.queries import may_handle
from portal.jobs.states import JobState
from portal.projects.models import Project
from portal.tenants.clock import organisation_today
from portal.tenants.models import Tenant

if TYPE_CHECKING:  # the renderer is heavy and belongs to the worker; web processes only order
    from compliance.reports.render import Rendered

KIND = "compliance.report"
_TRIES = 5


@transaction.atomic
def order_report(project: Project, round_: GateRound, *, language: str, by: Actor) -> tuple[Report, bool]:
    """Order the report of a round in one language; the worker makes it. Returns (report, newly ordered).

    While the same report is being made a second order is that one. Raises Conflict for a withdrawn round.
    """
    refusal = rules.why_not_order(round_)
    if refusal:
        raise Conflict(refusal)
    GateRound.objects.select_for_update(of=("self",)).get(pk=round_.pk)  # two people ordering at once wait for each other
    waiting = (
        Report.objects.filter(round=round_, language=language, state=ReportState.ORDERED, job__state__in=rules.OPEN_JOBS)
        .select_related("job")
        .first()
    )
    if waiting is not None:
        return waiting, False
    report = _new_edition(project, round_, language, by)
    job, _made = order_job(KIND, {"report": str(report.pk)}, by=by.user, idempotency_key=f"report:{report.pk}", project_id=project.pk)
    Report.objects.filter(pk=report.pk).update(job=job)
    report.job = job
    record_act("compliance.report.ordered", report, number=report.number, edition=report.edition, gate=report.gate, language=language)
    return report, True


def _new_edition(project: Project, round_: GateRound, language: str, by: Actor) -> Report:
    number = f"{project.code}-{round_.gate}-{round_.number}"[:40]
    for attempt in range(_TRIES):
        edition = (Report.objects.filter(number=number).aggregate(top=Max("edition"))["top"] or 0) + 1
        try:
            with transaction.atomic():
                return Report.objects.create(
                    project=project,
                    revision_id=round_.revision_id,
                    round=round_,
                    number=number,
                    edition=edition,
                    gate=round_.gate,
                    language=language,
                    verify_code=secrets.token_hex(12),
                    ordered_by=by.user,
                )
        except IntegrityError:
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def file_key(report: Report, attempt: int) -> str:
    """Where an attempt stores its file. Each attempt has its own: a worker that lost its lease never overwrites a good file."""
    return f"reports/{report.tenant_id}/{report.pk}-{attempt}.pdf"


def store_file(report: Report, pdf: bytes, attempt: int) -> str:
    """Put the file into the storage outside the web root; returns its key."""
    key = file_key(report, attempt)
    if default_storage.exists(key):  # the same attempt stored it before it was interrupted
        default_storage.delete(key)
    return default_storage.save(key, ContentFile(pdf))


def drop_file(key: str) -> None:
    """Remove a file that turned out not to count."""
    if key and default_storage.exists(key):
        default_storage.delete(key)


def finish_report(report: Report, rendered: Rendered, *, key: str, draft: bool, lapsed: bool, tenant: Tenant) -> None:
    """Enter the finished file. Raises Conflict if the report is finished or deleted already."""
    now = timezone.now()
    move(
        report,
        TRANSITIONS,
        ReportState.READY,
        draft=draft,
        lapsed=lapsed,
        file_key=key,
        file_sha256=hashlib.sha256(rendered.pdf).hexdigest(),
        content_sha256=rendered.content_hash,
        size=len(rendered.pdf),
        pages=rendered.pages,
        failure="",
        made_at=now,
        keep_until=organisation_today() + timedelta(days=tenant.report_retention_days),
    )
    record_act(
        "compliance.report.made",
        report,
        number=report.number,
        edition=report.edition,
        language=report.language,
        pages=report.pages,
        sha256=report.file_sha256,
        content_sha256=report.content_sha256,
    )


def fail_report(report: Report, sentence: str) -> None:
    """Note why a report could not be made. Does nothing if it is finished meanwhile."""
    Report.objects.filter(pk=report.pk, state=ReportState.ORDERED).update(state=ReportState.FAILED, failure=sentence[:400])


@transaction.atomic
def retry_report(report: Report, *, by: Actor) -> Report:
    """Start a failed or cancelled report again. Raises Conflict for any other."""
    if not rules.has_failed(report) or report.job is None:
        raise Conflict(_("Only a report that failed or was cancelled can be started again."))
    if report.state == ReportState.FAILED:
        move(report, TRANSITIONS, ReportState.ORDERED, failure="")
    if report.job.state == JobState.DONE:
        raise Conflict(_("Only a report that failed or was cancelled can be started again."))
    retry_job(report.job, by=by.user)
    record_act("compliance.report.retried", report, number=report.number, edition=report.edition)
    return report


@transaction.atomic
def cancel_report(report: Report, *, by: Actor) -> Report:
    """Stop a report that waits or is being made. NotAllowed for all but who ordered it and the administrator; Conflict if it is over."""
    if report.job is None:
        raise NotFound()
    if not may_handle(by, report.job):
        raise NotAllowed(_("A report is cancelled by the person who ordered it, or by the administrator."))
    cancel_job(report.job, by=by.user)
    record_act("compliance.report.cancelled", report, number=report.number, edition=report.edition)
    return report


@transaction.atomic
def open_report(report: Report, *, by: Actor) -> IO[bytes]:
    """The file of a ready report, for handing out; the download goes into the trail. Raises NotFound if there is no file."""
    if report.state != ReportState.READY or not report.file_key or not default_storage.exists(report.file_key):
        raise NotFound(_("This report has no file. Order it again."))
    record_act(
        "compliance.report.downloaded",
        report,
        number=report.number,
        edition=report.edition,
        language=report.language,
        sha256=report.file_sha256,
    )
    return default_storage.open(report.file_key, "rb")


@transaction.atomic
def delete_report(report: Report, *, by: Actor) -> None:
    """Delete the file; number and hashes stay, so that a copy can still be verified. Raises Conflict within the retention time."""
    refusal = rules.why_not_delete(report, organisation_today())
    if refusal:
        raise Conflict(refusal, code="retention")
    if report.state == ReportState.ORDERED:  # its job failed or was cancelled without a word to the report
        move(report, TRANSITIONS, ReportState.FAILED)
    move(report, TRANSITIONS, ReportState.DELETED, deleted_by=by.user, deleted_at=timezone.now())
    record_act("compliance.report.deleted", report, number=report.number, edition=report.edition, content_sha256=report.content_sha256)
    if report.file_key:  # kept until the file is gone: a storage that is away now must not leave it for ever
        transaction.on_commit(lambda: forget_file(report), robust=True)


def forget_file(report: Report) -> None:
    """After a deletion was committed: the file goes, then its key. Should either fail, the daily run (retention.py) tries again."""
    drop_file(report.file_key)
    with tenant_context(int(report.tenant_id or 0)):
        Report.objects.filter(pk=report.pk, state=ReportState.DELETED).update(file_key="")
