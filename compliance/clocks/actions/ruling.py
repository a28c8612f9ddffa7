"""The organisation's own limits: earlier than the law asks, and waivable since they are its own."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from uuid_utils.compat import uuid7

from compliance.clocks.fulfilling import FIRST
from compliance.clocks.limits import CHANGED, LAUNCH, STOPPED, SUPPLEMENT, TERMINATED, VALID_TO
from compliance.clocks.models import ClockRule
from compliance.clocks.recounting import FOLLOW_RULE
from compliance.holidays.actions import may_edit
from portal.audit.actions import record_act
from portal.catalogue import catalogue
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.jobs.actions import order_job

# What an own rule can ask for: a step of the procedure meets each. "file" stands for every first handing in.
ACTIONS = ("file", "supplement", "change", "renew", "cancel")
_OF_EVENT = {SUPPLEMENT: "supplement", CHANGED: "change", VALID_TO: "renew", TERMINATED: "cancel", STOPPED: "cancel"}
_ONLY_BEFORE = frozenset({VALID_TO})
MOST = 1000


def action_for(event: str) -> str:
    """What a rule of the event asks for: an answer, a change, a renewal, a cancellation, else the first handing in."""
    return _OF_EVENT.get(event, "file")


@transaction.atomic
def save_rule(
    rule: ClockRule | None, *, title: str, regime: str, event: str, direction: str, n: int, unit: str, version: int, by: Actor
) -> ClockRule:
    """Make an own rule or change one. Limits that run follow by a job. Raises Invalid for what cannot be, Conflict for a stale version."""
    _refuse(by)
    content = catalogue()
    entry = content.filings.get(regime)
    faults: dict[str, list[str]] = {}
    if not title.strip() or len(title) > 120:
        faults["title"] = [_("Give the rule a name of at most 120 characters.")]
    if regime and entry is None:
        faults["regime"] = [_("There is no such filing.")]
    if event != SUPPLEMENT and event not in content.vocabularies["events"].choices:
        faults["event"] = [_("Choose one of the list.")]
    if direction not in ClockRule.Direction.values:
        faults["direction"] = [_("Choose one of the list.")]
    elif (event in _ONLY_BEFORE) != (direction == "before") and event not in (LAUNCH, *_planned()):
        faults["direction"] = [_("Only a planned day and the end of validity can have a limit before them, and nothing else.")]
    if unit not in ClockRule.Unit.values:
        faults["unit"] = [_("Choose one of the list.")]
    if not 0 <= n <= MOST:
        faults["n"] = [_("A number from 0 to {n}.").format(n=MOST)]
    if faults:
        raise Invalid(_("The rule was not saved."), fields=faults)
    columns: dict[str, Any] = {
        "title": title.strip(),
        "regime": regime,
        "event": event,
        "action": action_for(event),
        "direction": direction,
        "n": n,
        "unit": unit,
        "active": True,
        "entered_by": by.user,
    }
    try:
        with transaction.atomic():
            saved = _write(rule, columns, version)
    except IntegrityError as error:
        sentence = _("There is a rule for this event and this filing already: change that one.")
        raise Invalid(sentence, fields={"event": [sentence]}) from error
    record_act("compliance.clock_rule.saved", saved, title=saved.title)
    _order(saved, by)
    return saved


def _planned() -> tuple[str, ...]:
    return ("processing_start", "data_export_start", "activity_start")


def _write(rule: ClockRule | None, columns: dict[str, Any], version: int) -> ClockRule:
    if rule is None:
        # One that was taken out of use comes back with what is said now.
        key = {name: columns[name] for name in ("regime", "event", "action", "direction")}
        old = ClockRule.objects.filter(**key, active=False).first()
        if old is None:
            return ClockRule.objects.create(**columns)
        rule, version = old, old.version
    if not ClockRule.objects.filter(pk=rule.pk, version=version).update(**columns, version=F("version") + 1):
        raise Conflict(_("Somebody else changed this rule in the meantime. Reload the page to see it."), code="stale_version")
    return ClockRule.objects.get(pk=rule.pk)


@transaction.atomic
def remove_rule(rule: ClockRule, *, version: int, by: Actor) -> None:
    """Take a rule out of use: its limits that run are void; those that are over stay in the history."""
    _refuse(by)
    if not ClockRule.objects.filter(pk=rule.pk, version=version, active=True).update(active=False, version=F("version") + 1):
        raise Conflict(_("Somebody else changed this rule in the meantime. Reload the page to see it."), code="stale_version")
    record_act("compliance.clock_rule.removed", rule, title=rule.title)
    _order(rule, by)


def _refuse(by: Actor) -> None:
    if not may_edit(by):
        raise NotAllowed(_("Calendars are kept by compliance or an administrator."))


def _order(rule: ClockRule, by: Actor) -> None:
    order_job(FOLLOW_RULE, {"rule": str(rule.pk)}, by=by.user, idempotency_key=f"{FOLLOW_RULE}:{rule.pk}:{uuid7()}")


__all__ = ["ACTIONS", "FIRST", "action_for", "remove_rule", "save_rule"]
