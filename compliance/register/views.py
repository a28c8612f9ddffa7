"""Pages of the register: my registers with their progress, the order form, the files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from compliance.filings.pages.bar import kept
from compliance.filings.pages.tabs import view_tabs
from compliance.register import actions
from compliance.register.models import FilingRegister
from portal.core.access import requires
from portal.core.errors import Invalid, NotFound
from portal.core.htmx import go
from portal.core.sheets import TYPES
from portal.jobs.queries import job_context

SHOWN = 30


def _context(request: Any) -> dict[str, Any]:
    found = FilingRegister.objects.filter(ordered_by=request.actor.user).select_related("job").order_by("-number")[: SHOWN + 1]
    rows = [_row(request, register) for register in found]
    first = "zh" if (translation.get_language() or "").startswith("zh") else "en"
    query = kept(request.GET)
    return {
        "views": view_tabs(request, "register"),
        "rows": rows[:SHOWN],
        "more": len(rows) > SHOWN,
        "languages": [(value, label, value == first) for value, label in FilingRegister.Language.choices],
        "query": query,
        "list_url": f"{reverse('compliance:filings', kwargs={'tenant_slug': request.tenant.slug})}?{query}",
        "most_on_paper": actions.MOST_ON_PAPER,
    }


def _row(request: Any, register: FilingRegister) -> dict[str, Any]:
    """One register: being made (with its progress), not made, or ready with its files."""
    ready = register.state == FilingRegister.State.READY
    context = job_context(register.job, request.tenant.slug, request.actor) if register.job is not None and not ready else None
    return {"register": register, "ready": ready, "progress": context}


@requires("compliance.view_filings")
@require_GET
def register(request: Any) -> HttpResponse:
    """My registers, and the form that orders one."""
    request.nav_key = "filings"
    return render(request, "compliance/register/register.html", _context(request))


@requires("compliance.view_filings")
@require_POST
def register_order(request: Any) -> HttpResponse:
    """Order a register. Nothing is made here: the page shows a progress bar."""
    query = request.POST.get("query", "")
    try:
        _register, new = actions.order_register(language=request.POST.get("language", ""), query=query, by=request.actor)
    except Invalid as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The register has been ordered.") if new else _("This register is being made already."))
    return go(request, reverse("compliance:register", kwargs={"tenant_slug": request.tenant.slug}))


@requires("compliance.view_filings")
@require_GET
def register_file(request: Any, register_id: UUID, form: str) -> FileResponse:
    """One file of a register of mine, always as an attachment."""
    if form not in (actions.PDF, actions.SHEET):
        raise NotFound()
    found = get_object_or_404(FilingRegister, pk=register_id, ordered_by=request.actor.user)
    file, name = actions.open_register(found, form, by=request.actor)
    kind = "application/pdf" if form == actions.PDF else TYPES["xlsx"]
    response = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
