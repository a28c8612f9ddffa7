"""The page of the organisation's own time limits, beside the calendar."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from compliance.clocks.actions.ruling import MOST, remove_rule, save_rule
from compliance.clocks.limits import SUPPLEMENT
from compliance.clocks.models import ClockRule, FilingClock
from compliance.clocks.words import event_word, name_of
from compliance.holidays.actions import EDIT, may_edit
from portal.catalogue import Catalogue, Text, catalogue
from portal.core.access import requires
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.formats import in_language as tr
from portal.core.htmx import go

_VIEW = "compliance.view_filings"


class RuleForm(forms.Form):
    """One own rule."""

    title = forms.CharField(label=_l("Name of the rule"), max_length=120)
    regime = forms.ChoiceField(label=_l("Filing"), required=False)
    event = forms.ChoiceField(label=_l("Event"))
    direction = forms.ChoiceField(label=_l("Before or after the event"), choices=ClockRule.Direction.choices)
    n = forms.IntegerField(label=pgettext_lazy("time limit", "How many"), min_value=0, max_value=MOST)
    unit = forms.ChoiceField(label=pgettext_lazy("time limit", "Unit of time"), choices=ClockRule.Unit.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        content = catalogue()
        named = sorted((tr(entry.name), name) for name, entry in content.filings.items())
        self.fields["regime"].choices = [("", _("Every filing with this event")), *((name, label) for label, name in named)]  # type: ignore[attr-defined]
        known = {clock.event for entry in content.filings.values() for clock in entry.clocks}
        events = [name for name in content.vocabularies["events"].choices if name in known]
        words = [(name, tr(event_word(content, name))) for name in [*events, SUPPLEMENT]]
        self.fields["event"].choices = words  # type: ignore[attr-defined]


def _said(content: Catalogue, rule: ClockRule) -> Text:
    """The rule as a sentence, like the limits it starts."""
    limit = FilingClock(event=rule.event, action=rule.action, direction=rule.direction, n=rule.n, unit=rule.unit, counted={})
    return name_of(content, limit)


def _rows() -> list[dict[str, Any]]:
    content, found = catalogue(), []
    for rule in ClockRule.objects.select_related("entered_by").order_by("-active", "event", "regime"):
        entry = content.filings.get(rule.regime)
        found.append(
            {
                "rule": rule,
                "filing": tr(entry.name) if entry else rule.regime or _("Every filing with this event"),
                "text": tr(_said(content, rule)),
            }
        )
    return found


def _url(request: Any, rule: ClockRule | None = None, act: str = "") -> str:
    given: dict[str, Any] = {"tenant_slug": request.tenant.slug}
    if rule is not None:
        return reverse("compliance:clock_rule_act", kwargs={**given, "rule_id": rule.pk, "act": act})
    return reverse(f"compliance:clock_rule{act or 's'}", kwargs=given)


def _show(request: Any, *, status: int = 200, form: RuleForm | None = None, edited: ClockRule | None = None) -> HttpResponse:
    request.nav_key = "calendar"
    rows = _rows()
    edits = may_edit(request.actor)
    for row in rows:
        rule = row["rule"]
        mine = edited is not None and rule.pk == edited.pk
        initial = {name: getattr(rule, name) for name in ("title", "regime", "event", "direction", "n", "unit")}
        row |= {
            "form": form if mine else RuleForm(initial=initial, auto_id=f"id_{rule.pk}_%s"),
            "open": mine,
            "save_url": _url(request, rule, "save"),
            "remove_url": _url(request, rule, "remove"),
        }
    context = {
        "rows": rows,
        "form": form if form is not None and edited is None else RuleForm(initial={"unit": "working_day", "direction": "before"}),
        "may_edit": edits,
        "new_url": _url(request, act="_new"),
        "calendar_url": reverse("compliance:calendar", kwargs={"tenant_slug": request.tenant.slug}),
    }
    return render(request, "compliance/clocks/rules.html", context, status=status)


@requires(_VIEW)
@require_GET
def rules(request: Any) -> HttpResponse:
    """The own time limits."""
    return _show(request)


def _save(request: Any, rule: ClockRule | None, version: int) -> HttpResponse:
    form = RuleForm(request.POST, auto_id=f"id_{rule.pk}_%s" if rule is not None else "id_%s")
    if not form.is_valid():
        return _show(request, status=422, form=form, edited=rule)
    try:
        save_rule(rule, version=version, by=request.actor, **form.cleaned_data)
    except Invalid as refusal:
        for name, texts in refusal.detail.get("fields", {}).items():
            form.add_error(name if name in form.fields else None, texts)
        return _show(request, status=422, form=form, edited=rule)
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return _show(request, status=409, form=form, edited=rule)
    messages.success(request, _("The rule is saved. Time limits follow it in a moment."))
    return go(request, _url(request))


@requires(EDIT)
@require_POST
def new(request: Any) -> HttpResponse:
    """Make an own rule."""
    return _save(request, None, 0)


@requires(EDIT)
@require_POST
def act(request: Any, rule_id: UUID, act: str) -> HttpResponse:
    """Change a rule or take it out of use."""
    rule = ClockRule.objects.filter(pk=rule_id).first()
    if rule is None or act not in ("save", "remove"):
        raise NotFound(_("There is no such rule."))
    given = request.POST.get("version", "")
    if not given.isdecimal() or len(given) > 9:
        raise Invalid(_("This form is out of date. Reload the page."))
    if act == "save":
        return _save(request, rule, int(given))
    remove_rule(rule, version=int(given), by=request.actor)
    messages.success(request, _("The rule is out of use. Its time limits end in a moment."))
    return go(request, _url(request))
