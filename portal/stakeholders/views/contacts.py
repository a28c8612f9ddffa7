"""The directory of people and bodies outside the organisation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.access import MEMBER, requires
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.htmx import go, render_part
from portal.core.listing import capped, capped_counts, keyset_page
from portal.projects.access import projects_visible_to
from portal.projects.forms import add_faults
from portal.projects.portfolio.chips import query_with
from portal.stakeholders import actions
from portal.stakeholders.forms import ContactForm
from portal.stakeholders.models import Contact, Stakeholder
from portal.stakeholders.queries import ORDER, PAGE_SIZE, contacts_of


def _home(request: HttpRequest) -> str:
    return reverse("portal:contacts", kwargs={"tenant_slug": request.tenant.slug})  # type: ignore[attr-defined]


@requires(MEMBER)
@require_GET
def contacts(request: HttpRequest) -> HttpResponse:
    """Everybody outside the organisation whom a project names, by name."""
    request.nav_key = "stakeholders"  # type: ignore[attr-defined]
    actor: Any = request.actor  # type: ignore[attr-defined]
    rows = contacts_of(actor, request.GET.get("q", ""))
    page = keyset_page(rows, ORDER, size=PAGE_SIZE, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    (found,) = capped_counts(rows)
    context = {
        "rows": page.rows,
        "summary": ngettext("%(n)s contact", "%(n)s contacts", found) % {"n": capped(found)},
        "previous_url": query_with(request.GET, before=page.previous) if page.previous else "",
        "next_url": query_with(request.GET, after=page.next) if page.next else "",
        "may_edit": actor.may("portal.edit_stakeholders"),
        "searched": bool(request.GET.get("q", "").strip()),
    }
    return render_part(request, "portal/stakeholders/contacts.html", "portal/stakeholders/contacts_list.html", context)


@requires("portal.edit_stakeholders")
@require_http_methods(["GET", "POST"])
def contact_new(request: HttpRequest) -> HttpResponse:
    """Add somebody."""
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            contact = actions.create_contact(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Invalid as refusal:
            add_faults(form, refusal)
        else:
            messages.success(request, _("%(name)s is in the directory now.") % {"name": contact.name})
            return go(request, _home(request))
    return _form(request, form)


def _form(request: HttpRequest, form: ContactForm, contact: Contact | None = None, *, status: int = 0, **more: Any) -> HttpResponse:
    request.nav_key = "stakeholders"  # type: ignore[attr-defined]
    context = {"form": form, "contact": contact, "back": _home(request), **more}
    return render(request, "portal/stakeholders/contact.html", context, status=status or (422 if form.is_bound else 200))


@requires(MEMBER)
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """One contact: for everybody to read with the projects they may see, for some to change."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    found = Contact.objects.filter(pk=contact_id).first()
    if found is None:
        raise NotFound()
    may_edit = actor.may("portal.edit_stakeholders")
    if request.method == "POST" and not may_edit:
        raise NotAllowed(_("Your role does not include this. Ask the administrator of your organisation."))
    values = {name: getattr(found, name) for name in ContactForm.base_fields}
    form = ContactForm(request.POST if request.method == "POST" else None, initial=values)
    sent = request.POST.get("version", "0")
    more: dict[str, Any] = {"version": sent if form.is_bound else found.version}
    if form.is_valid():
        try:
            actions.edit_contact(found, by=actor.user, version=int(sent) if sent.isdecimal() else 0, **form.cleaned_data)
        except Invalid as refusal:
            add_faults(form, refusal)
        except Conflict as conflict:
            pairs = conflict.detail["differences"].items()
            lines = [{"label": form.fields[name].label, "yours": yours, "stored": stored} for name, (yours, stored) in pairs]
            more = {"version": conflict.detail["version"], "differences": lines, "status": 409}
        else:
            messages.success(request, _("The contact is saved."))
            return go(request, _home(request))
    parts = (
        Stakeholder.objects.filter(contact=found, project__in=projects_visible_to(actor))
        .select_related("project")
        .order_by("project__code")[:100]
    )
    used = Stakeholder.objects.filter(contact=found).exists()
    return _form(request, form, found, may_edit=may_edit, parts=parts, used=used, **more)


@requires("portal.edit_stakeholders")
@require_POST
def contact_delete(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Delete somebody no project names."""
    found = Contact.objects.filter(pk=contact_id).first()
    if found is None:
        raise NotFound()
    try:
        actions.delete_contact(found, by=request.user)  # type: ignore[arg-type]
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return go(request, reverse("portal:contact", kwargs={"tenant_slug": request.tenant.slug, "contact_id": contact_id}))  # type: ignore[attr-defined]
    messages.success(request, _("%(name)s is no longer in the directory.") % {"name": found.name})
    return go(request, _home(request))
