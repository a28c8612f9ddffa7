"""Pages of the tier: why it is what it is; raising it, and withdrawing a raise, each with the difference first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.checklists.tier import actions
from assessments.checklists.tier.showing import tier_shown
from portal.core.access import requires
from portal.core.errors import Invalid, NotFound
from portal.core.htmx import go
from portal.projects.facts.grouping import grouped_effects
from portal.projects.facts.pages import disclaimer


@require_GET
@requires("portal.view_project", on="project")
def tier(request: HttpRequest) -> HttpResponse:
    """The tier, its grounds, and what could change it."""
    return _page(request)


def _page(request: Any, status: int = 200, **more: Any) -> HttpResponse:
    shown = tier_shown(request.project, request.actor)
    if shown is None:
        raise NotFound()
    return render(
        request,
        "assessments/checklists/tier.html",
        {"tab": "overview", "tier": shown, "disclaimer": disclaimer(shown.content), **more},
        status=status,
    )


def _url(request: Any) -> str:
    return reverse("assessments:tier", kwargs={"tenant_slug": request.tenant.slug, "project_id": request.project.pk})


@require_POST
@requires("assessments.raise_tier", on="project")
def raise_tier(request: Any) -> HttpResponse:
    """Show what the raise would do; with ``confirm`` do it."""
    typed = {name: request.POST.get(name, "") for name in ("tier", "reason_key", "reason")}

    def act() -> str:
        done = actions.raise_tier(request.project, typed["tier"], reason_key=typed["reason_key"], reason=typed["reason"], by=request.actor)
        return _("The tier is raised. {count} items open.").format(count=len(done.opened))

    return _asked(request, "raise", typed, lambda: actions.plan_raise(request.project, typed["tier"], by=request.actor), act)


@require_POST
@requires("assessments.raise_tier", on="project")
def withdraw_raise(request: Any) -> HttpResponse:
    """Show what the withdrawal would do; with ``confirm`` do it."""
    typed = {"withdraw_reason": request.POST.get("withdraw_reason", "")}

    def act() -> str:
        actions.withdraw_raise(request.project, reason=typed["withdraw_reason"], by=request.actor)
        return _("The raise is withdrawn; the computed tier holds.")

    return _asked(request, "withdraw", typed, lambda: actions.plan_withdrawal(request.project, by=request.actor), act)


def _asked(request: Any, what: str, typed: dict[str, str], plan: Callable[[], Any], act: Callable[[], str]) -> HttpResponse:
    """First the difference, then the act; faults in the form are shown where they were typed."""
    try:
        if request.POST.get("confirm"):
            messages.success(request, act())
            return go(request, _url(request))
        lines = plan()
        if not typed.get("reason", typed.get("withdraw_reason", "")).strip():
            sentence = _("Say why, so that others understand it later.")
            raise Invalid(sentence, fields={"withdraw_reason" if what == "withdraw" else "reason": [sentence]})
    except Invalid as refusal:
        fields = refusal.detail.get("fields", {})
        if what == "withdraw" and "reason" in fields:
            fields = {"withdraw_reason": fields["reason"]}
        return _page(request, 422, typed=typed, faults=fields, asked=what)
    return _page(request, typed=typed, asked=what, planned=True, groups=grouped_effects(lines))
