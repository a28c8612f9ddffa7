"""The history of one project, and the log of the organisation for its administrator and its auditor."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.audit import queries, words
from portal.audit.exporting import LIMIT, export_trail
from portal.audit.forms import TrailFilterForm
from portal.core import sheets
from portal.core.access import requires
from portal.core.htmx import go, render_part
from portal.core.listing import page_urls
from portal.core.tenancy import require_scope


@requires("portal.view_history", on="project")
@require_GET
def project_history(request: Any) -> HttpResponse:
    """What happened in one project, newest first."""
    form = TrailFilterForm(request.GET)
    page = queries.page_of(queries.events_of_project(request.project.pk), form.filters(), same=("project_id",))
    context = {"project": request.project, "tab": "history", "form": form, "page": page, "filtered": form.filters() != queries.Filters()}
    context |= page_urls(request, page)
    return render_part(request, "portal/audit/project_history.html", "portal/audit/trail.html", context)


@requires("portal.view_audit_log")
@require_GET
def log(request: Any) -> HttpResponse:
    """What happened in the organisation, newest first, as far as this reader may see the projects concerned."""
    request.nav_key = "audit_log"
    form = TrailFilterForm(request.GET)
    asked = form.filters()
    page = queries.page_of(queries.events_readable_by(request.actor), asked, actor=request.actor)
    tables = sorted(((name, words.table_label(name)) for name in words.tables_with_trail()), key=lambda entry: entry[1])
    context = {
        "form": form,
        "page": page,
        "asked": asked,
        "tables": tables,
        "may_export": request.actor.may("portal.export_audit_log"),
        "limit": LIMIT,
        **page_urls(request, page),
    }
    return render_part(request, "portal/audit/log.html", "portal/audit/trail.html", context)


@requires("portal.export_audit_log")
@require_POST
def export(request: Any) -> HttpResponse:
    """The filtered log as CSV or Excel. A POST, because the export itself is written into the log."""
    form = TrailFilterForm(request.POST)
    kind = request.POST.get("format", "")
    if kind not in sheets.TYPES:
        messages.error(request, _("Choose CSV or Excel."))
        return go(request, reverse("portal:audit_log", kwargs={"tenant_slug": request.tenant.slug}))
    content, _count, cut = export_trail(request.actor, form.filters(), kind)
    part = "-newest" if cut else ""
    return sheets.download(content, f"log-{request.tenant.slug}-{require_scope().today:%Y%m%d}{part}", kind)
