"""What happened to an item: acts and changed values from the trail, and the sentences of this slice's acts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.checklists.models import Answer
from assessments.checklists.people import names_of
from assessments.checklists.values import say_answer
from portal.audit.models import AuditEvent
from portal.audit.sentences import sentence
from portal.catalogue import catalogue

SENTENCES: dict[str, Any] = {
    "assessments.item.answered": _("answered {item}"),
    "assessments.item.undone": _("took back the last change of {item}"),
    "assessments.item.submitted": _("submitted {item} for review"),
    "assessments.item.recalled": _("took {item} back from review"),
    "assessments.item.assigned": _("assigned {item} to {name}"),
    "assessments.item.unassigned": _("took the assignment of {item} off {name}"),
    "assessments.item.commented": _("commented on {item}"),
    "assessments.item.comment_removed": _("removed the own comment on {item}"),
    "assessments.item.evidence_attached": _("attached “{name}” to {item}"),
    "assessments.item.evidence_detached": _("took “{name}” off {item}"),
    "assessments.item.evidence_changed": _("changed the validity of “{name}”, used by {item}"),
    "assessments.item.evidence_expired": _("“{name}”, used by {item}, has expired"),
    "assessments.evidence.added": _("added “{name}” to the evidence library"),
    "assessments.evidence.changed": _("changed the details of “{name}”"),
    "assessments.evidence.removed": _("removed “{name}” from the evidence library"),
    "assessments.evidence.downloaded": _("downloaded “{name}”"),
    "assessments.calculator.entered": _("entered figures in the calculator {calculator}"),
    "assessments.calculator.used": _("took the result of {calculator} over into {item}"),
}
ANSWER_TABLE = Answer._meta.db_table


def former_content(answer: Answer) -> tuple[Any, str] | None:
    """(value, note) before the last change of either; None if nothing was ever changed. One query."""
    events = AuditEvent.objects.filter(table_name=ANSWER_TABLE, row_id=str(answer.pk), kind=AuditEvent.Kind.ROW, verb="update")
    last = events.filter(changes__has_any_keys=["value", "note"]).order_by("-at").first()
    if last is None:
        return None
    value, note = last.changes.get("value"), last.changes.get("note")
    return (value[0] if value else answer.value, (note[0] if note else answer.note) or "")


def only_proofs_since(answer: Answer, version: int) -> bool:
    """Whether all versions after that one come from proofs that were attached, which leaves value and note as they were. One query."""
    acts = AuditEvent.objects.filter(table_name=ANSWER_TABLE, row_id=str(answer.pk), verb="assessments.item.evidence_attached")
    return acts.filter(changes__version__gt=version).count() == answer.version - version


def history_of(answer: Answer, *, currency: str, limit: int = 40) -> list[dict[str, Any]]:
    """What happened to an item, newest first, as ``ui/history.html`` shows it: acts in words, with what changed. Two queries."""
    found = AuditEvent.objects.filter(table_name=ANSWER_TABLE, row_id=str(answer.pk)).order_by("-at", "-id")[: limit * 3]
    events = list(reversed(found))
    names = names_of({event.user_id for event in events if event.user_id})
    item = catalogue(answer.assessment.catalogue_id).items.get(answer.item_key)
    entries: list[dict[str, Any]] = []
    changed: dict[str, Any] = {}  # what the row lost and got since the last act: the trigger writes before the act is recorded
    for event in events:
        if event.kind == AuditEvent.Kind.ROW:
            changed |= {name: event.changes[name] for name in ("value", "note") if name in event.changes and event.verb == "update"}
            continue
        entry = {
            "text": sentence(event.verb, event.changes),
            "who": names.get(event.user_id, _("the portal")),
            "at": event.at,
            "tone": _tone(event.verb),
        }
        if event.verb in _OF_CONTENT:
            entry |= _difference(item, changed, currency)
            changed = {}
        if event.changes.get("reason"):
            entry["note"] = event.changes["reason"]
        entries.append(entry)
    return entries[::-1][:limit]


def _difference(item: Any, changed: dict[str, Any], currency: str) -> dict[str, Any]:
    if item is not None and "value" in changed:
        before, after = (say_answer(item, value, currency=currency) for value in changed["value"])
    elif "note" in changed:
        before, after = ([note or ""] for note in changed["note"])
    else:
        return {}
    return {"before": _short(before), "after": _short(after)}


_OF_CONTENT = ("assessments.item.answered", "assessments.item.undone", "assessments.calculator.used")
_TONES = {"approved": "pass", "returned": "attention", "evidence_expired": "fail", "submitted": "review"}


def _tone(verb: str) -> str:
    return _TONES.get(verb.rpartition(".")[2], "")


def _short(lines: list[str]) -> str:
    text = "; ".join(lines)
    return text if len(text) <= 160 else text[:160] + "…"


def latest_of(project: Any, limit: int = 6) -> list[dict[str, Any]]:
    """The latest acts on the project, newest first, for the side panel. Two queries."""
    events = AuditEvent.objects.filter(project_id=project.pk, kind=AuditEvent.Kind.ACT).exclude(verb__in=_QUIET)
    rows = list(events.order_by("-at")[:limit])
    names = names_of({row.user_id for row in rows if row.user_id})
    return [
        {"text": sentence(row.verb, row.changes), "who": names.get(row.user_id, _("the portal")), "at": row.at, "tone": _tone(row.verb)}
        for row in rows
    ]


_QUIET = ("assessments.evidence.downloaded",)
