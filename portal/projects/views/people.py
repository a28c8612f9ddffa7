"""The people of a project: roles with deputies and dates, sharing, confidentiality."""

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
from portal.projects import actions
from portal.projects.access import project_permissions_of, projects_visible_to
from portal.projects.forms import MemberForm, ShareForm, TermForm, add_faults, member_choices, user_of
from portal.projects.models import Project, ProjectMember
from portal.projects.people import people_context, project_roles
from portal.roles.models import Team
from portal.tenants.models import User


def _url(request: HttpRequest, name: str = "portal:project_people", **more: Any) -> str:
    return reverse(name, kwargs={"tenant_slug": request.tenant.slug, "project_id": request.project.pk, **more})  # type: ignore[attr-defined]


def _page(request: HttpRequest, status: int = 200, **forms: Any) -> HttpResponse:
    project: Any = request.project  # type: ignore[attr-defined]
    may = project_permissions_of(request.actor, project)  # type: ignore[attr-defined]
    context = {"tab": "people", "section": "people", "project": project, "may": may, **people_context(project)}
    people = member_choices() if may & {"portal.manage_project_people", "portal.share_project"} else []
    if "portal.manage_project_people" in may:
        context["member_form"] = forms.get("member_form") or MemberForm(roles=context["roles"], people=people, prefix="member")
    if "portal.share_project" in may:
        context["share_form"] = forms.get("share_form") or ShareForm(people=people, teams=Team.objects.order_by("name"), prefix="share")
    return render(request, "portal/projects/people.html", context, status=status)


@requires("portal.view_project", on="project")
@require_GET
def project_people(request: HttpRequest) -> HttpResponse:
    """Who holds which role, who else may see the project, what clashes."""
    return _page(request)


@requires("portal.manage_project_people", on="project")
@require_POST
def member_add(request: HttpRequest) -> HttpResponse:
    """Give somebody a role."""
    form = MemberForm(request.POST, roles=project_roles(), prefix="member")
    if form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("role_key", "deputy", "starts_on", "ends_on")}
        user = user_of(form.cleaned_data["user"])
        try:
            member = actions.add_member(request.project, user=user, by=request.user, **data)  # type: ignore[attr-defined, arg-type]
        except Invalid as refusal:
            add_faults(form, refusal)
        else:
            messages.success(request, _("%(name)s has the role now.") % {"name": member.user.name})
            return go(request, _url(request))
    return _page(request, 422, member_form=form)


def _member(request: HttpRequest, member_id: UUID) -> ProjectMember:
    member = ProjectMember.objects.select_related("user").filter(pk=member_id, project=request.project).first()  # type: ignore[attr-defined]
    if member is None:
        raise NotFound()
    return member


@requires("portal.manage_project_people", on="project")
@require_http_methods(["GET", "POST"])
def member_change(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Dates and deputy of one role."""
    member = _member(request, member_id)
    initial = {"deputy": member.deputy, "starts_on": member.starts_on, "ends_on": member.ends_on}
    form = TermForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_member(member, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Invalid as refusal:
            add_faults(form, refusal)
        else:
            messages.success(request, _("The role of %(name)s is changed.") % {"name": member.user.name})
            return go(request, _url(request))
    role = next((role for role in project_roles() if role.key == member.role_key), None)
    context = {"tab": "people", "form": form, "member": member, "role": role, "back": _url(request)}
    return render(request, "portal/projects/member.html", context, status=422 if form.is_bound else 200)


@requires("portal.manage_project_people", on="project")
@require_POST
def member_end(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Take a role away at once."""
    member = _member(request, member_id)
    try:
        actions.end_member(member, by=request.user)  # type: ignore[arg-type]
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return go(request, _url(request))
    messages.success(request, _("%(name)s no longer has this role.") % {"name": member.user.name})
    return go(request, _still_visible(request))


@requires("portal.share_project", on="project")
@require_POST
def share_add(request: HttpRequest) -> HttpResponse:
    """Share with a person or a team."""
    form = ShareForm(request.POST, teams=Team.objects.order_by("name"), prefix="share")
    if form.is_valid():
        kind, _mark, ref = form.cleaned_data["holder"].partition("-")
        holder: Any = Team.objects.filter(pk=ref).first() if kind == "team" else user_of(ref)
        level = form.cleaned_data["level"]
        try:
            if kind == "team":
                actions.share_with_team(request.project, team=holder, level=level, by=request.user)  # type: ignore[attr-defined, arg-type]
            else:
                actions.share_with_person(request.project, user=holder, level=level, by=request.user)  # type: ignore[attr-defined, arg-type]
        except Invalid as refusal:
            add_faults(form, refusal)
        else:
            messages.success(request, _("The project is shared with %(name)s.") % {"name": holder.name})
            return go(request, _url(request))
    return _page(request, 422, share_form=form)


@requires("portal.share_project", on="project")
@require_POST
def share_withdraw(request: HttpRequest, kind: str, ref: str) -> HttpResponse:
    """Take a share back."""
    holder: Any = None
    if kind == "team":
        team = Team.objects.filter(pk=_uuid(ref)).select_related("group").first()
        holder, name = (team.group, team.name) if team else (None, "")
    elif kind == "user" and ref.isdecimal():
        holder = User.objects.filter(pk=int(ref)).first()
        name = holder.name if holder else ""
    if holder is None:
        raise NotFound()
    actions.withdraw_share(request.project, holder=holder, name=name, by=request.user)  # type: ignore[attr-defined, arg-type]
    messages.success(request, _("The project is no longer shared with %(name)s.") % {"name": name})
    return go(request, _still_visible(request))


@requires("portal.share_project", on="project")
@require_POST
def confidential(request: HttpRequest) -> HttpResponse:
    """Hide the project from people who are not named on it, or open it again."""
    wanted = request.POST.get("confidential") == "true"
    actions.set_confidential(request.project, confidential=wanted, by=request.user)  # type: ignore[attr-defined, arg-type]
    text = (
        _("The project is confidential: only named and cleared people see it.") if wanted else _("The project is no longer confidential.")
    )
    messages.success(request, text)
    return go(request, _still_visible(request))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None


def _still_visible(request: HttpRequest) -> str:
    """The people page, or the portfolio for somebody who just lost sight of the project."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    actor.project_cache.clear()
    if projects_visible_to(actor, Project.objects.filter(pk=request.project.pk)).exists():  # type: ignore[attr-defined]
        return _url(request)
    return reverse("portal:portfolio", kwargs={"tenant_slug": request.tenant.slug})  # type: ignore[attr-defined]
