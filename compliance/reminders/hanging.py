"""What this slice hangs into the product: messages, a part of the preferences, entries of the administration, webhooks that follow acts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from compliance.filings import registry
from compliance.filings.hanging import to_filing
from compliance.reminders import outside
from compliance.reminders.actions import RULES, WEBHOOKS, choose_mode
from compliance.reminders.models import ReminderPreference
from portal.administration import GROUP
from portal.audit import sentences
from portal.core.navigation import Entry, register
from portal.notices import choices, kinds

SENTENCES: dict[str, Any] = {
    "compliance.reminder_rule.saved": _("changed the reminders of: {rule}"),
    "compliance.reminder_rule.reset": _("put the reminders back to what is built in: {rule}"),
    "compliance.webhook.added": _("added the webhook “{name}” ({kind})"),
    "compliance.webhook.changed": _("changed the webhook “{name}” (new address: {address})"),
    "compliance.webhook.paused": _("webhook “{name}” was paused after many faults: {error}"),
    "compliance.webhook.resumed": _("let the webhook “{name}” go on"),
    "compliance.webhook.switched_off": _("paused the webhook “{name}”"),
    "compliance.webhook.deleted": _("deleted the webhook “{name}”"),
    "compliance.webhook.tested": _("sent a test message to the webhook “{name}”"),
}
LOCKED = _("Limits set by law cannot be switched off. Below you choose whether they come at once or once a day.")


class ModeForm(forms.Form):
    """How somebody wants to be reminded of time limits."""

    mode = forms.ChoiceField(
        label=_("Reminders of time limits"),
        choices=ReminderPreference.Mode.choices,
        widget=forms.RadioSelect,
        help_text=_("The daily e-mail comes on working days in the morning."),
    )


def _mode_form(user_id: int, data: Any) -> ModeForm:
    chosen = ReminderPreference.objects.filter(user_id=user_id).values_list("mode", flat=True).first()
    now = chosen or ReminderPreference.Mode.IMMEDIATE
    if data is not None and "reminder-mode" not in data:  # a page from before this choice leaves it alone
        data = {"reminder-mode": now}
    return ModeForm(data, initial={"mode": now}, prefix="reminder")


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    sentences.register(SENTENCES)
    registry.on_stepped(90, outside.stepped)
    registry.on_decided(90, outside.decided)
    choices.register(choices.Choice("reminders", _mode_form, lambda user_id, chosen: choose_mode(user_id, chosen["mode"])))
    register(Entry(94, "reminders", _("Reminders"), "alarm", "compliance:reminder_rules", RULES, group=GROUP))
    register(Entry(95, "webhooks", _("Webhooks"), "broadcast", "compliance:webhooks", WEBHOOKS, group=GROUP))
    _declare_notices()


def _declare_notices() -> None:
    kinds.declare(
        "compliance.reminder_statutory",
        _("{left}: “{filing}” ({project})"),
        _("Due on {due}: {basis}. {why}"),
        url=to_filing,
        label=_("Reminders of limits set by law"),
        tone="attention",
        locked=LOCKED,
    )
    kinds.declare(
        "compliance.reminder",
        _("{left}: “{filing}” ({project})"),
        _("Due on {due}: {basis}. {why}"),
        url=to_filing,
        label=_("Reminders of other dates"),
        tone="attention",
        chosen_elsewhere=True,
    )
    kinds.declare(
        "compliance.webhook_paused",
        _("The webhook “{name}” has been paused"),
        _("Too many messages in a row could not be delivered: {error} Look at its address and let it go on."),
        url=lambda notice, slug: reverse("compliance:webhooks", kwargs={"tenant_slug": slug}),
        label=_("A webhook was paused"),
        tone="attention",
    )
