"""Waivers and delegations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.checklists.actions.answers import item_of
from assessments.checklists.views.common import answer_of
from assessments.reviews import waiving
from assessments.reviews.forms import DelegationForm, WaiverForm
from assessments.reviews.models import Delegation, Waiver
from assessments.reviews.pages import waiver_row
from assessments.reviews.queries import delegations_of, open_waiver_of
from portal.core.access import requires
from portal.core.errors import Invalid, NotFound
from portal.core.htmx import go
from portal.projects.access import projects_visible_to
from portal.tenants.clock import organisation_today


def _waivers_url(request: Any) -> str:
    return reverse("assessments:waivers", kwargs={"tenant_slug": request.tenant.slug, "project_id": request.project.pk})


@requires("portal.view_project", on="project")
def waivers(request: Any) -> HttpResponse:
    """All waivers of a project."""
    rows = Waiver.objects.filter(project=request.project).select_related(
        "project__owner", "answer__assessment", "requested_by", "approver_by", "sponsor_by"
    )
    context = {"tab": "gates", "rows": [waiver_row(row, request.actor) for row in rows.order_by("-requested_at")]}
    return render(request, "assessments/reviews/waivers.html", context)


@requires("assessments.request_waiver", on="project")
def waiver_new(request: Any, item_key: str) -> HttpResponse:
    """Ask for a waiver of one item."""
    answer = answer_of(request, item_key)
    refusal = waiving.why_not_request(request.actor, request.project) or waiving.why_not_waivable(answer)
    existing = open_waiver_of(answer)
    form = WaiverForm(request.POST or None, initial={"until": waiving.last_day(answer)})
    if request.method == "POST" and form.is_valid():
        try:
            waiving.request_waiver(answer, request.project, by=request.actor, **form.cleaned_data)
        except Invalid as fault:
            for name, texts in fault.detail.get("fields", {}).items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            messages.success(request, _("The waiver is asked for. The approver of the item and the executive sponsor have been told."))
            return go(request, _waivers_url(request))
    context = {
        "tab": "gates",
        "answer": answer,
        "item": item_of(answer),
        "form": form,
        "refusal": refusal,
        "existing": existing,
        "last_day": waiving.last_day(answer),
    }
    return render(request, "assessments/reviews/waiver_new.html", context, status=422 if form.errors else 200)


def _waiver(request: Any, waiver_id: UUID) -> Waiver:
    row = Waiver.objects.filter(project=request.project, pk=waiver_id).select_related("project__owner").first()
    if row is None:
        raise NotFound()
    return row


@require_POST
@requires("portal.view_project", on="project")
def waiver_sign(request: Any, waiver_id: UUID) -> HttpResponse:
    """Give one of the two signatures."""
    row = waiving.sign_waiver(_waiver(request, waiver_id), request.project, by=request.actor)
    if row.state == "active":
        messages.success(request, _("The waiver is in force."))
    else:
        messages.success(request, _("Signed. The second signature is still missing."))
    return go(request, _waivers_url(request))


@require_POST
@requires("portal.view_project", on="project")
def waiver_end(request: Any, waiver_id: UUID) -> HttpResponse:
    """Refuse or withdraw a waiver, with a reason."""
    refuse = request.POST.get("how") == "refuse"
    waiving.end_waiver(_waiver(request, waiver_id), request.project, refuse=refuse, reason=request.POST.get("reason", ""), by=request.actor)
    messages.success(request, _("The waiver is refused.") if refuse else _("The waiver is withdrawn."))
    return go(request, _waivers_url(request))


@requires("assessments.delegate")
def delegations(request: Any) -> HttpResponse:
    """Whom I let sign for me, and for whom I may sign."""
    today = organisation_today()
    form = DelegationForm(
        request.POST or None,
        projects=projects_visible_to(request.actor).order_by("code"),
        user_id=request.actor.user_id,
        initial={"starts_on": today},
    )
    if request.method == "POST" and form.is_valid():
        try:
            waiving.delegate(by=request.actor, **form.cleaned_data)
        except Invalid as fault:
            for name, texts in fault.detail.get("fields", {}).items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            messages.success(request, _("The delegation is in force on its dates and shows in every report signed under it."))
            return go(request, reverse("assessments:delegations", kwargs={"tenant_slug": request.tenant.slug}))
    context = {"form": form, "today": today, **delegations_of(request.actor)}
    return render(request, "assessments/reviews/delegations.html", context, status=422 if form.errors else 200)


@require_POST
@requires("assessments.delegate")
def delegation_revoke(request: Any, delegation_id: UUID) -> HttpResponse:
    """Take a delegation back."""
    row = Delegation.objects.filter(pk=delegation_id, giver_id=request.actor.user_id).select_related("giver", "receiver").first()
    if row is None:
        raise NotFound()
    waiving.revoke_delegation(row, by=request.actor)
    messages.success(request, _("The delegation is taken back."))
    return go(request, reverse("assessments:delegations", kwargs={"tenant_slug": request.tenant.slug}))
