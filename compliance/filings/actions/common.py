"""What all acts on a filing share: locks, versions, events, and what follows from them."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.checklists.rescore import rescore_project
from assessments.gates.staleness import mark_affected
from compliance.filings.clocks import note_next_date
from compliance.filings.evaluation import organisation_regimes, ruling_columns
from compliance.filings.following import order_following
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.subjects import Subject, subject_of, view_for
from portal.audit.actions import record_act
from portal.core.access import Actor
from portal.core.errors import Conflict
from portal.projects.facts import dictionary
from portal.projects.locking import lock_project
from portal.projects.models import Project


def hold(project: Project | None, regime: str, version: int) -> Subject:
    """The regime with its record locked until the transaction ends. Raises Conflict when the record is not at ``version`` any more.

    Order of locks as everywhere: project, assessment, then the record.
    """
    if project is not None and regime in organisation_regimes(dictionary.content_of(project)):
        raise Conflict(_("This filing belongs to the organisation and is decided once for all projects."), code="of_organisation")
    if project is not None:
        lock_project(project)
    Filing.objects.select_for_update(of=("self",)).filter(project=project, regime=regime).values_list("pk", flat=True).first()
    subject = subject_of(project, regime)
    if subject.version != version:
        raise stale(subject.row)
    return subject


def stale(row: Filing | None) -> Conflict:
    """Somebody else was faster; carries what is on record now."""
    return Conflict(
        _("Somebody else changed this filing in the meantime. Nothing was overwritten; see what stands now and decide again."),
        code="stale_version",
        current=present(row),
    )


def present(row: Filing | None) -> dict[str, Any]:
    """What is on record, as plain data."""
    if row is None:
        return {"version": 0, "decision": "none", "state": "not_assessed", "number": ""}
    return {
        "version": row.version,
        "decision": row.decision,
        "decision_reason": row.decision_reason,
        "decided_by": row.decided_by.name if row.decided_by else "",
        "state": row.state,
        "number": row.number,
    }


def row_of(subject: Subject) -> Filing:
    """The record; made when there is none yet (a regime that the rules do not ask for, but a person decides on)."""
    if subject.row is not None:
        return subject.row
    now = timezone.now()
    columns = ruling_columns(subject.content, subject.ruling, now)
    row, made = Filing.objects.get_or_create(project=subject.project, regime=subject.regime, defaults={**columns, "created_at": now})
    if not made:
        raise stale(row)
    return row


def write(row: Filing, **changes: Any) -> None:
    """Set columns if nobody changed the record since it was read (compare-and-set on the version)."""
    old = row.version
    found = Filing.objects.filter(pk=row.pk, version=old).update(**changes, version=F("version") + 1, updated_at=timezone.now())
    if not found:
        raise stale(Filing.objects.select_related("decided_by").get(pk=row.pk))
    for name, value in changes.items():
        setattr(row, name, value)
    row.version = old + 1


def put_on_record(row: Filing, subject: Subject, verb: str, by: Actor | None, *, old_state: str, act: str, **detail: Any) -> FilingEvent:
    """Append the event of the filing and the act of the trail. ``by`` None: the product itself, at night."""
    event = FilingEvent.objects.create(
        filing=row, verb=verb, old_state=old_state, new_state=row.state, detail=detail, done_by=by.user if by else None
    )
    named = {"filing": dict(subject.ruling.filing.name), "new_word": dict(subject.content.vocabularies["filing_states"].label(row.state))}
    record_act(act, row, project_id=row.project_id, regime=subject.regime, old=old_state, new=row.state, **named, **detail)
    return event


def follow(subject: Subject, by: Actor | None) -> None:
    """Bring everything that counts filings up to date: items, summary, next date. For the organisation a job does it."""
    if subject.project is None:
        order_following(by.user if by else None)
        return
    note_next_date(subject.project)
    rescore_project(subject.project)
    mark_affected(subject.project, facts_changed=True)
    subject.project.refresh_from_db(fields=["updated_at"])


__all__ = ["follow", "hold", "present", "put_on_record", "row_of", "stale", "view_for", "write"]
