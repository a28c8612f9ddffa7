"""The list of filings over all projects, and the same list as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from compliance.filings.pages.bar import kept
from compliance.filings.pages.listing import chosen_rows, columns, file_rows, listing, order_of
from portal.audit.actions import record_act
from portal.core.access import requires
from portal.core.errors import NotFound
from portal.core.sheets import TYPES, download, sheet_bytes
from portal.tenants.clock import organisation_today

LIST_ID = "filing-list"


@requires("compliance.view_filings")
@require_GET
def filings(request: Any) -> HttpResponse:
    """All filings of projects that the person may see."""
    request.nav_key = "filings"
    part = bool(request.htmx) and request.htmx.target == LIST_ID
    response = render(request, f"compliance/filings/{'list_part' if part else 'list'}.html", listing(request))
    response.headers["Vary"] = "HX-Request, HX-Target"
    return response


@requires("compliance.view_filings")
@require_GET
def filings_export(request: Any, form: str) -> HttpResponse:
    """The list with the filters and the sorting of the page, at most 20,000 rows."""
    if form not in TYPES:
        raise NotFound()
    _key, order = order_of(request.GET.get("sort", ""))
    content, count = sheet_bytes(form, _("Filings"), columns(), file_rows(chosen_rows(request), order))
    record_act("compliance.filings.exported", rows=count, form=form, query=kept(request.GET))
    return download(content, f"filings-{organisation_today().isoformat()}", form)
