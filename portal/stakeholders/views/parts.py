"""The stakeholders of one project."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.access import requires
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.htmx import go
from portal.projects.access import may_on_project
from portal.projects.forms import add_faults, user_of
from portal.stakeholders import actions
from portal.stakeholders.forms import NEW, PartForm, StakeholderForm
from portal.stakeholders.models import Contact, Stakeholder
from portal.stakeholders.queries import influence_grid, stakeholders_of


def _url(request: HttpRequest) -> str:
    return reverse("portal:project_stakeholders", kwargs={"tenant_slug": request.tenant.slug, "project_id": request.project.pk})  # type: ignore[attr-defined]


def _page(request: HttpRequest, form: StakeholderForm | None = None, status: int = 200) -> HttpResponse:
    project: Any = request.project  # type: ignore[attr-defined]
    may_edit = may_on_project(request.actor, "portal.edit_stakeholders", project)  # type: ignore[attr-defined]
    rows = stakeholders_of(project)
    context = {
        "tab": "people",
        "section": "stakeholders",
        "rows": rows,
        "grid": influence_grid(rows),
        "may_edit": may_edit,
        "form": (form or StakeholderForm()) if may_edit else None,
    }
    return render(request, "portal/stakeholders/project.html", context, status=status)


@requires("portal.view_project", on="project")
@require_GET
def project_stakeholders(request: HttpRequest) -> HttpResponse:
    """Everybody with a part in the project, and the picture of influence and interest."""
    return _page(request)


@requires("portal.edit_stakeholders", on="project")
@require_POST
def stakeholder_add(request: HttpRequest) -> HttpResponse:
    """Add an account, a contact, or a contact the directory lacks."""
    form = StakeholderForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        values = {name: data[name] for name in ("part", "influence", "interest", "note")}
        kind, _mark, ref = data["who"].partition("-")
        try:
            contact = None
            if data["who"] == NEW:
                contact = actions.create_contact(by=request.user, name=data["name"], organisation=data["organisation"])  # type: ignore[arg-type]
            elif kind == "contact":
                contact = Contact.objects.filter(pk=ref).first()
            user = user_of(ref) if kind == "user" else None
            added = actions.add_stakeholder(request.project, by=request.user, user=user, contact=contact, **values)  # type: ignore[attr-defined, arg-type]
        except Invalid as refusal:
            add_faults(form, refusal)
        else:
            messages.success(request, _("%(name)s is a stakeholder now.") % {"name": actions.parts.who(added)})
            return go(request, _url(request))
    return _page(request, form, 422)


def _stakeholder(request: HttpRequest, stakeholder_id: UUID) -> Stakeholder:
    found = (
        Stakeholder.objects.select_related("user", "contact").filter(pk=stakeholder_id, project=request.project).first()  # type: ignore[attr-defined]
    )
    if found is None:
        raise NotFound()
    return found


@requires("portal.edit_stakeholders", on="project")
@require_http_methods(["GET", "POST"])
def stakeholder(request: HttpRequest, stakeholder_id: UUID) -> HttpResponse:
    """Change part, influence, interest, note."""
    found = _stakeholder(request, stakeholder_id)
    initial = {name: getattr(found, name) for name in PartForm.base_fields}
    form = PartForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 422 if form.is_bound else 200
    sent = request.POST.get("version", "")
    # What is no version is an old one: the answer shows both values.
    version = (int(sent) if sent.isdecimal() else 0) if form.is_bound else found.version
    differences: list[dict[str, Any]] = []
    if form.is_valid():
        try:
            actions.edit_stakeholder(found, version=version, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Invalid as refusal:
            add_faults(form, refusal)
        except Conflict as conflict:
            status, version = 409, conflict.detail["version"]
            pairs = conflict.detail["differences"].items()
            differences = [{"label": form.fields[name].label, "yours": yours, "stored": stored} for name, (yours, stored) in pairs]
            differences = differences or [{"label": "", "yours": "", "stored": conflict.message}]
        else:
            messages.success(request, _("The stakeholder is saved."))
            return go(request, _url(request))
    context = {
        "tab": "people",
        "section": "stakeholders",
        "form": form,
        "stakeholder": found,
        "name": actions.parts.who(found),
        "version": version,
        "differences": differences,
        "back": _url(request),
    }
    return render(request, "portal/stakeholders/stakeholder.html", context, status=status)


@requires("portal.edit_stakeholders", on="project")
@require_POST
def stakeholder_remove(request: HttpRequest, stakeholder_id: UUID) -> HttpResponse:
    """Take somebody off the list."""
    found = _stakeholder(request, stakeholder_id)
    name = actions.parts.who(found)
    actions.remove_stakeholder(found, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("%(name)s is no longer a stakeholder.") % {"name": name})
    return go(request, _url(request))
