"""Pages of facts: the form, the difference before saving, both values when somebody else was faster."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.catalogue import Catalogue
from portal.catalogue.parts.facts import Fact
from portal.catalogue.words import say_fact_value
from portal.core.access import requires
from portal.core.errors import Invalid, NotAllowed, NotFound
from portal.core.htmx import go, is_part
from portal.projects.access import may_on_project
from portal.projects.facts import actions, dictionary, pages
from portal.projects.facts.controls import Typed, fill_in, read_form
from portal.projects.facts.following import LISTED, plan_following
from portal.projects.facts.grouping import counts_in_words, grouped_effects
from portal.projects.facts.parts import EDIT, EDIT_ORGANISATION, adds_up, is_yearly, parts_of
from portal.projects.facts.relevance import settled_questions
from portal.projects.models import Project


class Place:
    """Where the facts belong: a project, or the organisation. One set of pages serves both."""

    def __init__(self, request: Any, project: Project | None) -> None:
        self.request, self.project = request, project
        self.content: Catalogue = dictionary.content_of(project)
        self.scope = "project" if project is not None else "organisation"
        self.facts = {fact.id: fact for fact in dictionary.asked(self.content, self.scope)}
        self.may_edit = may_on_project(request.actor, EDIT, project) if project is not None else request.actor.may(EDIT_ORGANISATION)

    def url(self, name: str, **more: Any) -> str:
        """Address of a page of this place."""
        where = {"project_id": self.project.pk} if self.project is not None else {}
        prefix = "project" if self.project is not None else "organisation"
        return reverse(f"portal:{prefix}_{name}", kwargs={"tenant_slug": self.request.tenant.slug, **where, **more})

    def context(self, **more: Any) -> dict[str, Any]:
        """What all pages of this place need."""
        return {
            "place": self,
            "tab": "overview",
            "frame_template": "portal/projects/frame.html" if self.project is not None else "portal/projects/facts/organisation_frame.html",
            "facts_url": self.url("facts"),
            "preview_url": self.url("facts_preview"),
            "may_edit": self.may_edit,
            "disclaimer": pages.disclaimer(self.content),
            **more,
        }


@require_http_methods(["GET", "HEAD", "POST"])
@requires("portal.view_project", on="project")
def project_facts(request: Any) -> HttpResponse:
    """The facts of a project; a POST first shows what it would change, then saves."""
    return _facts(Place(request, request.project))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(EDIT_ORGANISATION, any_of=("portal.view_all_projects",))
def organisation_facts(request: Any) -> HttpResponse:
    """The facts of the organisation, answered once for all projects."""
    return _facts(Place(request, None))


def _facts(place: Place) -> HttpResponse:
    if place.request.method != "POST":
        return _form(place)
    if not place.may_edit:
        raise NotAllowed(_("Your role does not include answering these facts."))
    typed = read_form(place.facts.values(), place.request.POST)
    _drop_theirs(place, typed)
    try:
        if place.request.POST.get("edit"):
            return _form(place, typed)
        if not typed:
            messages.info(place.request, _("Nothing was changed."))
            return go(place.request, place.url("facts"))
        return _save(place, typed) if place.request.POST.get("confirm") else _review(place, typed)
    except actions.StaleFacts as stale:
        return _conflict(place, typed, stale)
    except Invalid as refusal:
        return _form(place, typed, refusal.detail.get("fields", {}), status=422)


def _drop_theirs(place: Place, typed: Typed) -> None:
    """Facts for which the person keeps the other answer are left alone."""
    for name in list(typed.values):
        if place.request.POST.get(f"keep-{name}") == "theirs":
            del typed.values[name]


def _form(place: Place, typed: Typed | None = None, faults: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    controls = pages.controls_for(place.project, place.content)
    if typed is not None:
        fill_in(controls, typed.values, faults or {}, typed.sources)
    context = place.context(**pages.form_context(place.project, place.content, controls), changed=bool(typed))
    return render(place.request, "portal/projects/facts/form.html", context, status=status)


def _review(place: Place, typed: Typed) -> HttpResponse:
    """The difference, before anything is written. Sources alone lead to nothing and are saved at once."""
    sourced = actions.refuse_stale(place.project, place.content, typed.values, typed.versions, place.scope, typed.sources)
    more: dict[str, Any]
    if place.project is not None:
        plan = actions.plan_facts(place.project, typed.values)
        changed, more = plan.changed, {"effects": grouped_effects(plan.effects)}
    else:
        changed = actions.plan_organisation(typed.values)
        found = plan_following(changed, place.request.actor)
        projects = [{"project": one.project, "groups": grouped_effects(one.effects)} for one in found.projects]
        more = {"plan": found, "counts": counts_in_words(found.counts), "projects": projects, "listed": LISTED, "over_projects": True}
    if sourced and not changed:
        return _save(place, typed)
    if not changed:
        messages.info(place.request, _("Nothing was changed."))
        return go(place.request, place.url("facts"))
    changes = pages.changes_in_words(place.content, changed, typed.sources, sourced)
    context = place.context(changes=changes, hidden=pages.hidden_fields(place.facts, typed), **more)
    return render(place.request, "portal/projects/facts/review.html", context)


def _save(place: Place, typed: Typed) -> HttpResponse:
    by = place.request.user
    if place.project is not None:
        changed = actions.save_facts(place.project, typed.values, by=by, versions=typed.versions, sources=typed.sources)
    else:
        changed = actions.save_organisation_facts(typed.values, by=by, versions=typed.versions, sources=typed.sources)
    sentence = ngettext("%(n)d fact saved.", "%(n)d facts saved.", len(changed)) % {"n": len(changed)}
    if place.project is None and changed:
        sentence += " " + _("The projects follow in the background.")
    messages.success(place.request, sentence if changed else _("The sources are saved; no answer was changed."))
    return go(place.request, place.url("facts"))


def _conflict(place: Place, typed: Typed, stale: actions.StaleFacts) -> HttpResponse:
    """Both answers side by side; everything else that was typed travels along."""
    rows = [
        {
            "fact": clash.fact,
            "yours": say_fact_value(clash.fact, clash.yours),
            "theirs": say_fact_value(clash.fact, clash.theirs),
            "your_source": clash.your_source,
            "their_source": clash.their_source,
            "who": clash.who,
            "at": clash.at,
        }
        for clash in stale.detail["conflicts"]
    ]
    for clash in stale.detail["conflicts"]:
        typed.versions[clash.fact.id] = clash.version
        typed.was[clash.fact.id] = json.dumps(clash.theirs, ensure_ascii=False)
        typed.was_sources[clash.fact.id] = clash.their_source
    context = place.context(rows=rows, hidden=pages.hidden_fields(place.facts, typed))
    return render(place.request, "portal/projects/facts/conflict.html", context, status=409)


@require_POST
@requires(EDIT, on="project")
def project_facts_preview(request: Any) -> HttpResponse:
    """What the changes in the form would lead to, while they are typed; writes nothing."""
    return _preview(Place(request, request.project))


@require_POST
@requires(EDIT_ORGANISATION)
def organisation_facts_preview(request: Any) -> HttpResponse:
    """How many changes there are, while they are typed; the difference over projects is worked out on the next page."""
    return _preview(Place(request, None))


def _preview(place: Place) -> HttpResponse:
    typed = read_form(place.facts.values(), place.request.POST)
    context: dict[str, Any] = {"count": len(typed.values), "place": place}
    after: Any = None
    try:
        if typed and place.project is not None:
            plan = actions.plan_facts(place.project, typed.values)
            context["groups"] = grouped_effects(plan.effects)
            after = plan.after
        elif typed:
            after = {**actions.current_values(None), **actions.cleaned_values(place.content, typed.values, place.scope)}
    except Invalid as refusal:
        context["faults"] = refusal.detail.get("fields", {})
    if after is None:
        after = actions.current_values(place.project)
    context["settled"] = sorted(settled_questions(place.content, after))
    return render(place.request, "portal/projects/facts/preview.html", context)


@require_GET
@requires("portal.view_project", on="project")
def project_fact(request: Any, fact: str) -> HttpResponse:
    """One fact of a project: what reads it, and what was answered when."""
    return _fact(Place(request, request.project), fact)


@require_GET
@requires(EDIT_ORGANISATION, any_of=("portal.view_all_projects",))
def organisation_fact(request: HttpRequest, fact: str) -> HttpResponse:
    """One fact of the organisation: what reads it, and what was answered when."""
    return _fact(Place(request, None), fact)


def _fact(place: Place, name: str) -> HttpResponse:
    return show_fact(place, name)


def show_fact(
    place: Place,
    name: str,
    *,
    typed: dict[str, str] | None = None,
    faults: dict[str, Any] | None = None,
    clash: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of one fact; of a count with its parts. ``typed``: what a person gave for the own part and that was not saved."""
    found = place.content.facts.get(name)
    if found is None or (place.project is None and found.scope != "organisation"):
        raise NotFound()
    owner = place.project if found.scope == "project" else None
    context = place.context(
        fact=found,
        state=pages.state_of(place.project, place.content, found),
        uses=pages.uses_with_urls(place.request, place.project, place.content, found),
        entries=pages.fact_history(owner, found),
        adds_up=adds_up(found),
    )
    context["words"] = say_fact_value(found, context["state"].value)
    if is_part(place.request):
        return render(place.request, "portal/projects/facts/fact_more.html", context)
    if context["adds_up"]:
        context |= _parts(place, found, typed, faults or {}, clash)
    return render(place.request, "portal/projects/facts/fact.html", context, status=status)


def _parts(place: Place, fact: Fact, typed: dict[str, str] | None, faults: dict[str, Any], clash: str) -> dict[str, Any]:
    found = parts_of(fact, place.project, place.request.actor)
    own = found.own
    given = (
        typed
        if typed is not None
        else {"value": "" if own is None or own.value is None else own.value, "source": own.source if own else ""}
    )
    version = own.version if own is not None else 0
    return {
        "parts": found,
        "part": {**given, "version": given.get("version", version) if not clash else version},
        "part_faults": faults.get("value", []),
        "part_clash": clash,
        "part_url": place.url("part", fact=fact.id),
        "yearly": is_yearly(fact),
    }
