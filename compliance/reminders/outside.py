"""What webhooks are told of: one row for each event and target, written in the transaction of the event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compliance.filings.candidates import whose
from compliance.filings.states import FilingState as S
from compliance.reminders.models import WebhookDelivery, WebhookTarget

DUE, LATE, DECIDED, STEPPED, AUTHORITY, SETTLED, TEST = "due", "late", "decided", "stepped", "authority", "settled", "test"
EVENTS: Mapping[str, Any] = {
    DUE: _("A date comes near"),
    LATE: _("A date has passed"),
    AUTHORITY: _("The authority answers (accepted, supplement requested, rejected, revoked)"),
    SETTLED: _("Approved, published, renewed or cancelled"),
    STEPPED: _("Any other step of a filing"),
    DECIDED: _("A decision whether a filing applies"),
}
_AUTHORITY = frozenset({S.ACCEPTED, S.UNDER_REVIEW, S.SUPPLEMENT_REQUESTED, S.REJECTED, S.REVOKED})
_SETTLED = frozenset({S.APPROVED, S.PUBLISHED, S.RENEWED, S.CANCELLED})


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a filing. ``key`` names it once and for all."""

    event: str
    key: str
    regime: str
    project_id: UUID | None
    confidential: bool
    params: Mapping[str, Any]


def wanted(target: WebhookTarget, one: Happening) -> bool:
    """Whether a webhook is told. What concerns a confidential project never leaves."""
    if one.confidential or one.event not in target.events:
        return False
    if target.regimes and one.regime not in target.regimes:
        return False
    return not target.projects or one.project_id in target.projects


def tell_outside(happenings: Iterable[Happening]) -> None:
    """Put a message in the queue of each webhook that wants it, once per event and webhook. One query where there is no webhook."""
    found = list(happenings)
    targets = list(WebhookTarget.objects.filter(active=True)) if found else []
    now = timezone.now()
    rows = [
        WebhookDelivery(target=target, event_key=one.key, event=one.event, project_id=one.project_id, params=dict(one.params), next_at=now)
        for target in targets
        for one in found
        if wanted(target, one)
    ]
    if rows:
        WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)


def stepped(subject: Any, *, old_state: str, to: str, given: Mapping[str, Any], by: Any) -> None:
    """A step of a filing was recorded (hook of the filings). Nothing that was typed leaves but the number and the day."""
    if not subject.regime or subject.row is None:
        return
    event = AUTHORITY if to in _AUTHORITY else SETTLED if to in _SETTLED else STEPPED
    on = given.get("on")
    words = subject.content.vocabularies["filing_states"]
    params = {"state": dict(words.label(to)), "on": on.isoformat() if on else None, "number": given.get("number") or None}
    _tell(subject, event, f"step:{subject.row.pk}:{subject.row.version}", params)


def decided(subject: Any, *, verb: str, by: Any) -> None:
    """A decision was recorded, completed or taken back (hook of the filings)."""
    if subject.row is not None:
        _tell(subject, DECIDED, f"decision:{subject.row.pk}:{subject.row.version}:{verb}", {"verb": verb})


def _tell(subject: Any, event: str, key: str, params: Mapping[str, Any]) -> None:
    project = subject.project
    named = {"filing": dict(subject.ruling.filing.name), "project": whose(project), "regime": subject.regime, **params}
    confidential = project is not None and project.confidential
    tell_outside([Happening(event, key, subject.regime, project.pk if project is not None else None, confidential, named)])
