"""Changing rules of reminders, webhooks and what a person chose. The only writers of these tables, besides sending itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.clocks.models import FilingClock
from compliance.reminders import services
from compliance.reminders.models import ReminderPreference, ReminderRule, WebhookDelivery, WebhookTarget
from compliance.reminders.outside import EVENTS, TEST
from compliance.reminders.plans import BUILT_IN, FLOOR, LONGEST, NEVER, STATUTORY, Plan
from portal.audit.actions import record_act
from portal.audit.sentences import bilingual
from portal.catalogue import catalogue
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.projects.models import Project

RULES, WEBHOOKS = "compliance.manage_reminders", "compliance.manage_webhooks"
STALE = timedelta(days=1)  # what waited longer while a webhook was paused is not sent any more
Scope = ReminderRule.Scope


def _may(by: Actor, permission: str) -> None:
    if not by.may(permission):
        raise NotAllowed(_("You may not change this."))


def _changed() -> Conflict:
    return Conflict(_("Somebody else has changed this meanwhile. Load the page again."), code="stale")


def scope_name(scope: str, value: str) -> Any:
    """What a rule is valid for, in both languages."""
    if scope == Scope.ALL:
        return bilingual(Scope.ALL.label)
    if scope == Scope.BASIS:
        return bilingual(FilingClock.Basis(value).label)
    entry = catalogue().filings.get(value)
    return dict(entry.name) if entry is not None else value


def check_scope(scope: str, value: str) -> None:
    """Raise NotFound for something that rules cannot be made for."""
    known: Mapping[str, Collection[str]] = {Scope.ALL: ("",), Scope.BASIS: BUILT_IN, Scope.REGIME: catalogue().filings}
    if value not in known.get(scope, ()):
        raise NotFound()


@transaction.atomic
def save_rule(scope: str, value: str, plan: Plan, *, version: int, by: Actor) -> ReminderRule:
    """Put a rule of the organisation in place of what counted. ``version``: 0 where there was none.

    Raises Invalid for a rule of statutory limits that keeps silent when it matters, Conflict when somebody was faster.
    """
    _may(by, RULES)
    check_scope(scope, value)
    _check(plan, statutory=(scope, value) == (Scope.BASIS, STATUTORY))
    values = {
        "active": plan.active,
        "before": sorted(set(plan.before), reverse=True),
        "overdue": plan.overdue,
        "to_backup": plan.to_backup,
        "to_officer": plan.to_officer,
        "backup_after": plan.backup_after,
        "officer_after": plan.officer_after,
        "sponsor_after": plan.sponsor_after,
        "changed_by": by.user,
    }
    if version:
        rows = ReminderRule.objects.filter(scope=scope, value=value, version=version)
        if not rows.update(**values, changed_at=timezone.now(), version=F("version") + 1):
            raise _changed()
        row = ReminderRule.objects.get(scope=scope, value=value)
    else:
        row, made = ReminderRule.objects.get_or_create(scope=scope, value=value, defaults=values)
        if not made:
            raise _changed()
    record_act("compliance.reminder_rule.saved", row, rule=scope_name(scope, value))
    return row


def _check(plan: Plan, *, statutory: bool) -> None:
    faults: dict[str, list[str]] = {}
    if any(not 0 <= step <= LONGEST for step in plan.before):
        faults["before"] = [_("Write working days from 0 to {most}.").format(most=LONGEST)]
    elif len(plan.before) > 12:
        faults["before"] = [_("At most {n} steps.").format(n=12)]
    elif plan.active and not plan.before and plan.overdue == NEVER:
        faults["before"] = [_("A rule in use reminds at least once. Take it out of use instead.")]
    if statutory:
        locked = _("Reminders of limits set by law cannot be switched off.")
        if not plan.active:
            faults["active"] = [locked]
        if missing := [step for step in FLOOR if step not in plan.before]:
            steps = _(", ").join(map(str, missing))
            faults.setdefault("before", []).append(_("{reason} Keep the steps {steps}.").format(reason=locked, steps=steps))
        if plan.overdue == NEVER:
            faults["overdue"] = [locked]
    if faults:
        raise Invalid(_("The rule was not saved."), fields=faults)


@transaction.atomic
def reset_rule(scope: str, value: str, *, by: Actor) -> None:
    """Take the organisation's rule away: what is built in, or the more general rule, counts again. Twice changes nothing."""
    _may(by, RULES)
    row = ReminderRule.objects.select_for_update(no_key=True).filter(scope=scope, value=value).first()
    if row is not None:
        record_act("compliance.reminder_rule.reset", row, rule=scope_name(scope, value))
        row.delete()


def choose_mode(user_id: int, mode: str) -> None:
    """Keep how a person wants to be reminded."""
    if mode not in ReminderPreference.Mode.values:
        raise Invalid(_("Choose one of the options."), fields={"mode": [_("Choose one of the options.")]})
    ReminderPreference.objects.update_or_create(user_id=user_id, defaults={"mode": mode})


def _checked(values: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """Columns of a webhook as given; Invalid for what is not there."""
    known = {"events": EVENTS, "regimes": catalogue().filings}
    faults = {name: [_("Choose one of the options.")] for name, names in known.items() if set(values[name]) - set(names)}
    if not values["events"]:
        faults["events"] = [_("Choose at least one.")]
    projects: list[UUID] = list(values["projects"])
    open_ones = Project.objects.filter(pk__in=projects, confidential=False).count()
    if open_ones != len(set(projects)):
        faults["projects"] = [_("What concerns a confidential project never leaves the product. Choose other projects.")]
    if faults:
        raise Invalid(_("The webhook was not saved."), fields=faults)
    return {name: values[name] for name in ("name", "language", "events", "regimes", "projects")}


@transaction.atomic
def add_webhook(*, kind: str, address: str, secret: str = "", by: Actor, **values: Any) -> WebhookTarget:
    """Add a webhook. The address is kept as it is and never shown again."""
    _may(by, WEBHOOKS)
    columns = _checked(values, by)
    full = services.with_secret(address.strip(), secret.strip())
    services.check_address(kind, full)
    try:
        with transaction.atomic():
            hint = services.hint_of(full)
            target = WebhookTarget.objects.create(kind=kind, address=full, hint=hint, created_by=by.user, **columns)
    except IntegrityError as error:
        raise _same_name() from error
    record_act("compliance.webhook.added", target, name=target.name, kind=bilingual(WebhookTarget.Kind(kind).label))
    return target


@transaction.atomic
def change_webhook(target: WebhookTarget, *, version: int, address: str = "", secret: str = "", by: Actor, **values: Any) -> None:
    """Change a webhook; without a new ``address`` the one there stays."""
    _may(by, WEBHOOKS)
    columns = _checked(values, by)
    if address.strip():
        full = services.with_secret(address.strip(), secret.strip())
        services.check_address(target.kind, full)
        columns |= {"address": full, "hint": services.hint_of(full), "failures": 0, "last_error": ""}
    try:
        with transaction.atomic():
            found = WebhookTarget.objects.filter(pk=target.pk, version=version).update(**columns, version=F("version") + 1)
    except IntegrityError as error:
        raise _same_name() from error
    if not found:
        raise _changed()
    record_act("compliance.webhook.changed", target, name=columns["name"], address=bool(address.strip()))


def _same_name() -> Invalid:
    sentence = _("There is a webhook of this name already.")
    return Invalid(sentence, fields={"name": [sentence]})


@transaction.atomic
def switch_webhook(target: WebhookTarget, *, on: bool, by: Actor) -> None:
    """Pause a webhook, or let it go on. What waited for more than a day is dropped then. Twice changes nothing."""
    _may(by, WEBHOOKS)
    if (
        not WebhookTarget.objects.filter(pk=target.pk)
        .exclude(active=on)
        .update(active=on, paused_at=None, failures=0, version=F("version") + 1)
    ):
        return
    if on:
        late = WebhookDelivery.objects.filter(target=target, state="waiting", created_at__lt=timezone.now() - STALE)
        late.update(state=WebhookDelivery.State.DROPPED)
        record_act("compliance.webhook.resumed", target, name=target.name)
    else:
        record_act("compliance.webhook.switched_off", target, name=target.name)


@transaction.atomic
def delete_webhook(target: WebhookTarget, *, by: Actor) -> None:
    """Delete a webhook with its address and its messages."""
    _may(by, WEBHOOKS)
    record_act("compliance.webhook.deleted", target, name=target.name)
    target.delete()


def send_test(target: WebhookTarget, *, by: Actor) -> WebhookDelivery:
    """Put a test message in the queue and wake a worker up."""
    from compliance.reminders.tasks import deliver_of

    _may(by, WEBHOOKS)
    if not target.active:
        raise Conflict(_("This webhook is paused. Let it go on first."), code="paused")
    tenant_id = by.tenant_id
    row = WebhookDelivery.objects.create(target=target, event_key=f"test:{uuid4()}", event=TEST, next_at=timezone.now())
    record_act("compliance.webhook.tested", target, name=target.name)
    transaction.on_commit(lambda: deliver_of.delay(tenant_id))
    return row
