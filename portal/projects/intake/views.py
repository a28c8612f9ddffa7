"""The wizard for a new project. Each step is kept as it is typed; going on checks it; registering happens once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from uuid_utils.compat import uuid7

from portal.core.access import requires
from portal.core.errors import Invalid, NotFound
from portal.core.formats import in_language
from portal.core.htmx import go, is_autosave, with_version
from portal.projects.access import projects_visible_to
from portal.projects.facts import dictionary
from portal.projects.facts.controls import NONE_OF_THESE, read_field
from portal.projects.facts.grouping import grouped_effects
from portal.projects.facts.pages import disclaimer
from portal.projects.forms import member_choices
from portal.projects.intake import drafts, pages
from portal.projects.intake.forms import BasicsForm, PeopleForm
from portal.projects.intake.steps import ORDER, STEPS, all_asked, next_step, previous_step
from portal.projects.models import IntakeDraft, Project
from portal.projects.queries import units_of

CREATE = "portal.create_project"
_BASICS = (
    "name_zh",
    "name_en",
    "purpose",
    "scenario",
    "unit",
    "owner",
    "sponsor",
    "target_launch",
    "budget",
    "code",
    "confidential",
)


@require_GET
@requires(CREATE)
def intake(request: Any) -> HttpResponse:
    """Own drafts to continue; without any the wizard begins at once. Nothing is written by opening it."""
    open_drafts = list(drafts.own_drafts(request.user)[: drafts.MOST_DRAFTS])
    if open_drafts and not request.GET.get("new"):
        rows = [{"draft": draft, "name": _name(draft), "url": _url(request, draft.pk, draft.step)} for draft in open_drafts]
        return render(request, "portal/projects/intake/drafts.html", {"rows": rows, "steps": STEPS})
    return redirect(_url(request, uuid7(), ORDER[0]))


def _name(draft: IntakeDraft) -> str:
    basics = draft.data.get("basics", {})
    names = {"zh": basics.get("name_zh") or basics.get("name_en", ""), "en": basics.get("name_en") or basics.get("name_zh", "")}
    return in_language(names)


def _url(request: Any, draft_id: UUID, step: str) -> str:
    return reverse("portal:intake_step", kwargs={"tenant_slug": request.tenant.slug, "draft_id": draft_id, "step": step})


class _Wizard:
    """One request on one step of one draft."""

    def __init__(self, request: Any, draft_id: UUID, step: str) -> None:
        if step not in STEPS:
            raise NotFound()
        self.request, self.draft_id, self.step = request, draft_id, step
        self.content = dictionary.content_of(None)
        self.draft = drafts.find_draft(request.actor, draft_id)
        self.unkept: dict[str, Any] | None = None

    @property
    def data(self) -> dict[str, Any]:
        """Everything kept so far, and on this step what was typed where it could not be kept."""
        kept = self.draft.data if self.draft is not None else {}
        return {**kept, self.step: self.unkept} if self.unkept is not None else kept

    def typed(self) -> dict[str, Any]:
        """What the form of this step holds, as typed."""
        post = self.request.POST
        if self.step == "basics":
            return {name: post.get(name, "") for name in _BASICS if name in post or name != "confidential"}
        if self.step == "people":
            return {name.removeprefix("role-"): value for name, value in post.items() if name.startswith("role-")}
        if self.step == "facts":
            return self._typed_facts()
        return {}

    def _typed_facts(self) -> dict[str, Any]:
        """Facts of the form over those kept before: the short page must not lose what the long one holds."""
        before = self.data.get("facts", {})
        values, sources = dict(before.get("values", {})), dict(before.get("sources", {}))
        for fact in all_asked(self.content):
            if f"was-{fact.id}" not in self.request.POST:
                continue
            raw = read_field(fact, self.request.POST)
            values.pop(fact.id, None)
            if raw not in (None, "", "unknown"):
                values[fact.id] = raw
            source = self.request.POST.get(f"s-{fact.id}", "").strip()
            sources.pop(fact.id, None)
            if source:
                sources[fact.id] = source[:300]
        return {"values": values, "sources": sources}

    def keep(self) -> IntakeDraft:
        """Keep what was typed. Raises StaleDraft."""
        version = self.request.POST.get("version", "0")
        self.draft = drafts.keep_step(
            self.request.actor, self.draft_id, self.step, self.typed(), version=int(version) if version.isdecimal() else 0
        )
        return self.draft

    def context(self, **more: Any) -> dict[str, Any]:
        """What every step shows."""
        position = ORDER.index(self.step)
        steps = [
            {
                "key": key,
                "label": label,
                "url": _url(self.request, self.draft_id, key) if self.draft is not None else "",
                "done": ORDER.index(key) < position,
                "current": key == self.step,
            }
            for key, label in STEPS.items()
        ]
        return {
            "steps": steps,
            "step": self.step,
            "draft": self.draft,
            "draft_id": self.draft_id,
            "version": self.draft.version if self.draft is not None else 0,
            "action": _url(self.request, self.draft_id, self.step),
            "back_url": _url(self.request, self.draft_id, back) if (back := previous_step(self.step)) else "",
            "disclaimer": disclaimer(self.content),
            **more,
        }


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CREATE)
def intake_step(request: Any, draft_id: UUID, step: str) -> HttpResponse:
    """One step: shown, kept while it is typed, checked when the person goes on."""
    wizard = _Wizard(request, draft_id, step)
    if wizard.draft is not None and wizard.draft.project is not None:
        return _registered(request, wizard.draft.project)
    if wizard.draft is None and step != ORDER[0]:
        return redirect(_url(request, draft_id, ORDER[0]))
    if request.method != "POST":
        return _show(wizard)
    try:
        if step != "review":
            wizard.keep()
    except drafts.StaleDraft as stale:
        return _stale(wizard, stale)
    if is_autosave(request):
        return _kept(wizard)
    if step == "review":
        return _register(wizard)
    if request.POST.get("go") == "all":
        return go(request, f"{_url(request, draft_id, step)}?all=1")
    if request.POST.get("go") == "back":
        return go(request, _url(request, draft_id, previous_step(step) or step))
    return _show(wizard, check=True) if _faulty(wizard) else go(request, _url(request, draft_id, next_step(step)))


def _faulty(wizard: _Wizard) -> bool:
    if wizard.step == "basics":
        return not _basics(wizard, check=True).is_valid()
    if wizard.step == "facts":
        return bool(drafts.usable_facts(wizard.content, wizard.data)[1])
    return False


def _show(wizard: _Wizard, *, check: bool = False, status: int | None = None, **more: Any) -> HttpResponse:
    builders = {"basics": _basics_context, "facts": _facts_context, "people": _people_context, "review": _review_context}
    context = wizard.context(**builders[wizard.step](wizard, check), **more)
    response = render(wizard.request, f"portal/projects/intake/{wizard.step}.html", context, status=status or (422 if check else 200))
    return response


def _basics(wizard: _Wizard, *, check: bool) -> BasicsForm:
    kept = wizard.data.get("basics")
    initial = {"owner": str(wizard.request.user.pk)}
    options: dict[str, Any] = {"content": wizard.content, "people": member_choices()}
    return BasicsForm(kept, **options) if check and kept is not None else BasicsForm(initial=kept or initial, **options)


def _basics_context(wizard: _Wizard, check: bool) -> dict[str, Any]:
    return {"form": _basics(wizard, check=check), "units": units_of(wizard.request.actor), "currency": wizard.request.tenant.currency}


def _facts_context(wizard: _Wizard, check: bool) -> dict[str, Any]:
    everything = bool(wizard.request.GET.get("all"))
    outlook = pages.Outlook(wizard.content, wizard.data)
    controls = pages.fact_controls(wizard.content, wizard.data, outlook, everything=everything)
    return {
        "groups": pages.fact_groups(wizard.content, controls),
        "everything": everything,
        "more": len(all_asked(wizard.content)) - len(controls),
        "faults": [control for control in controls if control.errors] if check else [],
        "may_edit": True,
        "currency": wizard.request.tenant.currency,
        "none": NONE_OF_THESE,
        **outlook.side(),
    }


def _people_context(wizard: _Wizard, check: bool) -> dict[str, Any]:
    roles = {key: role for key, role in wizard.content.roles.items() if not role.read_only}
    kept = wizard.data.get("people")
    suggested = pages.suggested_people(wizard.content, wizard.data) if kept is None else {}
    initial = {f"role-{key}": value for key, value in (kept or {}).items()}
    form = PeopleForm(initial=initial or None, roles=roles, people=member_choices(), suggested=suggested)
    people = drafts.chosen_people({"people": kept if kept is not None else suggested})
    return {
        "form": form,
        "suggested": bool(suggested),
        "notes": pages.people_notes(wizard.content, people, wizard.data.get("basics", {}).get("owner", "")),
    }


def _review_context(wizard: _Wizard, check: bool) -> dict[str, Any]:
    outlook = pages.Outlook(wizard.content, wizard.data)
    groups = {group.key: group for group in grouped_effects(outlook.lines)}
    choices = member_choices()
    form = BasicsForm(wizard.data.get("basics", {}), content=wizard.content, people=choices)
    form.is_valid()
    people, names = drafts.chosen_people(wizard.data), dict(choices)
    return {
        "basics": {name: _said(form, name) for name in _BASICS},
        "basics_faults": form.errors,
        "fact_faults": outlook.faults,
        "answers": pages.answers_in_words(wizard.content, outlook),
        "people": [
            {"role": in_language(wizard.content.roles[role].name), "name": names[str(user)]}
            for role, user in people.items()
            if role in wizard.content.roles and str(user) in names
        ],
        "notes": pages.people_notes(wizard.content, people, wizard.data.get("basics", {}).get("owner", "")),
        "tier": outlook.tier,
        "deciding": [wizard.content.facts[name] for name in dict.fromkeys(outlook.deciding)],
        "dimensions": groups.get("dimensions"),
        "gates": groups.get("gates"),
        "effects": [groups[key] for key in ("stops", "filings", "undetermined") if key in groups],
        "currency": wizard.request.tenant.currency,
    }


def _said(form: BasicsForm, name: str) -> Any:
    value = form.data.get(name, "")
    choices = dict(getattr(form.fields[name], "choices", ()) or ())
    return choices.get(value, value) if value else ""


def _kept(wizard: _Wizard) -> HttpResponse:
    """Answer to autosave: the version, and beside the facts what they lead to so far."""
    if wizard.step == "facts":
        outlook = pages.Outlook(wizard.content, wizard.data)
        response = render(wizard.request, "portal/projects/intake/side.html", {**outlook.side(), "disclaimer": disclaimer(wizard.content)})
    elif wizard.step == "people":
        people = drafts.chosen_people(wizard.data)
        notes = pages.people_notes(wizard.content, people, wizard.data.get("basics", {}).get("owner", ""))
        response = render(wizard.request, "portal/projects/intake/people_notes.html", {"notes": notes})
    else:
        response = HttpResponse("")
    assert wizard.draft is not None  # noqa: S101 - kept a moment ago
    return with_version(response, wizard.draft.version)


def _stale(wizard: _Wizard, stale: drafts.StaleDraft) -> HttpResponse:
    current: IntakeDraft = stale.detail["draft"]
    if is_autosave(wizard.request):
        response = render(wizard.request, "portal/projects/intake/stale_part.html", {"at": current.updated_at}, status=409)
        return with_version(response, current.version)
    wizard.draft, wizard.unkept = current, wizard.typed()
    return _show(wizard, status=409, stale=True)


def _register(wizard: _Wizard) -> HttpResponse:
    request = wizard.request
    try:
        project = drafts.register_draft(wizard.draft_id, by=request.actor)
    except Invalid as refusal:
        step = refusal.detail.get("step", "basics")
        wizard.step = step
        for sentences in refusal.detail.get("fields", {}).values():
            messages.error(request, " ".join(str(sentence) for sentence in sentences))
        return _show(wizard, check=True)
    messages.success(request, _("{code} is registered.").format(code=project.code))
    return _registered(request, project)


def _registered(request: Any, project: Project) -> HttpResponse:
    """To the project, or to the portfolio when the person registered it for others and may not see it."""
    slug = request.tenant.slug
    if projects_visible_to(request.actor, Project.objects.filter(pk=project.pk)).exists():
        return go(request, reverse("portal:project", kwargs={"tenant_slug": slug, "project_id": project.pk}))
    messages.info(request, _("It belongs to others now: you will see it when you are named in it."))
    return go(request, reverse("portal:portfolio", kwargs={"tenant_slug": slug}))


@require_POST
@requires(CREATE)
def intake_discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    draft = drafts.find_draft(actor, draft_id)
    if draft is not None:
        drafts.discard_draft(draft, by=actor.user)
        messages.success(request, _("The draft is discarded."))
    return go(request, reverse("portal:portfolio", kwargs={"tenant_slug": request.tenant.slug}))  # type: ignore[attr-defined]
