"""The views beside the list of filings: board, month, timeline."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from compliance.boards.board import board
from compliance.boards.month import month
from compliance.boards.timeline import timeline
from portal.core.access import requires


@requires("compliance.view_filings")
@require_GET
def board_page(request: Any) -> HttpResponse:
    """Columns by group of states."""
    request.nav_key = "filings"
    return render(request, "compliance/boards/board.html", board(request))


@requires("compliance.view_filings")
@require_GET
def month_page(request: Any) -> HttpResponse:
    """The dates of one month."""
    request.nav_key = "filings"
    return render(request, "compliance/boards/month.html", month(request))


@requires("compliance.view_filings")
@require_GET
def timeline_page(request: Any) -> HttpResponse:
    """Twelve months, one line for each filing."""
    request.nav_key = "filings"
    return render(request, "compliance/boards/timeline.html", timeline(request))
