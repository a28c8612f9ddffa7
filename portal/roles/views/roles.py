"""Roles and what they hold: the matrix, and one page for each role."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.access import requires
from portal.core.errors import Conflict, NotFound, Refused
from portal.core.faults import put_faults
from portal.core.formats import in_language
from portal.core.htmx import go
from portal.core.meanwhile import ChangedMeanwhile, merged, read_seen, seen_text, sentences
from portal.core.permissions import Permission, known
from portal.roles import actions, queries, rules
from portal.roles.actions.provisioning import default_permissions
from portal.roles.forms import NewRoleForm, RoleNameForm
from portal.roles.models import Role

APPS = {
    "portal": gettext_lazy("Projects, people and organisation"),
    "assessments": gettext_lazy("Assessment and gates"),
    "compliance": gettext_lazy("Filings and reports"),
}


def _url(request: Any, name: str, **kwargs: Any) -> str:
    return reverse(f"portal:{name}", kwargs={"tenant_slug": request.tenant.slug, **kwargs})


def _role(role_id: UUID) -> Role:
    found = Role.objects.filter(pk=role_id).first()
    if found is None:
        raise NotFound()
    return found


def _grouped(permissions: list[Permission]) -> list[tuple[Any, list[Permission]]]:
    return [(title, [permission for permission in permissions if permission.app == app]) for app, title in APPS.items()]


@requires("portal.manage_roles")
def roles(request: Any) -> HttpResponse:
    """Who may do what: permissions down, roles across, for the whole organisation or for one project."""
    request.nav_key = "roles"
    kind = Role.Kind.PROJECT if request.GET.get("kind") == Role.Kind.PROJECT else Role.Kind.TENANT
    columns = queries.role_columns(kind)
    groups = [
        (title, [{"permission": permission, "cells": [permission.name in column.held for column in columns]} for permission in permissions])
        for title, permissions in _grouped(rules.offered(kind))
    ]
    base = _url(request, "roles")
    tabs = [
        {"label": _("Whole organisation"), "url": base, "active": kind == Role.Kind.TENANT},
        {"label": _("In one project"), "url": f"{base}?kind=project", "active": kind == Role.Kind.PROJECT},
    ]
    return render(request, "portal/roles/roles.html", {"kind": kind, "columns": columns, "groups": groups, "tabs": tabs})


@requires("portal.manage_roles")
@require_http_methods(["GET", "POST"])
def new(request: Any) -> HttpResponse:
    """Make a custom role, empty or as a copy."""
    request.nav_key = "roles"
    source = _copied(request)
    initial = {"kind": source.kind if source else request.GET.get("kind", Role.Kind.TENANT), "copy_of": source.pk if source else None}
    form = NewRoleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            role = actions.create_role(kind=data["kind"], name_zh=data["name_zh"], name_en=data["name_en"], copy_of=source, by=request.user)
        except Refused as refusal:
            put_faults(form, refusal)
        else:
            messages.success(request, _("The role has been made. Choose what it may do."))
            return go(request, _url(request, "role", role_id=role.pk))
    return render(request, "portal/roles/role_new.html", {"form": form, "source": source}, status=422 if form.is_bound else 200)


def _copied(request: Any) -> Role | None:
    text = request.POST.get("copy_of") or request.GET.get("copy_of") or ""
    try:
        return Role.objects.filter(pk=UUID(text)).first() if text else None
    except ValueError:
        return None


@requires("portal.manage_roles")
@require_http_methods(["GET", "POST"])
def role(request: Any, role_id: UUID) -> HttpResponse:
    """One role: its names (``act=name``) and its permissions."""
    request.nav_key = "roles"
    found = _role(role_id)
    held = set(found.held.values_list("permission", flat=True))
    seen = seen_text({"permissions": held})
    name_form = RoleNameForm(initial={"name_zh": found.name_zh, "name_en": found.name_en})
    refused: Refused | None = None
    if request.method == "POST":
        try:
            if request.POST.get("act") == "name":
                name_form = RoleNameForm(request.POST)
                if name_form.is_valid():
                    actions.rename_role(found, **name_form.cleaned_data, by=request.user)
            else:
                held, seen = set(request.POST.getlist("permissions")), request.POST.get("seen", "")
                actions.set_permissions(found, held, by=request.user, seen=read_seen(seen))
        except ChangedMeanwhile as conflict:
            refused = _meanwhile(conflict, held)
            held, seen = set(merged(conflict, {"permissions": held})["permissions"]), seen_text(conflict.stored)
        except Refused as refusal:
            if name_form.is_bound:
                put_faults(name_form, refusal)
            else:
                refused = refusal
        if not refused and not name_form.errors:
            messages.success(request, _("Saved. It takes effect at everybody’s next click."))
            return go(request, _url(request, "role", role_id=found.pk))
    context = {
        "role": found,
        "name_form": name_form,
        "seen": seen,
        "refused": refused,
        "own": rules.why_not_widen(found, request.user),
        "stays": "" if found.builtin else rules.why_not_delete(found),
        "groups": [
            (title, [_line(found, permission, held) for permission in group]) for title, group in _grouped(rules.offered(found.kind))
        ],
        "limit": rules.why_limited(found, held),
        "people": found.member_links.filter(membership__active=True).count(),
        "changed": found.builtin and held != default_permissions(found.kind, found.key),
    }
    status = 200 if request.method != "POST" else 409 if isinstance(refused, Conflict) and refused.code == ChangedMeanwhile.code else 422
    return render(request, "portal/roles/role.html", context, status=status)


def _meanwhile(conflict: ChangedMeanwhile, typed: set[str]) -> Conflict:
    """The refusal with a line for what was changed meanwhile, in the words of the page."""
    names = {name: in_language(permission.label) for name, permission in known().items()}
    lines = sentences(conflict, {"permissions": typed}, {"permissions": _("Permissions")}, {"permissions": names})
    return Conflict(conflict.message, code=conflict.code, fields={"permissions": lines})


def _line(role: Role, permission: Permission, held: set[str]) -> dict[str, Any]:
    on = permission.name in held
    kept = on and rules.why_not_drop(role, permission)
    refused = not on and rules.why_not_hold(role, permission, held | {permission.name})
    return {"permission": permission, "on": on, "kept": kept, "refused": refused}


@requires("portal.manage_roles")
@require_POST
def reset(request: Any, role_id: UUID) -> HttpResponse:
    """Put a built-in role back."""
    found = _role(role_id)
    actions.reset_role(found, by=request.user)
    messages.success(request, _("The role holds again what it holds in a new organisation."))
    return go(request, _url(request, "role", role_id=found.pk))


@requires("portal.manage_roles")
@require_POST
def delete(request: Any, role_id: UUID) -> HttpResponse:
    """Delete a custom role."""
    found = _role(role_id)
    actions.delete_role(found, by=request.user)
    messages.success(request, _("The role has been deleted."))
    return go(request, f"{_url(request, 'roles')}?kind={found.kind}")
