"""Carrying a filing through: one step of the table at a time, each with what it needs."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from compliance.calendars.workdays import add_months
from compliance.filings import registry, rules
from compliance.filings.actions.common import follow, hold, present, put_on_record, write
from compliance.filings.models import Filing
from compliance.filings.numbers import NumberKey, number_forms, tidy_number
from compliance.filings.states import BY_DECISION, OWED, TRANSITIONS, FilingState
from compliance.filings.steps import last_dated
from compliance.filings.subjects import Subject
from portal.catalogue.parts import Filing as Entry
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.states import check_step
from portal.projects.access import projects_visible_to
from portal.projects.models import Project
from portal.tenants.clock import organisation_today

S = FilingState
DAY, RECEIPT, NUMBER, UNTIL, DUE, NOTE = "on", "receipt", "number", "valid_until", "due_on", "note"
# What a step asks for: (needed, may be given as well). Steps that are not listed ask for nothing and take a note.
ASKS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    S.SUBMITTED: ((DAY, RECEIPT), (NOTE,)),
    S.RESUBMITTED: ((DAY, RECEIPT), (NOTE,)),
    S.CHANGE_SUBMITTED: ((DAY, RECEIPT), (NOTE,)),
    S.ACCEPTED: ((DAY,), (RECEIPT, NOTE)),
    S.SUPPLEMENT_REQUESTED: ((DAY, NOTE), ()),
    S.REJECTED: ((DAY, NOTE), ()),
    S.REVOKED: ((DAY, NOTE), ()),
    S.APPROVED: ((DAY, NUMBER), (UNTIL, NOTE)),
    S.RENEWED: ((DAY,), (NUMBER, UNTIL, NOTE)),
    S.PUBLISHED: ((DAY,), (NOTE,)),
    S.EXPIRED: ((DAY,), (NOTE,)),
    S.CANCELLED: ((DAY,), (RECEIPT, NOTE)),
    S.DONE: ((DAY,), (NOTE,)),
    S.REPORTED: ((DAY, RECEIPT), (NOTE,)),
    S.CHANGE_DUE: ((NOTE,), (DUE,)),
    S.RENEWAL_DUE: ((), (DUE, NOTE)),
    S.CANCEL_DUE: ((NOTE,), (DUE,)),
}
LONGEST = {RECEIPT: 200, NUMBER: 120, NOTE: 2000}


@dataclass(frozen=True)
class Stepped:
    """The filing after a step, and sentences on what to check."""

    filing: Filing
    warnings: tuple[str, ...] = ()


@dataclass
class Given:
    """What was typed, cleaned; faults by field."""

    on: dt.date | None = None
    receipt: str = ""
    number: str = ""
    valid_until: dt.date | None = None
    due_on: dt.date | None = None
    note: str = ""
    faults: dict[str, list[str]] = field(default_factory=dict)


def asks_for(to: str, old: str, entry: Entry) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the step to ``to`` needs and may be given as well. A number is needed only where the authority issues one."""
    if (old, to) == (S.INTERNAL_REVIEW, S.PREPARING):
        return (NOTE,), ()
    needed, others = ASKS.get(to, ((), (NOTE,)))
    if to == S.APPROVED and entry.identifier is None:
        needed, others = (DAY,), (NUMBER, UNTIL, NOTE)
    return needed, others


def next_steps(row: Filing) -> list[str]:
    """States that a person may move the filing to."""
    return [to for to in TRANSITIONS.get(row.state, ()) if to not in BY_DECISION]


def number_warning(entry: Entry, number: str) -> str:
    """A sentence when a number does not look like the samples of the catalogue; empty when it does or nobody knows."""
    known = entry.identifier
    if not number or known is None or known.pattern is None or any(re.search(known.pattern, form) for form in number_forms(number)):
        return ""
    samples = _(", ").join(value for value, _made_up in known.samples[:2])
    return _("This number does not look like the known form (for example {samples}). Please check it against the document.").format(
        samples=samples
    )


def pattern_blocks(entry: Entry) -> bool:
    """Whether a number of another form is refused: only where the form is certain."""
    return entry.identifier is not None and entry.identifier.strict and entry.confidence == "H"


@transaction.atomic
def step_filing(
    project: Project | None,
    regime: str,
    *,
    to: str,
    version: int,
    by: Actor,
    on: dt.date | None = None,
    receipt: str = "",
    number: str = "",
    valid_until: dt.date | None = None,
    due_on: dt.date | None = None,
    note: str = "",
) -> Stepped:
    """Move a filing along the table of steps. ``due_on``: until when what the step makes owed has to be done.

    Raises Conflict for a step that is not there, Invalid for what is missing or impossible.
    """
    refusal = rules.why_not_work(by, project)
    if refusal:
        raise NotAllowed(refusal)
    subject = hold(project, regime, version)
    if to not in FilingState.values or to in BY_DECISION:
        raise Invalid(_("This state is set by a decision, not by a step."), fields={"to": [str(to)]})
    row = subject.row
    refusal = rules.why_not_step(row, to) or registry.step_refusal(subject, to)
    if refusal or row is None:
        raise Conflict(refusal, code="not_ready", current=present(row))
    check_step(TRANSITIONS, row.state, to)
    refusal = rules.why_not_take(by, project, row, to)
    if refusal:
        raise NotAllowed(refusal, code="not_for_you")
    return take_step(subject, to, Given(on, receipt.strip(), number.strip(), valid_until, due_on, note.strip()), by)


def take_step(subject: Subject, to: str, given: Given, by: Actor | None) -> Stepped:
    """A step of a filing that is locked and may be moved. ``by`` None: the product itself (a renewal begins). Raises Invalid."""
    row, entry = subject.row, subject.ruling.filing
    assert row is not None  # noqa: S101 - asked by the caller
    old = row.state
    _check(given, to, row, entry)
    if given.faults:
        raise Invalid(_("The step was not taken: something is missing or cannot be."), fields=given.faults)
    warning = number_warning(entry, given.number)
    changes, until = _changes(given, to, row, entry)
    write_numbered(row, {"state": to, **changes}, by)
    detail: dict[str, Any] = {
        name: value for name, value in (("receipt", given.receipt), ("number", given.number), ("note", given.note)) if value
    }
    if given.on is not None:
        detail["on"] = given.on.isoformat()
    if until is not None:
        detail["valid_until"] = until.isoformat()
    if given.due_on is not None:
        detail["due_on"] = given.due_on.isoformat()
    if warning:
        detail["unusual_number"] = True
    put_on_record(row, subject, "stepped", by, old_state=old, act="compliance.filing.stepped", **detail)
    told = {DAY: given.on, RECEIPT: given.receipt, NUMBER: given.number, UNTIL: until, DUE: given.due_on, NOTE: given.note}
    registry.stepped(subject, old_state=old, to=to, given=told, by=by)
    follow(subject, by)
    return Stepped(row, (warning,) if warning else ())


def write_numbered(row: Filing, changes: dict[str, Any], by: Actor | None) -> None:
    """Set columns of which one may be the number. Raises Invalid when another filing has it, however it is written there."""
    number = str(changes.get("number", ""))
    if number:
        _check_free(number, row, by)
    try:
        with transaction.atomic():
            write(row, **changes)
    except IntegrityError as error:
        if "filing_number_alike" not in str(error):
            raise
        raise _taken(number, row, by) from error


def _check(given: Given, to: str, row: Filing, entry: Entry) -> None:
    """Everything that is wrong at once, so that nobody corrects a form three times."""
    needed, others = asks_for(to, row.state, entry)
    messages = {
        DAY: _("A date is needed."),
        RECEIPT: _("Say where the proof is: a receipt number or where the document lies."),
        NUMBER: _("The number is needed."),
        NOTE: _("Say why."),
        UNTIL: _("A date is needed."),
    }
    for name in needed:
        if not getattr(given, name):
            given.faults.setdefault(name, []).append(messages[name])
    for name in (DAY, RECEIPT, NUMBER, UNTIL, DUE):
        if getattr(given, name) and name not in (*needed, *others):
            given.faults.setdefault(name, []).append(_("This step does not ask for it."))
    for name, most in LONGEST.items():
        if len(getattr(given, name)) > most:
            given.faults.setdefault(name, []).append(_("At most {n} characters.").format(n=most))
    if given.on is not None:
        if given.on > organisation_today():
            given.faults.setdefault(DAY, []).append(_("The date lies in the future. Record a step when it has happened."))
        last = last_dated(row)
        if last is not None and last.on is not None and given.on < last.on:
            given.faults.setdefault(DAY, []).append(
                _("This is before the step it follows, which was on {date}.").format(date=last.on.isoformat())
            )
    if given.on and given.valid_until and given.valid_until <= given.on:
        given.faults.setdefault(UNTIL, []).append(_("It would end before it begins."))
    if given.number and pattern_blocks(entry) and (warning := number_warning(entry, given.number)):
        given.faults.setdefault(NUMBER, []).append(warning)


def _changes(given: Given, to: str, row: Filing, entry: Entry) -> tuple[dict[str, Any], dt.date | None]:
    """Columns that the step sets, and until when the result holds."""
    changes: dict[str, Any] = {}
    until = given.valid_until
    if to == S.SUBMITTED:
        changes = {"submitted_on": given.on, "approved_on": None}
    if to in (S.APPROVED, S.RENEWED):
        if until is None and given.on and entry.validity is not None and entry.validity.months:
            until = add_months(given.on, entry.validity.months)
        changes = {"approved_on": given.on, "valid_until": until}
        if given.number:
            changes["number"] = given.number
        # What was due is done; a new date belongs to the renewal.
        changes["due_on"] = None
    if to in (S.DONE, S.REPORTED, S.CANCELLED, S.CHANGE_SUBMITTED):
        changes["due_on"] = None
    if to in OWED and given.due_on is not None:
        changes["due_on"] = given.due_on
    if to == S.RENEWED:  # the reminder was of this renewal
        changes["renewal_on"] = None
    return changes, until


def _same_number(number: str, row: Filing) -> QuerySet[Filing]:
    return Filing.objects.annotate(number_key=NumberKey("number")).filter(number_key=tidy_number(number).lower()).exclude(pk=row.pk)


def _check_free(number: str, row: Filing, by: Actor | None) -> None:
    if _same_number(number, row).exists():
        raise _taken(number, row, by)


def _taken(number: str, row: Filing, by: Actor | None) -> Invalid:
    """Who has the number already, as far as the person may know."""
    other = _same_number(number, row).select_related("project").first()
    sentence = _("This number is recorded for another filing already. Check which of the two is wrong.")
    project = other.project if other is not None else None
    if by is not None and project is not None and projects_visible_to(by).filter(pk=project.pk).exists():
        sentence = _("This number is recorded for a filing of {code} already. Check which of the two is wrong.").format(code=project.code)
    return Invalid(sentence, code="number_taken", fields={NUMBER: [sentence]})
