"""A step was recorded wrongly: its date, receipt, number or end of validity is corrected by a new event, never by an edit."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.calendars.workdays import add_months
from compliance.filings import registry, rules
from compliance.filings.actions.common import follow, hold, present, put_on_record
from compliance.filings.actions.stepping import (
    DAY,
    LONGEST,
    NUMBER,
    RECEIPT,
    UNTIL,
    Stepped,
    asks_for,
    number_warning,
    pattern_blocks,
    write_numbered,
)
from compliance.filings.models import Filing
from compliance.filings.states import FilingState
from compliance.filings.steps import CORRECTABLE, CORRECTED, Taken, taken_steps
from portal.catalogue.parts import Filing as Entry
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.projects.models import Project
from portal.tenants.clock import organisation_today

S = FilingState
# Where the record itself keeps what a step was given.
_ISSUING = (S.APPROVED, S.RENEWED)
LONGEST_REASON = 1000


def fields_of(step: Taken, entry: Entry) -> tuple[str, ...]:
    """What of a step can be corrected: what it asks for or was given."""
    needed, others = asks_for(step.to, step.old, entry)
    return tuple(name for name in CORRECTABLE if name in (*needed, *others) or name in step.given)


def correctable(row: Filing, entry: Entry) -> list[Taken]:
    """Steps with something to correct, the last one first: of each state that the procedure came to, its latest."""
    found: dict[str, Taken] = {}
    for step in reversed(taken_steps(row)):
        if step.to not in found and fields_of(step, entry):
            found[step.to] = step
    return list(found.values())


@transaction.atomic
def correct_step(
    project: Project | None,
    regime: str,
    *,
    step: UUID,
    version: int,
    by: Actor,
    reason: str,
    on: dt.date | None = None,
    receipt: str = "",
    number: str = "",
    valid_until: dt.date | None = None,
) -> Stepped:
    """Correct what a step was given. ``step``: id of its event; what is left out stays as it is. The record's columns follow.

    The old event stays; a new one carries old and new values. Raises Invalid for a day that does not fit between the steps around it.
    """
    refusal = rules.why_not_work(by, project)
    if refusal:
        raise NotAllowed(refusal)
    subject = hold(project, regime, version)
    row, entry = subject.row, subject.ruling.filing
    steps = taken_steps(row) if row is not None else []
    index = next((place for place, one in enumerate(steps) if one.event == step), None)
    if row is None or index is None or steps[index] not in correctable(row, entry):
        raise Conflict(
            _("This step cannot be corrected any more: a later one stands in its place."), code="no_such_step", current=present(row)
        )
    taken = steps[index]
    if refusal := rules.why_not_correct(by, project, taken.to):
        raise NotAllowed(refusal, code="not_for_you")
    given: dict[str, Any] = {DAY: on, RECEIPT: receipt.strip(), NUMBER: number.strip(), UNTIL: valid_until}
    new = {name: value for name, value in given.items() if value and _plain(value) != taken.given.get(name, "")}
    _check(new, reason, taken, steps, index, entry)
    if DAY in new and UNTIL not in new and _follows_day(taken, entry):
        months = entry.validity.months if entry.validity is not None else None
        new[UNTIL] = add_months(new[DAY], months or 0)
    changed = {name: [taken.given.get(name, ""), _plain(value)] for name, value in new.items()}
    warning = number_warning(entry, str(new.get(NUMBER, "")))
    write_numbered(row, _columns(new, taken, steps, index), by)
    unusual = {"unusual_number": True} if warning else {}
    put_on_record(
        row,
        subject,
        CORRECTED,
        by,
        old_state=row.state,
        act="compliance.filing.corrected",
        of=str(step),
        step=taken.to,
        changed=changed,
        reason=reason.strip(),
        step_word=dict(subject.content.vocabularies["filing_states"].label(taken.to)),
        **unusual,
    )
    registry.corrected(subject, step=taken.to, changed={name: (old, value) for name, (old, value) in changed.items()}, by=by)
    follow(subject, by)
    return Stepped(row, (warning,) if warning else ())


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _follows_day(taken: Taken, entry: Entry) -> bool:
    """Whether the end of validity on record was counted from the day of the step, and so moves with it."""
    if taken.to not in _ISSUING or taken.on is None or entry.validity is None or not entry.validity.months:
        return False
    return taken.given.get(UNTIL) == add_months(taken.on, entry.validity.months).isoformat()


def _check(new: dict[str, Any], reason: str, taken: Taken, steps: list[Taken], index: int, entry: Entry) -> None:
    faults: dict[str, list[str]] = {}
    if not reason.strip():
        faults["reason"] = [_("A reason is needed.")]
    elif len(reason.strip()) > LONGEST_REASON:
        faults["reason"] = [_("At most {n} characters.").format(n=LONGEST_REASON)]
    allowed = fields_of(taken, entry)
    for name in new:
        if name not in allowed:
            faults[name] = [_("This step does not ask for it.")]
        elif name in LONGEST and len(new[name]) > LONGEST[name]:
            faults[name] = [_("At most {n} characters.").format(n=LONGEST[name])]
    day = new.get(DAY, taken.on)
    if DAY in new and (fault := _misplaced(new[DAY], steps, index)):
        faults[DAY] = [fault]
    if UNTIL in new and day is not None and new[UNTIL] <= day:
        faults[UNTIL] = [_("It would end before it begins.")]
    if NUMBER in new and pattern_blocks(entry) and (warning := number_warning(entry, new[NUMBER])):
        faults[NUMBER] = [warning]
    if not new and not faults:
        raise Invalid(_("Nothing is different from what is on record."), fields={DAY: [_("Nothing is different from what is on record.")]})
    if faults:
        raise Invalid(_("The correction was not saved."), fields=faults)


def _misplaced(day: dt.date, steps: list[Taken], index: int) -> str:
    before = next((step.on for step in reversed(steps[:index]) if step.on is not None), None)
    after = next((step.on for step in steps[index + 1 :] if step.on is not None), None)
    if day > organisation_today():
        return _("The date lies in the future. Record a step when it has happened.")
    if before is not None and day < before:
        return _("This is before the step it follows, which was on {date}.").format(date=before.isoformat())
    if after is not None and day > after:
        return _("This is after the step that follows it, which was on {date}.").format(date=after.isoformat())
    return ""


def _columns(new: dict[str, Any], taken: Taken, steps: list[Taken], index: int) -> dict[str, Any]:
    """Columns of the record that hold what this step was given and no later step has replaced."""
    later = {step.to for step in steps[index + 1 :]}
    columns: dict[str, Any] = {}
    if taken.to == S.SUBMITTED and DAY in new:
        columns["submitted_on"] = new[DAY]
    if taken.to in _ISSUING and not later & set(_ISSUING):
        columns |= {column: new[name] for name, column in ((DAY, "approved_on"), (UNTIL, "valid_until")) if name in new}
    if taken.to in _ISSUING and NUMBER in new and not any(step.given.get(NUMBER) for step in steps[index + 1 :]):
        columns["number"] = new[NUMBER]
    return columns
