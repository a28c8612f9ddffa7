"""The pages of filings: one project's list, the organisation's list, one filing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from compliance.filings import registry
from compliance.filings.pages.entry import filing_page
from compliance.filings.pages.overview import overview
from compliance.filings.subjects import Subject, subject_of
from portal.core.access import requires

PROJECT_FRAME, ORGANISATION_FRAME = "portal/projects/frame.html", "compliance/filings/organisation_frame.html"


def frame(request: Any) -> dict[str, Any]:
    """Which frame the shared templates extend: of the project of the request, or of the organisation."""
    project = getattr(request, "project", None)
    if project is not None:
        return {"tab": "filings", "frame_template": PROJECT_FRAME, "of_project": True}
    request.nav_key = "filings"
    return {"frame_template": ORGANISATION_FRAME, "of_project": False}


def show_filing(request: Any, subject: Subject, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of one filing; ``conflict`` among ``forms`` is a refusal to show on top."""
    conflict = forms.pop("conflict", None)
    request.part_forms = forms.pop("part_forms", {})  # filled forms of parts, by name: a part shows them again with their faults
    context = {**frame(request), **filing_page(subject, request.actor, request.tenant.slug, **forms), "conflict": conflict}
    context["parts"] = registry.parts_for(request, subject)
    return render(request, "compliance/filings/filing.html", context, status=status)


@requires("compliance.view_project_filings", on="project")
@require_GET
def project_filings(request: Any) -> HttpResponse:
    """What applies to the project, what may, what does not, and where each stands."""
    return render(request, "compliance/filings/overview.html", {**frame(request), **overview(request.project, request.tenant.slug)})


@requires("compliance.view_project_filings", on="project")
@require_GET
def filing(request: Any, regime: str) -> HttpResponse:
    """One filing of the project."""
    return show_filing(request, subject_of(request.project, regime))


@requires("compliance.view_filings")
@require_GET
def organisation_filings(request: Any) -> HttpResponse:
    """Regimes that ask about the organisation alone: one record for all projects."""
    return render(request, "compliance/filings/overview.html", {**frame(request), **overview(None, request.tenant.slug)})


@requires("compliance.view_filings")
@require_GET
def organisation_filing(request: Any, regime: str) -> HttpResponse:
    """One filing of the organisation."""
    return show_filing(request, subject_of(None, regime))
