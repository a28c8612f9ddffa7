"""Acts at a gate: each parses, calls one action and goes back to the page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.gates import conditions as condition_acts
from assessments.gates.forms import ChangeForm, ConditionForm, OpenForm, SignConditions, SignForm, WordsForm
from assessments.gates.models import Condition, Confirmation, GateRound
from assessments.gates.pages import gate_url
from assessments.gates.rounds import open_round, sign_round, withdraw_round
from assessments.gates.states import RoundState
from assessments.gates.views.pages import gate_context, owners_of, standing_of
from portal.core.access import requires
from portal.core.errors import Invalid, NotFound
from portal.core.formats import in_language as tr
from portal.core.htmx import go


def _back(request: Any, gate: str) -> HttpResponse:
    return go(request, gate_url(request.tenant.slug, request.project.pk, gate))


def _round(request: Any, gate: str) -> GateRound:
    row = GateRound.objects.select_related("revision").filter(project=request.project, gate=gate, state=RoundState.OPEN).first()
    if row is None:
        raise NotFound(_("No round of this gate is open. It may have been decided or withdrawn a moment ago."))
    return row


def _words(request: Any, name: str = "reason") -> str:
    form = WordsForm({"text": request.POST.get(name, "")})
    if not form.is_valid():
        faults = list(form.errors["text"])
        raise Invalid(str(faults[0]), fields={name: faults})
    return str(form.cleaned_data["text"])


def _put_into(form: Any, refusal: Invalid) -> None:
    """Show what an action refused beside the fields of the form."""
    fields = refusal.detail.get("fields", {})
    for name, texts in fields.items():
        form.add_error(name if name in form.fields else None, texts)
    if not fields:
        form.add_error(None, refusal.message)


@require_POST
@requires("assessments.open_gate", on="project")
def gate_open(request: Any, gate: str) -> HttpResponse:
    """Freeze a revision and ask the roles to sign."""
    form = OpenForm(request.POST)
    delta = request.POST.get("delta") == "1"
    row = None
    if form.is_valid():
        try:
            row = open_round(request.project, gate, by=request.actor, delta=delta, **form.cleaned_data)
        except Invalid as refusal:
            _put_into(form, refusal)
    if row is None:
        return render(request, "assessments/gates/gate.html", gate_context(request, standing_of(request), gate, open_form=form), status=422)
    messages.success(request, _("Revision r{number} is frozen and the roles have been asked to sign.").format(number=row.revision.number))
    return _back(request, gate)


@require_POST
@requires("portal.view_project", on="project")
def gate_sign(request: Any, gate: str) -> HttpResponse:
    """Sign in one role. Seeing the project is enough for the door; the action checks role, person and revision."""
    row = _round(request, gate)
    standing = standing_of(request)
    outcomes = [(choice.value, tr(choice.label)) for choice in standing.content.gates[gate].outcomes]
    form = SignForm(request.POST, outcomes=outcomes)
    rows = SignConditions(request.POST, prefix="conditions", form_kwargs={"people": owners_of(request)})
    if not (form.is_valid() and rows.is_valid()):
        return _unsigned(request, standing, gate, form, rows)
    given = [
        condition_acts.NewCondition(entry["text"], entry["owner"], entry["due_on"], entry.get("item_key", ""))
        for entry in (one.cleaned_data for one in rows.forms)
        if entry.get("text")
    ]
    data = form.cleaned_data
    try:
        decided = sign_round(
            row,
            request.project,
            role=data["role"],
            outcome=data["outcome"],
            remark=data["remark"],
            conditions=given,
            revision_sha256=data["revision_sha256"],
            by=request.actor,
        )
    except Invalid as refusal:
        _put_into(form, refusal)
        return _unsigned(request, standing, gate, form, rows)
    if decided.state == RoundState.OPEN:
        messages.success(request, _("Your signature is on record. Others still have to sign."))
    else:
        messages.success(request, _("The gate is decided: {outcome}.").format(outcome=dict(outcomes)[decided.outcome]))
    return _back(request, gate)


def _unsigned(request: Any, standing: Any, gate: str, form: Any, rows: Any) -> HttpResponse:
    context = gate_context(request, standing, gate, sign_form=form, sign_conditions=rows)
    return render(request, "assessments/gates/gate.html", context, status=422)


@require_POST
@requires("portal.view_project", on="project")
def gate_withdraw(request: Any, gate: str) -> HttpResponse:
    """Take the open round back."""
    withdraw_round(_round(request, gate), request.project, reason=_words(request), by=request.actor)
    messages.success(request, _("The round is withdrawn. Signatures given stay on record."))
    return _back(request, gate)


@require_POST
@requires("assessments.write_condition", on="project")
def condition_write(request: Any, gate: str) -> HttpResponse:
    """Write a condition for a blocker that needs attention."""
    form = ConditionForm(request.POST, prefix="new", people=owners_of(request))
    written = None
    if form.is_valid():
        try:
            written = condition_acts.write_condition(request.project, gate=gate, by=request.actor, **form.cleaned_data)
        except Invalid as refusal:
            _put_into(form, refusal)
    if written is None:
        context = gate_context(request, standing_of(request), gate, condition_form=form)
        return render(request, "assessments/gates/gate.html", context, status=422)
    messages.success(request, _("The condition is written down and its owner has been told."))
    return _back(request, gate)


def _condition(request: Any, condition_id: UUID) -> Condition:
    row = Condition.objects.filter(project=request.project, pk=condition_id).first()
    if row is None:
        raise NotFound()
    return row


@require_POST
@requires("portal.view_project", on="project")
def condition_report(request: Any, condition_id: UUID) -> HttpResponse:
    """The owner reports a condition as met."""
    row = condition_acts.report_condition(
        _condition(request, condition_id), request.project, report=_words(request, "text"), by=request.actor
    )
    messages.success(request, _("Reported. A role that signs the gate accepts it."))
    return _back(request, row.gate)


@require_POST
@requires("portal.view_project", on="project")
def condition_settle(request: Any, condition_id: UUID) -> HttpResponse:
    """Accept a reported condition or send it back."""
    accept = request.POST.get("accept") == "1"
    row = condition_acts.settle_condition(
        _condition(request, condition_id), request.project, accept=accept, reason=_words(request, "text"), by=request.actor
    )
    messages.success(request, _("The condition is met.") if accept else _("The condition is open again."))
    return _back(request, row.gate)


@require_POST
@requires("portal.view_project", on="project")
def condition_change(request: Any, condition_id: UUID) -> HttpResponse:
    """Give a condition another date or owner. Seeing the project is enough for the door; the action checks role and person."""
    row = _condition(request, condition_id)
    form = ChangeForm(request.POST, condition=row, people=owners_of(request))
    changed = None
    if form.is_valid():
        try:
            changed = condition_acts.change_condition(row, request.project, by=request.actor, **form.cleaned_data)
        except Invalid as refusal:
            _put_into(form, refusal)
    if changed is None:
        context = gate_context(request, standing_of(request), row.gate, change_forms={row.pk: form})
        return render(request, "assessments/gates/gate.html", context, status=422)
    messages.success(request, _("The condition is changed. What was set first stays on record."))
    return _back(request, row.gate)


@require_POST
@requires("assessments.write_condition", on="project")
def condition_drop(request: Any, condition_id: UUID) -> HttpResponse:
    """Give up a condition written by mistake."""
    row = condition_acts.drop_condition(
        _condition(request, condition_id), request.project, reason=_words(request, "text"), by=request.actor
    )
    messages.success(request, _("The condition is given up."))
    return _back(request, row.gate)


@require_POST
@requires("assessments.confirm_flag", on="project")
def flag_confirm(request: Any, gate: str) -> HttpResponse:
    """Record a confirmation that the gate asks for."""
    if gate not in standing_of(request).content.gates:
        raise NotFound()
    condition_acts.confirm_flag(request.project, flag=str(request.POST.get("flag", "")), text=_words(request, "text"), by=request.actor)
    messages.success(request, _("The confirmation is on record."))
    return _back(request, gate)


@require_POST
@requires("portal.view_project", on="project")
def flag_withdraw(request: Any, confirmation_id: UUID) -> HttpResponse:
    """Take a confirmation back."""
    row = Confirmation.objects.filter(project=request.project, pk=confirmation_id).first()
    if row is None:
        raise NotFound()
    condition_acts.withdraw_confirmation(row, request.project, by=request.actor)
    messages.success(request, _("The confirmation is taken back."))
    return go(request, reverse("assessments:gates", kwargs={"tenant_slug": request.tenant.slug, "project_id": request.project.pk}))
