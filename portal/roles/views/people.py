"""The people of the organisation: list, invite, roles, end."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.access import requires
from portal.core.errors import NotFound, Refused
from portal.core.faults import put_faults
from portal.core.htmx import go, render_part
from portal.core.listing import capped, capped_counts, page_urls
from portal.core.meanwhile import ChangedMeanwhile, read_seen, seen_text, shown_again
from portal.roles import actions, queries
from portal.roles.forms import InviteForm, MemberFilterForm, MemberForm
from portal.roles.leaving import left_by
from portal.tenants.models import Invitation, Membership

INVITATIONS = 100


def _people_url(request: Any) -> str:
    return reverse("portal:people", kwargs={"tenant_slug": request.tenant.slug})


def _member(membership_id: UUID) -> Membership:
    found = Membership.objects.select_related("user", "tenant").filter(pk=membership_id).first()
    if found is None:
        raise NotFound()
    return found


def _invitation(invitation_id: UUID) -> Invitation:
    found = Invitation.objects.select_related("invited_by").filter(pk=invitation_id).first()
    if found is None:
        raise NotFound()
    return found


@requires("portal.manage_people")
def people(request: Any) -> HttpResponse:
    """Members by name with their roles, and the invitations that are open."""
    request.nav_key = "people"
    form = MemberFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    found = queries.members(q=asked.get("q", ""), role=asked.get("role", ""), ended=bool(asked.get("ended")))
    page = queries.members_page(found, after=asked.get("after", ""), before=asked.get("before", ""))
    waiting = queries.invitations_waiting(asked.get("q", ""))
    count, open_count = capped_counts(found, waiting)
    roles = list(queries.tenant_roles())
    names = {role.key: role.name for role in roles}
    invitations = [
        {
            "row": invitation,
            "roles": [names[key] for key in invitation.role_keys if key in names],
            "out_of_date": queries.is_out_of_date(invitation),
        }
        for invitation in ([] if asked.get("ended") else waiting[:INVITATIONS])
    ]
    context = {"asked": asked, "page": page, "count": capped(count), "total": count, "roles": roles, "invitations": invitations}
    context |= {"open_total": open_count, "open_count": capped(open_count)}
    context |= page_urls(request, page)
    return render_part(request, "portal/roles/people.html", "portal/roles/people_list.html", context)


@requires("portal.manage_people")
@require_http_methods(["GET", "POST"])
def invite(request: Any) -> HttpResponse:
    """Invite somebody by mail."""
    request.nav_key = "people"
    form = InviteForm(request.POST or None, initial={"language": request.tenant.language, "roles": ["contributor"]})
    open_url = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            invitation, _link = actions.invite_person(
                request.tenant, email=data["email"], name=data["name"], role_keys=data["roles"], language=data["language"], by=request.user
            )
        except Refused as refusal:
            put_faults(form, refusal)
            if refusal.code == "invited_already":
                open_url = f"{_people_url(request)}?{urlencode({'q': data['email']})}"
        else:
            messages.success(request, _("The invitation has been sent to {email}.").format(email=invitation.email))
            return go(request, _people_url(request))
    status = 422 if form.is_bound else 200
    return render(request, "portal/roles/invite.html", {"form": form, "open_url": open_url}, status=status)


@requires("portal.manage_people")
@require_POST
def resend(request: Any, invitation_id: UUID) -> HttpResponse:
    """Send a new link."""
    invitation = _invitation(invitation_id)
    actions.resend_invitation(invitation, request.tenant, by=request.user)
    messages.success(request, _("A new link has been sent to {email}; the old one no longer works.").format(email=invitation.email))
    return go(request, _people_url(request))


@requires("portal.manage_people")
@require_POST
def revoke(request: Any, invitation_id: UUID) -> HttpResponse:
    """Withdraw an invitation."""
    invitation = _invitation(invitation_id)
    actions.revoke_invitation(invitation, by=request.user)
    messages.success(request, _("The invitation of {email} has been withdrawn.").format(email=invitation.email))
    return go(request, _people_url(request))


@requires("portal.manage_people")
@require_http_methods(["GET", "POST"])
def member(request: Any, membership_id: UUID) -> HttpResponse:
    """One member: position, unit, roles, teams."""
    request.nav_key = "people"
    found = _member(membership_id)
    stored = actions.member_values(found)
    form = MemberForm(request.POST or None, initial=stored)
    seen, status = request.POST.get("seen", "") if form.is_bound else seen_text(stored), 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.change_member(
                found, title=data["title"], unit=data["unit"], role_keys=data["roles"], by=request.user, seen=read_seen(seen)
            )
        except ChangedMeanwhile as conflict:
            form, seen, status = shown_again(form, conflict), seen_text(conflict.stored), conflict.status
        except Refused as refusal:
            put_faults(form, refusal)
        else:
            messages.success(request, _("Saved. It takes effect at the person’s next click."))
            return go(request, _people_url(request))
    context = {
        "form": form,
        "seen": seen,
        "member": found,
        "teams": queries.teams_of(found.user_id),
        "is_self": found.user_id == request.user.pk,
        "judges": queries.holds_both(found),
        "left": left_by(found.user, request.actor),
    }
    return render(request, "portal/roles/member.html", context, status=status)


@requires("portal.manage_people")
@require_POST
def end(request: Any, membership_id: UUID) -> HttpResponse:
    """End a membership."""
    found = _member(membership_id)
    actions.end_member(found, by=request.user)
    messages.success(request, _("The membership of {name} has ended. What {name} did stays in the records.").format(name=found.user.name))
    return go(request, _people_url(request))


@requires("portal.manage_people")
@require_POST
def reopen(request: Any, membership_id: UUID) -> HttpResponse:
    """Take an ended membership up again."""
    found = _member(membership_id)
    actions.reopen_member(found, by=request.user)
    messages.success(request, _("{name} is a member again, without roles. Give the roles now.").format(name=found.user.name))
    return go(request, reverse("portal:member", kwargs={"tenant_slug": request.tenant.slug, "membership_id": found.pk}))
