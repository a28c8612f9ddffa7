"""Acts on time limits of one filing: each parses, calls one action and goes back to the page of the filing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from compliance.clocks import actions
from compliance.clocks.actions.common import zone_for
from compliance.clocks.forms import CorrectForm, MeetForm, WhyForm
from compliance.clocks.models import FilingClock
from compliance.clocks.pages import report_form
from compliance.clocks.states import ClockState
from compliance.filings.pages.addresses import filing_url
from compliance.filings.subjects import Subject, subject_of
from compliance.filings.views.pages import show_filing
from portal.core.access import requires
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.htmx import go


def _project(request: Any) -> Any:
    return getattr(request, "project", None)


def _shown(request: Any, regime: str, name: str, form: forms.Form, refusal: Invalid | Conflict | None = None) -> HttpResponse:
    """The page again with what was typed and what is wrong with it."""
    if isinstance(refusal, Invalid):
        named = refusal.detail.get("fields", {})
        for field, texts in named.items():
            form.add_error(field if field in form.fields else None, texts)
        if not named:
            form.add_error(None, refusal.message)
    subject = subject_of(_project(request), regime)
    conflict = {"conflict": refusal} if isinstance(refusal, Conflict) else {}
    return show_filing(request, subject, status=409 if conflict else 422, part_forms={name: form}, **conflict)


def report(request: Any, regime: str) -> HttpResponse:
    """Report an event that starts time limits."""
    subject = subject_of(_project(request), regime)
    form = report_form(subject, subject.row, request.POST)
    if form is None:
        raise NotFound(_("There is no such filing."))
    if not form.is_valid():
        return _shown(request, regime, "clock-report", form)
    given = {name: form.cleaned_data.get(name) for name in ("on", "at")}
    try:
        clocks = actions.report_event(subject, form.cleaned_data["event"], by=request.actor, note=form.cleaned_data["note"], **given)
    except (Invalid, Conflict) as refusal:
        return _shown(request, regime, "clock-report", form, refusal)
    messages.success(request, _("The event is on record; its time limits run."))
    if any(clock.counted.get("unsure") for clock in clocks):
        messages.warning(request, _("A fact is unknown that may make another limit count. Please check."))
    return go(request, filing_url(request.tenant.slug, _project(request), regime))


def _clock(subject: Subject, clock_id: UUID, version: str) -> FilingClock:
    row = subject.row
    clock = FilingClock.objects.select_related("filing", "project").filter(filing=row, pk=clock_id).first() if row else None
    if clock is None:
        raise NotFound(_("There is no such time limit."))
    if not version.isdecimal() or len(version) > 9:
        raise Invalid(_("This form is out of date. Reload the page."))
    clock.version = int(version)
    return clock


def _form(act: str, clock: FilingClock, data: Any) -> forms.Form:
    prefix = f"{clock.pk}-{act}"
    if act == "meet":
        return MeetForm(data, prefix=prefix)
    if act == "correct":
        return CorrectForm(data, prefix=prefix, zone=zone_for(clock.filing), hours=clock.event_at is not None)
    if act in ("waive", "void"):
        return WhyForm(data, prefix=prefix)
    raise NotFound(_("There is no such act."))


_ACTS: dict[str, Callable[..., FilingClock]] = {
    "meet": actions.meet_clock,
    "waive": actions.waive_clock,
    "void": actions.void_clock,
    "correct": actions.correct_clock,
}


def act(request: Any, regime: str, clock_id: UUID, act: str) -> HttpResponse:
    """Meet, waive, find void or correct a time limit."""
    subject = subject_of(_project(request), regime)
    clock = _clock(subject, clock_id, request.POST.get("version", ""))
    form = _form(act, clock, request.POST)
    name = f"{act}:{clock.pk}"
    if not form.is_valid():
        return _shown(request, regime, name, form)
    try:
        done = _ACTS[act](clock, by=request.actor, **form.cleaned_data)
    except (Invalid, Conflict) as refusal:
        return _shown(request, regime, name, form, refusal)
    said = {
        "meet": _("The time limit is met."),
        "waive": _("The time limit is waived."),
        "correct": _("The time limit is counted from the right day."),
        "void": _("The time limit is void.")
        if done.state == ClockState.VOID
        else _("Your wish is on record. The limit runs until a second person agrees."),
    }
    messages.success(request, said[act])
    return go(request, filing_url(request.tenant.slug, _project(request), regime))


def of_project(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The door below a project. Seeing its filings is enough for the door; the action checks the rest."""

    def door(request: Any, **given: Any) -> HttpResponse:
        return view(request, **given)

    door.__doc__ = view.__doc__
    return requires("compliance.view_project_filings", on="project")(require_POST(door))


def of_organisation(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The door of the organisation's filings."""

    def door(request: Any, **given: Any) -> HttpResponse:
        return view(request, **given)

    door.__doc__ = view.__doc__
    return requires("compliance.view_filings")(require_POST(door))
