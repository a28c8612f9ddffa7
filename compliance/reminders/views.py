"""Pages of the administration: rules of reminders, webhooks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compliance.clocks.models import FilingClock
from compliance.reminders import actions
from compliance.reminders.forms import RuleForm, WebhookForm, initial_of
from compliance.reminders.models import ReminderRule, WebhookDelivery, WebhookTarget
from compliance.reminders.outside import EVENTS
from compliance.reminders.plans import BUILT_IN, Plan, floored
from compliance.reminders.rules import plan_of
from compliance.reminders.services import fault_words
from portal.audit.queries import history_of_all
from portal.catalogue import catalogue
from portal.core.access import requires
from portal.core.errors import NotFound, Refused
from portal.core.faults import put_faults
from portal.core.formats import in_language as tr
from portal.core.htmx import go

Scope = ReminderRule.Scope
RECENT = 20


def _url(request: Any, name: str, **given: Any) -> str:
    return reverse(f"compliance:{name}", kwargs={"tenant_slug": request.tenant.slug, **given})


def _rule_row(request: Any, scope: str, value: str, own: ReminderRule | None, plan: Plan) -> dict[str, Any]:
    return {
        "name": actions.scope_name(scope, value),
        "own": own,
        "plan": plan,
        "statutory": value == "statutory",
        "url": _url(request, "reminder_rule", scope=scope, value=value or "-"),
    }


@requires(actions.RULES)
@require_GET
def rules(request: Any) -> HttpResponse:
    """What counts for each kind of limit, the organisation's rules for single filings, and what was changed."""
    request.nav_key = "reminders"
    own = {(row.scope, row.value): row for row in ReminderRule.objects.select_related("changed_by").order_by("scope", "value")}
    general = own.get((Scope.ALL, ""))
    rows = []
    for basis in FilingClock.Basis:
        row = own.get((Scope.BASIS, basis)) or general
        rows.append(
            _rule_row(request, Scope.BASIS, basis, own.get((Scope.BASIS, basis)), floored(plan_of(row), basis) if row else BUILT_IN[basis])
        )
    single = [_rule_row(request, *key, row, plan_of(row)) for key, row in own.items() if key[0] != Scope.BASIS]
    names = sorted(((key, tr(entry.name)) for key, entry in catalogue().filings.items()), key=lambda one: one[1])
    context = {
        "rows": rows,
        "single": single,
        "filings": [one for one in names if (Scope.REGIME, one[0]) not in own],
        "all_url": "" if general else _url(request, "reminder_rule", scope=Scope.ALL, value="-"),
        "history": history_of_all(ReminderRule, limit=10),
    }
    return render(request, "compliance/reminders/rules.html", context)


@requires(actions.RULES)
@require_GET
def rule_choose(request: Any) -> HttpResponse:
    """From the list of filings to the rule of one."""
    return go(request, _url(request, "reminder_rule", scope=Scope.REGIME, value=request.GET.get("regime") or "-"))


@requires(actions.RULES)
@require_http_methods(["GET", "POST"])
def rule(request: Any, scope: str, value: str) -> HttpResponse:
    """One rule."""
    request.nav_key = "reminders"
    value = "" if value == "-" else value
    actions.check_scope(scope, value)
    own = ReminderRule.objects.filter(scope=scope, value=value).first()
    starts = plan_of(own) if own else BUILT_IN.get(value, BUILT_IN["statutory"])
    form = RuleForm(request.POST or None, initial={**asdict(starts), "version": own.version if own else 0})
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_rule(scope, value, form.plan(), version=form.cleaned_data["version"], by=request.actor)
        except Refused as refusal:
            put_faults(form, refusal)
        else:
            messages.success(request, _("Saved. It counts from the next hour on; what was sent already is not sent again."))
            return go(request, _url(request, "reminder_rules"))
    context = {
        "form": form,
        "name": actions.scope_name(scope, value),
        "own": own,
        "scope": scope,
        "value": value or "-",
        "statutory": value == "statutory",
        "covers_statutory": scope != Scope.BASIS,
    }
    return render(request, "compliance/reminders/rule.html", context, status=422 if form.is_bound else 200)


@requires(actions.RULES)
@require_POST
def rule_reset(request: Any, scope: str, value: str) -> HttpResponse:
    """Back to what is built in."""
    value = "" if value == "-" else value
    actions.check_scope(scope, value)
    actions.reset_rule(scope, value, by=request.actor)
    messages.success(request, _("What is built in counts again."))
    return go(request, _url(request, "reminder_rules"))


def _target(target_id: UUID) -> WebhookTarget:
    found = WebhookTarget.objects.filter(pk=target_id).first()
    if found is None:
        raise NotFound()
    return found


@requires(actions.WEBHOOKS)
@require_GET
def webhooks(request: Any) -> HttpResponse:
    """All webhooks with how they fare."""
    request.nav_key = "webhooks"
    rows = [{"target": target, "fault": fault_words(target.last_error)} for target in WebhookTarget.objects.order_by("name")[:200]]
    return render(request, "compliance/reminders/webhooks.html", {"rows": rows})


@requires(actions.WEBHOOKS)
@require_http_methods(["GET", "POST"])
def webhook_new(request: Any) -> HttpResponse:
    """A new webhook."""
    request.nav_key = "webhooks"
    language = request.tenant.language
    form = WebhookForm(request.POST or None, initial={"events": ["due", "late", "authority", "settled"], "language": language})
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            target = actions.add_webhook(**values, by=request.actor)
        except Refused as refusal:
            put_faults(form, refusal)
        else:
            messages.success(request, _("Saved. Send a test message now."))
            return go(request, _url(request, "webhook", target_id=target.pk))
    return render(request, "compliance/reminders/webhook_new.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(actions.WEBHOOKS)
@require_http_methods(["GET", "POST"])
def webhook(request: Any, target_id: UUID) -> HttpResponse:
    """One webhook: what it is told, its latest messages."""
    request.nav_key = "webhooks"
    target = _target(target_id)
    form = WebhookForm(request.POST or None, initial=initial_of(target), target=target)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            actions.change_webhook(target, **{**values, "version": values["version"] or 0}, by=request.actor)
        except Refused as refusal:
            put_faults(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return go(request, _url(request, "webhook", target_id=target.pk))
    recent = list(WebhookDelivery.objects.filter(target=target).order_by("-created_at", "-pk")[:RECENT])
    rows = [
        {
            "row": row,
            "event": EVENTS.get(row.event, _("Test message")),
            "filing": row.params.get("filing", ""),
            "fault": fault_words(row.error),
        }
        for row in recent
    ]
    context = {
        "form": form,
        "target": target,
        "fault": fault_words(target.last_error),
        "rows": rows,
        "history": history_of_all(WebhookTarget, row=target.pk, limit=10),
    }
    return render(request, "compliance/reminders/webhook.html", context, status=422 if form.is_bound else 200)


@requires(actions.WEBHOOKS)
@require_POST
def webhook_act(request: Any, target_id: UUID, act: str) -> HttpResponse:
    """``test``, ``pause``, ``resume`` or ``delete``."""
    target = _target(target_id)
    here = _url(request, "webhook", target_id=target.pk)
    if act == "test":
        actions.send_test(target, by=request.actor)
        messages.success(request, _("The test message is on its way. Its result stands under “Latest messages” in a moment."))
    elif act in ("pause", "resume"):
        actions.switch_webhook(target, on=act == "resume", by=request.actor)
        messages.success(request, _("The webhook is paused.") if act == "pause" else _("The webhook goes on."))
    elif act == "delete":
        actions.delete_webhook(target, by=request.actor)
        messages.success(request, _("The webhook “{name}” has been deleted.").format(name=target.name))
        here = _url(request, "webhooks")
    else:
        raise NotFound()
    return go(request, here)
