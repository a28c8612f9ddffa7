"""Teams: make, name, fill, delete."""

from __future__ import annotations

from typing import Any
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
from portal.core.htmx import go
from portal.core.meanwhile import ChangedMeanwhile, read_seen, seen_text, shown_again
from portal.roles import actions, queries
from portal.roles.forms import TeamForm, TeamPeopleForm
from portal.roles.models import Team, TeamMember
from portal.tenants.models import Membership


def _url(request: Any, name: str, **kwargs: Any) -> str:
    return reverse(f"portal:{name}", kwargs={"tenant_slug": request.tenant.slug, **kwargs})


def _team(team_id: UUID) -> Team:
    found = Team.objects.select_related("group").filter(pk=team_id).first()
    if found is None:
        raise NotFound()
    return found


@requires("portal.manage_people")
@require_http_methods(["GET", "POST"])
def teams(request: Any) -> HttpResponse:
    """All teams, and a form for a new one."""
    request.nav_key = "people"
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            team = actions.create_team(name=form.cleaned_data["name"], by=request.user)
        except Refused as refusal:
            put_faults(form, refusal)
        else:
            messages.success(request, _("The team “{team}” has been made. Choose its people now.").format(team=team.name))
            return go(request, _url(request, "team", team_id=team.pk))
    context = {"form": form, "teams": list(queries.teams()[:500])}
    return render(request, "portal/roles/teams.html", context, status=422 if form.is_bound else 200)


@requires("portal.manage_people")
@require_http_methods(["GET", "POST"])
def team(request: Any, team_id: UUID) -> HttpResponse:
    """One team: its name (``act=name``) and its people."""
    request.nav_key = "people"
    found = _team(team_id)
    here = list(TeamMember.objects.filter(team=found).values_list("user_id", flat=True))
    naming = request.method == "POST" and request.POST.get("act") == "name"
    filling = request.method == "POST" and not naming
    name_form = TeamForm(request.POST if naming else None, initial={"name": found.name})
    people_form = TeamPeopleForm(request.POST if filling else None, initial={"people": here})
    form = name_form if naming else people_form
    # Closed accounts and people beyond the end of the list cannot be ticked; saving must not drop them.
    seen, status = request.POST.get("seen", "") if filling else seen_text({"people": here}), 422 if request.method == "POST" else 200
    unseen = set(here) - {user_id for user_id, _label in people_form.fields["people"].choices}  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            if naming:
                actions.rename_team(found, name=form.cleaned_data["name"], by=request.user)
            else:
                actions.set_team_members(found, unseen.union(form.cleaned_data["people"]), by=request.user, seen=read_seen(seen))
        except ChangedMeanwhile as conflict:
            people_form, seen, status = _both(people_form, conflict), seen_text(conflict.stored), conflict.status
        except Refused as refusal:
            put_faults(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return go(request, _url(request, "team", team_id=found.pk))
    context = {"team": found, "name_form": name_form, "people_form": people_form, "count": len(here), "unseen": len(unseen)}
    context |= {"outside": request.user.pk not in here, "seen": seen}
    return render(request, "portal/roles/team.html", context, status=status)


def _both(form: TeamPeopleForm, conflict: ChangedMeanwhile) -> TeamPeopleForm:
    """The form with both people's changes. Who is not in its list any more is named all the same."""
    gone = {*conflict.seen["people"], *conflict.stored["people"]}
    members = Membership.objects.filter(user_id__in=[key for key in gone if key.isdecimal()]).select_related("user")
    return shown_again(form, conflict, {"people": {str(one.user_id): one.user.name for one in members}})


@requires("portal.manage_people")
@require_POST
def delete(request: Any, team_id: UUID) -> HttpResponse:
    """Delete a team."""
    found = _team(team_id)
    actions.delete_team(found, by=request.user)
    messages.success(request, _("The team “{team}” has been deleted.").format(team=found.name))
    return go(request, _url(request, "teams"))
