"""What happened to an item: acts and changed values from the trail, and the sentences of this slice's acts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.checklists.models import Answer
from portal.audit.models import AuditEvent

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
