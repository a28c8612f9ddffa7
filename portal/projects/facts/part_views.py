"""The part of a project, or of the organisation itself, in a count that adds up: first what the new sum leads to, then saved."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.core.access import requires
from portal.core.errors import Conflict, Invalid
from portal.core.htmx import go
from portal.projects.facts import pages, parts
from portal.projects.facts.following import LISTED, plan_following
from portal.projects.facts.grouping import counts_in_words, grouped_effects
from portal.projects.facts.views import EDIT, EDIT_ORGANISATION, Place, show_fact


@require_POST
@requires(EDIT, on="project")
def project_part(request: Any, fact: str) -> HttpResponse:
    """The part of a project."""
    return _part(Place(request, request.project), fact)


@require_POST
@requires(EDIT_ORGANISATION)
def organisation_part(request: Any, fact: str) -> HttpResponse:
    """People outside all projects, less those who would count twice."""
    return _part(Place(request, None), fact)


def _part(place: Place, name: str) -> HttpResponse:
    post = place.request.POST
    typed = {key: post.get(key, "") for key in ("value", "source", "version")}
    if post.get("edit"):
        return show_fact(place, name, typed=typed)
    try:
        version = int(typed["version"])
    except ValueError:
        raise Invalid(_("This page is out of date. Load it again.")) from None
    try:
        changed = parts.plan_part(place.project, name, typed["value"])
        if changed and not post.get("confirm"):
            return _review(place, name, typed, changed)
        parts.save_part(place.project, name, typed["value"], source=typed["source"], version=version, by=place.request.actor)
    except Invalid as refusal:
        return show_fact(place, name, typed=typed, faults=refusal.detail.get("fields", {}), status=422)
    except Conflict as refusal:
        return show_fact(place, name, typed=typed, clash=str(refusal), status=409)
    messages.success(place.request, _("The part is saved.") + (" " + _("The projects follow in the background.") if changed else ""))
    return go(place.request, place.url("fact", fact=name))


def _review(place: Place, name: str, typed: dict[str, str], changed: dict[str, Any]) -> HttpResponse:
    found = plan_following(changed, place.request.actor)
    projects = [{"project": one.project, "groups": grouped_effects(one.effects)} for one in found.projects]
    context = place.context(
        changes=pages.changes_in_words(place.content, changed, {}, {}),
        hidden=list(typed.items()),
        plan=found,
        counts=counts_in_words(found.counts),
        projects=projects,
        listed=LISTED,
        over_projects=True,
        review_url=place.url("part", fact=name),
        discard_url=place.url("fact", fact=name),
    )
    return render(place.request, "portal/projects/facts/review.html", context)
