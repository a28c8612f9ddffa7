"""The responsibility matrix of one project: ten dimensions by people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.audit.actions import record_act
from portal.core.access import requires
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.htmx import go, is_part
from portal.core.sheets import TYPES, Column, download, sheet_bytes
from portal.projects.access import may_on_project
from portal.projects.strip import DIMENSIONS
from portal.stakeholders import actions
from portal.stakeholders.models import Stakeholder
from portal.stakeholders.queries import ORDER_OF_LETTERS, matrix_of
from portal.tenants.clock import organisation_today

CHOICES = (("", "–"), ("R", "R"), ("A", "A"), ("AR", "A+R"), ("C", "C"), ("I", "I"))


def _context(request: HttpRequest) -> dict[str, Any]:
    project: Any = request.project  # type: ignore[attr-defined]
    return {
        "tab": "people",
        "section": "matrix",
        "project": project,
        "matrix": matrix_of(project),
        "choices": CHOICES,
        "may_edit": may_on_project(request.actor, "portal.edit_stakeholders", project),  # type: ignore[attr-defined]
    }


@requires("portal.view_project", on="project")
@require_GET
def matrix(request: HttpRequest) -> HttpResponse:
    """Who is responsible, accountable, consulted, informed; what is missing and what clashes."""
    return render(request, "portal/stakeholders/matrix.html", _context(request))


def _set(request: HttpRequest, stakeholder: Stakeholder, dimension: str, value: str) -> None:
    if value and value not in ORDER_OF_LETTERS:
        raise Invalid(_("Choose R, A, A and R together, C, I or nothing."))
    actions.set_responsibility(stakeholder, dimension, value, by=request.user)  # type: ignore[arg-type]


@requires("portal.edit_stakeholders", on="project")
@require_POST
def matrix_cell(request: HttpRequest, stakeholder_id: UUID, dimension: str) -> HttpResponse:
    """One cell, as soon as it changes. A refusal comes back with the matrix as it is."""
    found = Stakeholder.objects.select_related("user", "contact").filter(pk=stakeholder_id, project=request.project).first()  # type: ignore[attr-defined]
    if found is None or dimension not in DIMENSIONS:
        raise NotFound()
    fault = ""
    try:
        _set(request, found, dimension, request.POST.get(f"cell-{stakeholder_id}-{dimension}", ""))
    except (Conflict, Invalid) as refusal:
        fault = refusal.message
    if not is_part(request):
        if fault:
            messages.error(request, fault)
        return go(request, _url(request))
    return render(request, "portal/stakeholders/matrix_part.html", {**_context(request), "fault": fault}, status=409 if fault else 200)


@requires("portal.edit_stakeholders", on="project")
@require_POST
def matrix_save(request: HttpRequest) -> HttpResponse:
    """All cells at once, for browsers without JavaScript: letters are taken away first, so that an A can move."""
    project: Any = request.project  # type: ignore[attr-defined]
    people = {str(person.pk): person for person in Stakeholder.objects.filter(project=project).select_related("user", "contact")}
    wanted = []
    for name, value in request.POST.items():
        prefix, _mark, rest = name.partition("cell-")
        stakeholder_id, _mark, dimension = rest.rpartition("-")
        if not prefix and stakeholder_id in people and dimension in DIMENSIONS:
            wanted.append((people[stakeholder_id], dimension, value))
    faults = []
    for person, dimension, value in sorted(wanted, key=lambda entry: "A" in entry[2]):
        try:
            _set(request, person, dimension, str(value))
        except (Conflict, Invalid) as refusal:
            faults.append(refusal.message)
    for fault in dict.fromkeys(faults):
        messages.error(request, fault)
    if not faults:
        messages.success(request, _("The responsibilities are saved."))
    return go(request, _url(request))


def _url(request: HttpRequest) -> str:
    return reverse("portal:project_responsibilities", kwargs={"tenant_slug": request.tenant.slug, "project_id": request.project.pk})  # type: ignore[attr-defined]


@requires("portal.view_project", on="project")
@require_GET
def matrix_export(request: HttpRequest, form: str) -> HttpResponse:
    """The matrix as a workbook or CSV."""
    if form not in TYPES:
        raise NotFound()
    project: Any = request.project  # type: ignore[attr-defined]
    found = matrix_of(project)
    columns = [Column(_("Dimension"), 34), *(Column(person["name"], 16) for person in found.people)]
    words = dict(CHOICES)
    head = [[_("Part in the project"), *(person["part"] for person in found.people)]]
    rows = [
        # A cell with letters that the page does not offer is written as it is.
        [f"{row['code']} {row['label']}", *(words.get(cell["value"], cell["value"]) if cell["value"] else "" for cell in row["cells"])]
        for row in found.rows
    ]
    content, _count = sheet_bytes(form, _("Responsibilities"), columns, [*head, *rows])
    record_act("portal.responsibility.exported", project, form=form)
    return download(content, f"raci-{project.code}-{organisation_today().isoformat()}", form)
