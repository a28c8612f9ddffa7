"""One project: overview, editing, steering."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.access import requires
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.formats import in_language
from portal.core.htmx import go
from portal.projects import actions
from portal.projects.access import may_on_project
from portal.projects.forms import ProjectForm, ReasonForm, add_faults
from portal.projects.overview import overview_context
from portal.projects.states import TRANSITIONS, Stage

# act → (stage it leads to, title, what will happen, tone of the button)
STEERING: dict[str, tuple[str, Any, Any, str]] = {
    "hold": (
        Stage.ON_HOLD,
        gettext_lazy("Put on hold"),
        gettext_lazy("The project keeps everything it has and comes back to its present stage. Gates cannot be decided until then."),
        "primary",
    ),
    "resume": (
        "",
        gettext_lazy("Resume"),
        gettext_lazy("A project on hold comes back to the stage it had; a stopped one begins again at intake with all its answers."),
        "primary",
    ),
    "stop": (
        Stage.STOPPED,
        gettext_lazy("Stop for good"),
        gettext_lazy(
            "The project leaves all counts and deadlines. Filings in force stay in force: report their end where the law asks for it."
        ),
        "danger",
    ),
    "retire": (
        Stage.RETIRED,
        gettext_lazy("Retire"),
        gettext_lazy("The system goes out of service; there is no way back. Cancel filings and delete data as the checklists say."),
        "danger",
    ),
}


def project_page(request: HttpRequest, name: str = "portal:project") -> str:
    """Address of a page of the request's project."""
    return reverse(name, kwargs={"tenant_slug": request.tenant.slug, "project_id": request.project.pk})  # type: ignore[attr-defined]


@requires("portal.view_project", on="project")
@require_GET
def project(request: HttpRequest) -> HttpResponse:
    """Where the project stands, what it is, who answers for it, what comes next."""
    request.nav_key = "portfolio"  # type: ignore[attr-defined]
    return render(
        request, "portal/projects/overview.html", {"tab": "overview", **overview_context(request), "steering": possible_steps(request)}
    )


def possible_steps(request: HttpRequest) -> list[dict[str, Any]]:
    """What the person may do with the stage now."""
    project: Any = request.project  # type: ignore[attr-defined]
    if not may_on_project(request.actor, "portal.steer_project", project):  # type: ignore[attr-defined]
        return []
    steps = TRANSITIONS[project.stage]
    found = []
    for act, (target, title, effect, tone) in STEERING.items():
        possible = project.stage in (Stage.ON_HOLD, Stage.STOPPED) if act == "resume" else target in steps
        if possible:
            found.append({"act": act, "title": title, "effect": effect, "tone": tone})
    return found


@requires("portal.steer_project", on="project")
@require_http_methods(["GET", "POST"])
def project_steer(request: HttpRequest, act: str) -> HttpResponse:
    """Hold, resume, stop or retire, with a reason."""
    if act not in STEERING:
        raise NotFound()
    project: Any = request.project  # type: ignore[attr-defined]
    step = {"act": act, **dict(zip(("target", "title", "effect", "tone"), STEERING[act], strict=True))}
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        perform = {
            "hold": actions.hold_project,
            "resume": actions.resume_project,
            "stop": actions.stop_project,
            "retire": actions.retire_project,
        }[act]
        try:
            perform(
                project,
                by=request.actor.user,  # type: ignore[attr-defined]
                reason=form.cleaned_data["reason"],
            )
        except Invalid as refusal:
            add_faults(form, refusal)
        except Conflict as conflict:
            if conflict.code != "stage_refused":
                raise
            form.add_error(None, conflict.message)
        else:
            text = _("%(project)s is now: %(stage)s.") % {"project": in_language(project.name), "stage": Stage(project.stage).label}
            messages.success(request, text)
            return go(request, project_page(request))
    context = {"tab": "overview", "form": form, "step": step, "back": project_page(request)}
    return render(request, "portal/projects/steer.html", context, status=422 if form.is_bound else 200)


@requires("portal.edit_project", on="project")
@require_http_methods(["GET", "POST"])
def project_edit(request: HttpRequest) -> HttpResponse:
    """Change what the project says about itself; a stale form comes back with both values."""
    project: Any = request.project  # type: ignore[attr-defined]
    context: dict[str, Any] = {"tab": "overview", "back": project_page(request)}
    status = 200
    if request.method == "POST":
        form = ProjectForm(request.POST, project=project, by=request.actor.user)  # type: ignore[attr-defined]
        status = 422
        if form.is_valid():
            try:
                changed = actions.edit_project(project, version=form.cleaned_data["version"], by=request.user, **form.values())  # type: ignore[arg-type]
            except Invalid as refusal:
                add_faults(form, refusal)
            except Conflict as conflict:
                status = 409
                context["conflict"] = conflict.message
                context["differences"] = _differences(form, conflict.detail["differences"])
                again = request.POST.copy()
                again["version"] = str(conflict.detail["version"])
                form.data = again
            else:
                messages.success(request, _("The project is saved.") if changed else _("Nothing was different, so nothing was changed."))
                return go(request, project_page(request))
    else:
        form = ProjectForm(initial=ProjectForm.initial_of(project), project=project, by=request.actor.user)  # type: ignore[attr-defined]
    groups = [{"title": title, "fields": [form[name] for name in names]} for title, names in ProjectForm.GROUPS]
    return render(request, "portal/projects/edit.html", {**context, "form": form, "groups": groups}, status=status)


def _differences(form: ProjectForm, found: dict[str, tuple[Any, Any]]) -> list[dict[str, Any]]:
    """Both values of each field, said as people read them."""
    lines = []
    for name, (yours, stored) in found.items():
        lines.append({"label": form.fields[name].label, "yours": _shown(form, name, yours), "stored": _shown(form, name, stored)})
    return lines


def _shown(form: ProjectForm, name: str, value: Any) -> str:
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, list):
        return ", ".join(value)
    if name == "scenario":
        return str(dict(form.fields[name].choices).get(value, value))  # type: ignore[attr-defined]
    return str(getattr(value, "name", value))
