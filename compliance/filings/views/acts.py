"""Acts on a filing: each parses, calls one action and goes back to the page. The same doors stand below a project and the organisation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from compliance.filings import actions
from compliance.filings.actions.correcting import correctable, fields_of
from compliance.filings.actions.stepping import asks_for
from compliance.filings.forms import CorrectStepForm, DecideForm, PlanForm, ReasonForm, StepForm
from compliance.filings.pages.addresses import filing_url
from compliance.filings.states import FilingDecision
from compliance.filings.subjects import subject_of
from compliance.filings.views.pages import show_filing
from portal.core.access import requires
from portal.core.errors import Conflict, Invalid
from portal.core.htmx import go


def _version(request: Any) -> int:
    try:
        return int(request.POST.get("version", ""))
    except ValueError:
        raise Invalid(_("This form is out of date. Reload the page.")) from None


def _project(request: Any) -> Any:
    return getattr(request, "project", None)


def _back(request: Any, regime: str) -> HttpResponse:
    return go(request, filing_url(request.tenant.slug, _project(request), regime))


def _try(request: Any, regime: str, form: forms.Form, kept: dict[str, Any], act: Callable[[], Any]) -> HttpResponse:
    """Run the act; what cannot be is shown on the page, with everything that was typed."""
    try:
        act()
    except Invalid as refusal:
        named = refusal.detail.get("fields", {})
        for name, texts in named.items():
            form.add_error(name if name in form.fields else None, texts)
        if not named:
            form.add_error(None, refusal.message)
        return show_filing(request, subject_of(_project(request), regime), status=422, **kept)
    except Conflict as refusal:
        return show_filing(request, subject_of(_project(request), regime), status=409, conflict=refusal, **kept)
    return _back(request, regime)


def decide(request: Any, regime: str) -> HttpResponse:
    """Confirm that it applies, or find it not applicable."""
    form = DecideForm(request.POST)
    if not form.is_valid():
        return show_filing(request, subject_of(_project(request), regime), status=422, decide=form)
    confirm = form.cleaned_data["answer"] == "confirm"

    def act() -> None:
        actions.decide_filing(
            _project(request), regime, confirm=confirm, reason=form.cleaned_data["reason"], version=_version(request), by=request.actor
        )
        messages.success(request, _("The decision is on record. A second person of another role has to agree (rule S2)."))

    return _try(request, regime, form, {"decide": form}, act)


def second(request: Any, regime: str) -> HttpResponse:
    """Agree with a decision, or object."""
    form = ReasonForm(request.POST, prefix="second")
    agree = request.POST.get("agree") == "1"
    if not form.is_valid():
        return show_filing(request, subject_of(_project(request), regime), status=422, second=form)

    def act() -> None:
        actions.second_decision(
            _project(request), regime, agree=agree, reason=form.cleaned_data["reason"], version=_version(request), by=request.actor
        )
        messages.success(
            request, _("Two people have decided now.") if agree else _("The decision is taken back; its author has been told.")
        )

    return _try(request, regime, form, {"second": form}, act)


def withdraw(request: Any, regime: str) -> HttpResponse:
    """Take a decision back, or object to somebody's wish to do so."""
    form = ReasonForm(request.POST, prefix="withdraw")
    if not form.is_valid():
        return show_filing(request, subject_of(_project(request), regime), status=422, withdraw=form)

    def act() -> None:
        given: dict[str, Any] = {"reason": form.cleaned_data["reason"], "version": _version(request), "by": request.actor}
        if request.POST.get("agree") == "0":
            actions.keep_decision(_project(request), regime, **given)
            messages.success(request, _("The decision stays. Whoever wished to take it back has been told why."))
            return
        row = actions.withdraw_decision(_project(request), regime, **given)
        gone = row.decision == FilingDecision.NONE
        messages.success(
            request,
            _("The decision is taken back. The rule’s result counts until somebody decides anew.")
            if gone
            else _("Your wish is on record. The decision counts until a second person of another role agrees (rule S2)."),
        )

    return _try(request, regime, form, {"withdraw": form}, act)


def step(request: Any, regime: str) -> HttpResponse:
    """One step of the procedure."""
    subject = subject_of(_project(request), regime)
    to = str(request.POST.get("to", ""))
    state = subject.row.state if subject.row is not None else "not_assessed"
    needed, others = asks_for(to, state, subject.ruling.filing)
    form = StepForm(request.POST, to=to, needed=needed, others=others)
    kept = {"step": form, "step_to": to}
    if not form.is_valid():
        return show_filing(request, subject, status=422, **kept)

    def act() -> None:
        done = actions.step_filing(_project(request), regime, to=to, version=_version(request), by=request.actor, **form.given)
        messages.success(request, _("The step is on record."))
        for warning in done.warnings:
            messages.warning(request, warning)

    return _try(request, regime, form, kept, act)


def correct(request: Any, regime: str) -> HttpResponse:
    """Correct what a step was given."""
    subject = subject_of(_project(request), regime)
    steps = correctable(subject.row, subject.ruling.filing) if subject.row is not None else []
    step = next((one for one in steps if str(one.event) == request.POST.get("step", "")), None)
    if step is None:
        refusal = Conflict(_("This step cannot be corrected any more: a later one stands in its place."), code="no_such_step")
        return show_filing(request, subject, status=409, conflict=refusal)
    form = CorrectStepForm(request.POST, step=step, names=fields_of(step, subject.ruling.filing))
    kept = {"correct": form, "correct_step": step.event}
    if not form.is_valid():
        return show_filing(request, subject, status=422, **kept)

    def act() -> None:
        done = actions.correct_step(_project(request), regime, step=step.event, version=_version(request), by=request.actor, **form.given)
        messages.success(request, _("The correction is on record; the old entry stays in the history."))
        for warning in done.warnings:
            messages.warning(request, warning)

    return _try(request, regime, form, kept, act)


def plan(request: Any, regime: str) -> HttpResponse:
    """Owner, due date, cost, renewal, note."""
    subject = subject_of(_project(request), regime)
    form = PlanForm(request.POST, project=_project(request), owner_id=subject.row.owner_id if subject.row is not None else None)
    if not form.is_valid():
        return show_filing(request, subject, status=422, plan=form)

    def act() -> None:
        actions.plan_filing(_project(request), regime, version=_version(request), by=request.actor, **form.cleaned_data)
        messages.success(request, _("The plan is saved."))

    return _try(request, regime, form, {"plan": form}, act)


def of_project(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The door below a project. Seeing its filings is enough for the door; the action checks role, person and version."""

    def door(request: Any, regime: str) -> HttpResponse:
        return view(request, regime)

    door.__doc__ = view.__doc__
    return requires("compliance.view_project_filings", on="project")(require_POST(door))


def of_organisation(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The door of the organisation's filings."""

    def door(request: Any, regime: str) -> HttpResponse:
        return view(request, regime)

    door.__doc__ = view.__doc__
    return requires("compliance.view_filings")(require_POST(door))
