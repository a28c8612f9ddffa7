"""Making reports in the worker: read, render, store, finish once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast
from zoneinfo import ZoneInfo

import structlog
from celery import shared_task
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from assessments.gates.content import DecisionRecord, RevisionContent, content_sha256
from assessments.gates.freezing.people import instant
from assessments.gates.models import GateRound
from assessments.gates.states import RoundState
from compliance.reports import actions
from compliance.reports.decisions import decision_record, kept_record
from compliance.reports.models import Report
from compliance.reports.queries import verify_code_of
from compliance.reports.retention import delete_past_retention
from compliance.reports.states import ReportState
from portal.catalogue import catalogue
from portal.core.errors import Refused
from portal.jobs.models import Job
from portal.jobs.tasks import Progress, tenant_task
from portal.notices.actions import notify
from portal.tenants.clock import for_each_tenant
from portal.tenants.models import Tenant

if TYPE_CHECKING:
    from compliance.reports.brand import Brand
    from compliance.reports.render import Rendered, State
    from compliance.reports.voice import Language

log = structlog.get_logger(__name__)
READY_NOTICE: Final = "compliance.report_ready"
# What the progress bar says at each stage of `render.STAGES`.
STAGE_WORDS: Final[dict[str, str]] = {
    "reading": gettext_noop("Reading the frozen revision"),
    "writing": gettext_noop("Writing the pages and drawing the charts"),
    "typesetting": gettext_noop("Setting the pages"),
    "finishing": gettext_noop("Finishing the file"),
    "done": gettext_noop("Storing the file"),
}
HIGHEST: Final = 98  # the last percent belong to storing


@dataclass(frozen=True)
class Order:
    """Everything a rendering needs, read in one short transaction."""

    report: Report
    tenant: Tenant
    content: RevisionContent
    decision: DecisionRecord
    brand: Brand
    state: State
    lapsed_at: str | None
    lapsed_reasons: list[Any]


def _result_url(job: Job) -> str:
    return reverse(
        "compliance:report_download",
        kwargs={"tenant_slug": job.tenant.slug, "project_id": job.project_id, "report_id": job.args["report"]},
    )


@tenant_task(
    actions.KIND,
    name="compliance.reports.render",
    queue="reports",
    title=gettext_lazy("Sign-off report"),
    result_url=_result_url,
)
def render_ordered(job: Job, progress: Progress) -> dict[str, Any]:
    """Make the report of a job. Finishing the report and ending the job are one transaction.

    The renderer is imported here, not above: web processes load this module to know the kind of job, and must stay small.
    """
    with progress.scope():
        order = _read(job)
    if order is None:
        return {}
    rendered = _render(order, progress)
    key = actions.store_file(order.report, rendered.pdf, job.attempts)
    try:
        result = {
            "report": str(order.report.pk),
            "content_sha256": rendered.content_hash,
            "decision": order.decision,
            "without_logo": rendered.without_logo,
        }
        with progress.scope():
            draft, lapsed = order.state == "draft", order.state == "lapsed"
            actions.finish_report(order.report, rendered, key=key, draft=draft, lapsed=lapsed, tenant=order.tenant)
            _tell(order.report, job)
            progress.finish(result)
    except BaseException:
        actions.drop_file(key)
        raise
    for attempt in range(1, job.attempts):  # what interrupted attempts may have left
        actions.drop_file(actions.file_key(order.report, attempt))
    return result


def _render(order: Order, progress: Progress) -> Rendered:
    from compliance.reports.characters import FontsMissing
    from compliance.reports.charts.draw import ChartsFailed
    from compliance.reports.pdf import PagesFaulty
    from compliance.reports.render import render_report

    try:
        return render_report(
            order.content,
            order.decision,
            catalogue=catalogue(order.content["catalogue"]["version"]),
            language=cast("Language", order.report.language),
            brand=order.brand,
            state=order.state,
            number=order.report.number,
            edition=order.report.edition,
            verify_url=settings.SITE_URL + reverse("verify", kwargs={"code": verify_code_of(order.report)}),
            rendered_at=timezone.localtime(timezone=ZoneInfo(order.tenant.time_zone)),
            lapsed_at=order.lapsed_at,
            lapsed_reasons=order.lapsed_reasons,
            progress=lambda stage, percent: progress(STAGE_WORDS[stage], min(percent, HIGHEST)),
        )
    except (ChartsFailed, FontsMissing) as error:
        log.exception("report_tool_missing")
        _fail(order.report, progress, _("A tool that reports need is missing on the server: {what}").format(what=str(error)))
    except PagesFaulty:
        log.exception("report_pages_faulty")
        _fail(order.report, progress, _("The pages could not be set; the log has the details under this job’s number."))


def _read(job: Job) -> Order | None:
    """The order, None if the report is finished or deleted already (the job came twice)."""
    report = Report.objects.select_related("revision", "round", "project").get(pk=job.args["report"])
    if report.state == ReportState.FAILED:
        Report.objects.filter(pk=report.pk, state=ReportState.FAILED).update(state=ReportState.ORDERED, failure="")
        report.state = ReportState.ORDERED
    if report.state != ReportState.ORDERED:
        return None
    from compliance.reports.brand import Brand
    from compliance.reports.stale import reasons_of

    tenant = Tenant.objects.get(pk=report.tenant_id)
    content = cast(RevisionContent, report.revision.content)
    if content_sha256(content) != report.revision.sha256:
        raise Refused(_("The frozen revision does not match its hash. Nothing was made; tell the operator at once."))
    round_ = cast(GateRound, report.round)
    round_.revision = report.revision
    decided = round_.state not in (RoundState.OPEN, RoundState.WITHDRAWN)
    state: State = "draft" if not decided else "lapsed" if round_.stale_since else "valid"
    # Times are those of the organisation, not of the person who ordered: the hash must not depend on who exports first.
    with timezone.override(tenant.time_zone):
        decision = _decision_of(report, round_, decided=decided)
        stale_at = instant(round_.stale_since)
    return Order(
        report=report,
        tenant=tenant,
        content=content,
        decision=decision,
        brand=Brand(tenant.brand_colour, logo_of(tenant)),
        state=state,
        lapsed_at=stale_at,
        lapsed_reasons=reasons_of(round_.stale_reasons, report.revision.catalogue_id) if state == "lapsed" else [],
    )


def _decision_of(report: Report, round_: GateRound, *, decided: bool) -> DecisionRecord:
    """The record of the decision. Once a report was made of a decided round its record is kept: people may change their names,
    a decision may not change its hash.
    """
    if decided:
        earlier = (
            Report.objects.filter(round=round_, draft=False, content_sha256__gt="", job__result__has_key="decision")
            .order_by("made_at")
            .values_list("job__result", flat=True)
            .first()
        )
        if earlier:
            return kept_record(earlier["decision"])
    return decision_record(round_)


def logo_of(tenant: Tenant) -> bytes | None:
    """The organisation's logo, None without one or while the storage is away."""
    if not tenant.logo:
        return None
    try:
        with tenant.logo.open("rb") as file:
            return bytes(file.read())
    except OSError:
        log.warning("report_logo_missing", tenant=tenant.slug)
        return None


def _fail(report: Report, progress: Progress, sentence: str) -> NoReturn:
    with progress.scope():
        actions.fail_report(report, sentence)
    raise Refused(sentence)


def _tell(report: Report, job: Job) -> None:
    if job.ordered_by_id is None:
        return
    notify(
        {job.ordered_by_id},
        READY_NOTICE,
        once_key=f"report:{report.pk}",
        project_id=report.project_id,
        number=report.number,
        edition=report.edition,
    )


@shared_task(name="compliance.reports.drop_past_retention")
def drop_past_retention_everywhere() -> int:
    """Delete report files whose retention time is over, in every active organisation; returns how many."""
    return for_each_tenant(delete_past_retention)
