"""The page of rounds over all filings: what authorities ask, and how long replies take."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from compliance.filings.pages.addresses import url_of
from compliance.filings.pages.tabs import view_tabs
from compliance.rounds.models import AuthorityRound
from compliance.rounds.states import RoundState
from compliance.rounds.statistics import RoundFilter, columns, file_rows, rounds_visible_to, statistics
from portal.audit.actions import record_act
from portal.catalogue import catalogue
from portal.core.access import requires
from portal.core.errors import NotFound
from portal.core.formats import in_language as tr
from portal.core.sheets import TYPES, download, sheet_bytes
from portal.tenants.clock import organisation_today

MOST_OPEN = 50


def _chosen(request: Any) -> RoundFilter:
    return RoundFilter(request.GET, queryset=rounds_visible_to(request.actor), request=request)


@requires("compliance.view_filings")
@require_GET
def rounds_page(request: Any) -> HttpResponse:
    """Statistics of reasons for return, and the letters being answered."""
    request.nav_key = "filings"
    chosen = _chosen(request)
    good = chosen.is_valid()
    rows = chosen.qs if good else AuthorityRound.objects.none()
    slug = request.tenant.slug
    base = reverse("compliance:filings_rounds", kwargs={"tenant_slug": slug})
    query = request.GET.urlencode()
    export = reverse("compliance:filings_rounds_export", kwargs={"tenant_slug": slug, "form": "xlsx"})
    context = {
        **(statistics(rows, chosen.form.cleaned_data.get("category", "")) if good else {"total": {"rounds": 0}}),
        "open": [_open(one, slug) for one in _going(rows)] if good else [],
        "form": chosen.form,
        "filtered": any(request.GET.get(name) for name in ("regime", "category", "since", "until")),
        "first_page": base,
        "export_url": f"{export}?{query}" if query else export,
        "views": view_tabs(request, "rounds"),
    }
    return render(request, "compliance/rounds/rounds.html", context, status=200 if good else 422)


def _going(rows: Any) -> Any:
    going = rows.filter(state=RoundState.OPEN).select_related("filing", "filing__project", "filing__owner")
    return going.order_by("due_on", "received_on", "id")[:MOST_OPEN]


def _open(one: AuthorityRound, slug: str) -> dict[str, Any]:
    entry = catalogue().filings.get(one.filing.regime)
    project = one.filing.project
    return {
        "row": one,
        "name": tr(entry.name) if entry is not None else one.filing.regime,
        "code": project.code if project is not None else "",
        "project": tr(project.name) if project is not None else _("The organisation"),
        "late": one.due_on is not None and one.due_on < organisation_today(),
        "url": url_of(slug, one.filing.project_id, one.filing.regime) + "#rounds",
    }


@requires("compliance.view_filings")
@require_GET
def rounds_export(request: Any, form: str) -> HttpResponse:
    """The questions behind the page as a file, with its filters."""
    chosen = _chosen(request)
    if form not in TYPES or not chosen.is_valid():
        raise NotFound()
    category = chosen.form.cleaned_data.get("category", "")
    content, count = sheet_bytes(form, _("Questions of authorities"), columns(), file_rows(chosen.qs, category))
    record_act("compliance.round.exported", rows=count, form=form, query=request.GET.urlencode())
    return download(content, f"questions-{organisation_today().isoformat()}", form)
