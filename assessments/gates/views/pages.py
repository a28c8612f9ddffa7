"""The pages of the gates tab."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from assessments.gates.conditions import owners_of_conditions
from assessments.gates.forms import ChangeForm, ConditionForm, OpenForm, SignConditions, SignForm
from assessments.gates.pages import (
    condition_rows,
    confirmations_of,
    gate_cards,
    gate_page,
    may_confirm,
    may_write_conditions,
    stale_sentence,
)
from assessments.gates.standing import Standing
from portal.core.access import requires
from portal.core.errors import NotFound
from portal.core.formats import in_language as tr
from portal.tenants.models import User


def standing_of(request: Any) -> Standing:
    """Where the request's project stands; a project without checklists has no gates."""
    from assessments.checklists.models import Assessment

    try:
        return Standing(request.project)
    except Assessment.DoesNotExist:
        raise NotFound() from None


@requires("portal.view_project", on="project")
def gates(request: Any) -> HttpResponse:
    """All gates of the project, conditions and confirmations, and the reports made of them."""
    standing = standing_of(request)
    context = {
        "tab": "gates",
        "cards": gate_cards(standing),
        "conditions": condition_rows(standing, request.actor),
        "confirmations": confirmations_of(standing),
        "next_gate": standing.next_gate,
    }
    return render(request, "assessments/gates/gates.html", context)


def owners_of(request: Any) -> list[User]:
    """Who can own a condition of the request's project; read once per request."""
    if not hasattr(request, "condition_owners"):
        request.condition_owners = owners_of_conditions(request.project)
    found: list[User] = request.condition_owners
    return found


def gate_context(request: Any, standing: Standing, gate: str, **extra: Any) -> dict[str, Any]:
    """Context of one gate's page, with forms unless the caller brings filled ones."""
    try:
        page = gate_page(standing, gate, request.actor)
    except KeyError:
        raise NotFound() from None
    sha = page.round.revision.sha256 if page.round else ""
    outcomes = [(value, tr(label)) for value, label in page.outcomes]
    mine = [one for one in page.approvers if one.mine]
    people = owners_of(request)
    context: dict[str, Any] = {
        "tab": "gates",
        "page": page,
        "mine": mine,
        "stale": [stale_sentence(standing, reason) for reason in page.stale_reasons],
        "conditions": condition_rows(standing, request.actor, gate),
        "may_confirm": may_confirm(request.actor, standing),
        "may_write_conditions": may_write_conditions(request.actor, standing),
        "open_form": OpenForm(),
        "sign_form": SignForm(outcomes=outcomes, initial={"revision_sha256": sha, "role": mine[0].key if mine else ""}),
        "sign_conditions": SignConditions(prefix="conditions", form_kwargs={"people": people}),
        "condition_form": ConditionForm(prefix="new", people=people, initial={"item_key": request.GET.get("item", "")[:8]}),
    }
    filled = extra.pop("change_forms", {})
    context.update(extra)
    for entry in context["conditions"]:
        if entry["may_change"]:
            row = entry["row"]
            entry["change_form"] = filled.get(row.pk) or ChangeForm(condition=row, people=people)
    if page.only_negative:
        context["sign_form"].close_positive()
    return context


@requires("portal.view_project", on="project")
def gate(request: Any, gate: str) -> HttpResponse:
    """One gate: what must hold, what holds, who signs."""
    standing = standing_of(request)
    return render(request, "assessments/gates/gate.html", gate_context(request, standing, gate))
