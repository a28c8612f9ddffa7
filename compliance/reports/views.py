"""Pages of the reports: a project's list with its order form, one report's progress, download, the organisation's list."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from compliance.reports import actions
from compliance.reports.filters import chosen_reports
from compliance.reports.forms import OrderForm
from compliance.reports.pages import language_first, listed, row_of, rows_of
from compliance.reports.queries import report_of, reports_of, reports_visible_to, rounds_to_report, verified_report, verify_code_of
from compliance.reports.rules import standing
from compliance.reports.states import SENTENCES, TONES
from portal.core import rates
from portal.core.access import PUBLIC, requires
from portal.core.htmx import go, is_part, render_part
from portal.core.listing import Order, keyset_page
from portal.projects.access import may_on_project

SHOWN_IN_PROJECT = 50
PAGE = 50
NEWEST = Order("ordered_at", "id", descending=True)


def _list_url(request: Any) -> str:
    return reverse("compliance:project_reports", kwargs={"tenant_slug": request.tenant.slug, "project_id": request.project.pk})


def _context(request: Any, form: OrderForm | None = None) -> dict[str, Any]:
    may_order = may_on_project(request.actor, "compliance.order_report", request.project)
    found = list(reports_of(request.project)[: SHOWN_IN_PROJECT + 1])
    rounds = rounds_to_report(request.project) if may_order else []
    initial = {"round": str(rounds[0].pk), "language": language_first()} if rounds else {}
    return {
        "tab": "gates",
        "rows": rows_of(found[:SHOWN_IN_PROJECT], request.project, request.actor, request.tenant.slug),
        "more": len(found) > SHOWN_IN_PROJECT,
        "may_order": may_order,
        "rounds": rounds,
        "form": form or (OrderForm(rounds, initial=initial) if rounds else None),
    }


@requires("compliance.download_report", on="project", any_of=("compliance.order_report",))
@require_GET
def project_reports(request: Any) -> HttpResponse:
    """Reports of a project; ``?part=1`` answers with the list alone, for the gates page."""
    template = "compliance/reports/part_list.html" if "part" in request.GET else "compliance/reports/project_reports.html"
    return render(request, template, _context(request))


@requires("compliance.order_report", on="project")
@require_POST
def report_order(request: Any) -> HttpResponse:
    """Order a report. Nothing is rendered here: the answer is the list with a progress bar."""
    form = OrderForm(rounds_to_report(request.project), request.POST)
    if not form.is_valid():
        return render(request, "compliance/reports/project_reports.html", _context(request, form), status=422)
    _report, new = actions.order_report(
        request.project, form.cleaned_data["round"], language=form.cleaned_data["language"], by=request.actor
    )
    messages.success(request, _("The report has been ordered.") if new else _("This report is being made already."))
    return go(request, _list_url(request))


@requires("compliance.download_report", on="project", any_of=("compliance.order_report",))
@require_GET
def report(request: Any, report_id: UUID) -> HttpResponse:
    """One report: its progress while it is being made, then its row. htmx asks every two seconds."""
    found = report_of(request.project, report_id)
    may = {name: may_on_project(request.actor, f"compliance.{name}_report", request.project) for name in ("download", "order", "delete")}
    row = row_of(found, request.actor, request.tenant.slug, **may)
    context = {"tab": "gates", "row": row, "verify_url": _verify_url(found)}
    response = render_part(request, "compliance/reports/report.html", "compliance/reports/part_row.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _verify_url(found: Any) -> str:
    return reverse("verify", kwargs={"code": verify_code_of(found)}) if found.content_sha256 else ""


@requires("compliance.download_report", on="project")
@require_GET
def report_download(request: Any, report_id: UUID) -> FileResponse:
    """The file, always as an attachment; the download is in the trail."""
    found = report_of(request.project, report_id)
    file = actions.open_report(found, by=request.actor)
    name = f"{found.number}-{found.language}-{found.edition}.pdf"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@requires("compliance.order_report", on="project")
@require_POST
def report_retry(request: Any, report_id: UUID) -> HttpResponse:
    """Start a failed or cancelled report again."""
    actions.retry_report(report_of(request.project, report_id), by=request.actor)
    messages.success(request, _("The report is being made again."))
    return go(request, _list_url(request))


@requires("compliance.order_report", on="project")
@require_POST
def report_again(request: Any, report_id: UUID) -> HttpResponse:
    """Order the same report once more: a new edition, with today's state of the sign-off."""
    found = report_of(request.project, report_id)
    rounds = {row.pk: row for row in rounds_to_report(request.project)}
    if found.round_id not in rounds:
        messages.error(request, _("The round of this report was withdrawn. Order the report of another round."))
        return go(request, _list_url(request))
    _report, new = actions.order_report(request.project, rounds[found.round_id], language=found.language, by=request.actor)
    messages.success(request, _("A new edition has been ordered.") if new else _("This report is being made already."))
    return go(request, _list_url(request))


@requires("compliance.download_report", on="project", any_of=("compliance.order_report",))
@require_POST
def report_cancel(request: Any, report_id: UUID) -> HttpResponse:
    """Stop a report that is being made: whoever ordered it, and the administrator; the action asks."""
    actions.cancel_report(report_of(request.project, report_id), by=request.actor)
    if is_part(request):
        return report(_as_get(request), report_id=report_id)
    messages.success(request, _("The report has been cancelled."))
    return go(request, _list_url(request))


def _as_get(request: Any) -> Any:
    request.method = "GET"
    return request


@requires("compliance.delete_report", on="project")
@require_POST
def report_delete(request: Any, report_id: UUID) -> HttpResponse:
    """Delete a report's file where retention allows it."""
    actions.delete_report(report_of(request.project, report_id), by=request.actor)
    messages.success(request, _("The file has been deleted. Number and hash stay on record."))
    return go(request, _list_url(request))


@requires("compliance.view_reports")
@require_GET
def reports(request: Any) -> HttpResponse:
    """Reports of all projects the person may see, newest first."""
    request.nav_key = "reports"
    form, chosen = chosen_reports(reports_visible_to(request.actor), request.GET)
    page = keyset_page(chosen, NEWEST, size=PAGE, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    kept = query.urlencode()

    def url(**cursor: str) -> str:
        (name, value), *_rest = cursor.items()
        return f"?{kept}{'&' if kept else ''}{name}={value}" if value else ""

    for row in page.rows:
        row |= listed(row)
    context = {
        "page": page,
        "form": form,
        "previous_url": url(before=page.previous),
        "next_url": url(after=page.next),
        "filtered": bool(kept),
    }
    return render_part(request, "compliance/reports/reports.html", "compliance/reports/part_reports.html", context)


@requires(PUBLIC)
@require_GET
def verify(request: Any, code: str) -> HttpResponse:
    """What a stranger with the paper in hand may know: that the report exists, its number, hash and whether it still holds."""
    rates.limit(request, "verify")
    found = verified_report(code)
    context: dict[str, Any] = {"found": None}
    days: AbstractContextManager[None] = nullcontext()
    if found is not None:
        shown, tenant = found
        # A stranger has no time zone of ours, and whoever reads the page sees the same days: those of the organisation.
        zone = ZoneInfo(tenant.time_zone)
        days = timezone.override(zone)
        worth = standing(shown, timezone.localdate(timezone=zone))
        context = {"found": shown, "issuer": tenant, "sentence": SENTENCES[worth], "tone": TONES[worth]}
    with days:
        response = render(request, "compliance/reports/verify.html", context, status=200 if found else 404)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "no-store"
    return response
