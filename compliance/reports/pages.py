"""What the report pages show, gathered once per request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from compliance.reports import rules
from compliance.reports.models import Report
from compliance.reports.states import SENTENCES, TONES, ReportState, Standing
from portal.core.access import Actor
from portal.jobs.queries import job_context
from portal.projects.access import may_on_project
from portal.projects.models import Project
from portal.tenants.clock import organisation_today


@dataclass(frozen=True)
class Row:
    """One report with what may be done to it now."""

    report: Report
    state: str
    label: str
    tone: str
    sentence: str
    lapsed_unmarked: bool
    progress: dict[str, Any] | None
    may_download: bool
    may_retry: bool
    may_again: bool
    may_delete: bool
    keep_sentence: str


def rows_of(reports: Iterable[Report], project: Project, actor: Actor, tenant_slug: str) -> list[Row]:
    """Rows of a project's list; the rights are looked up once."""
    download = may_on_project(actor, "compliance.download_report", project)
    order = may_on_project(actor, "compliance.order_report", project)
    delete = may_on_project(actor, "compliance.delete_report", project)
    return [row_of(report, actor, tenant_slug, download=download, order=order, delete=delete) for report in reports]


def row_of(report: Report, actor: Actor, tenant_slug: str, *, download: bool, order: bool, delete: bool) -> Row:
    """One row."""
    making, failed = rules.is_being_made(report), rules.has_failed(report)
    if making:
        state, label, tone = "making", _("being made"), "review"
    elif failed:
        state, label, tone = "failed", _("not made"), "fail"
    elif report.state == ReportState.DELETED:
        state, label, tone = "deleted", _("deleted"), "na"
    else:
        state = rules.standing(report, organisation_today())
        label, tone = str(Standing(state).label), TONES[state]
    refusal = rules.why_not_delete(report, organisation_today())
    return Row(
        report=report,
        state=state,
        label=label,
        tone=tone,
        sentence=str(SENTENCES[state]) if state in SENTENCES and state not in (Standing.DRAFT, Standing.VALID) else "",
        lapsed_unmarked=state == Standing.LAPSED and not report.lapsed,
        progress=_progress(report, actor, tenant_slug) if making else None,
        may_download=download and report.state == ReportState.READY,
        may_again=order and report.state == ReportState.READY and report.round is not None and not rules.why_not_order(report.round),
        may_retry=order and failed and report.job is not None,
        may_delete=delete and not refusal,
        keep_sentence=refusal if delete and report.state == ReportState.READY else "",
    )


def listed(row: Mapping[str, Any]) -> dict[str, Any]:
    """State and words of a row of the organisation's list."""
    if row["state"] == ReportState.ORDERED and row["job__state"] in rules.OPEN_JOBS:
        word, tone = _("being made"), "review"
    elif row["state"] in (ReportState.ORDERED, ReportState.FAILED):
        word, tone = _("not made"), "fail"
    elif row["state"] == ReportState.DELETED:
        word, tone = _("deleted"), "na"
    else:
        standing = Standing.DRAFT if row["draft"] or row["round__state"] is None else _standing(row)
        word, tone = str(Standing(standing).label), TONES[standing]
    return {
        "word": word,
        "tone": tone,
        "language_word": Report.Language(row["language"]).label,
        "name": {"zh": row["project__name_zh"], "en": row["project__name_en"]},
    }


def _standing(row: Mapping[str, Any]) -> str:
    return rules.standing_of(
        state=row["round__state"],
        lapsed=row["lapsed"] or row["round__stale_since"] is not None,
        valid_until=row["round__valid_until"],
        superseded=row["superseded"],
        today=organisation_today(),
    )


def _progress(report: Report, actor: Actor, tenant_slug: str) -> dict[str, Any]:
    """Context of ui/job.html; the report's own addresses, so that everybody who sees the report sees its progress."""
    if report.job is None:
        raise ValueError("a report that is being made has a job")
    context = job_context(report.job, tenant_slug, actor)
    keys = {"tenant_slug": tenant_slug, "project_id": report.project_id, "report_id": report.pk}
    context["poll_url"] = reverse("compliance:report", kwargs=keys)
    context["cancel_url"] = reverse("compliance:report_cancel", kwargs=keys) if context["cancel_url"] else ""
    return context


def language_first() -> str:
    """The language proposed for a report: that of the person's pages."""
    return Report.Language.ZH if (translation.get_language() or "").startswith("zh") else Report.Language.EN
