"""A step was on another day than recorded: the limits that it started, stopped or met follow, and say so in the history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from compliance.clocks import limits
from compliance.clocks.actions.common import note_clock, put_on_record, zone_for
from compliance.clocks.actions.ending import move_event, write
from compliance.clocks.counting import counted_anew, pauses_of
from compliance.clocks.following import ENDS_PERIOD
from compliance.clocks.fulfilling import fulfils
from compliance.clocks.limits import AUTHORITY, RECURS
from compliance.clocks.models import FilingClock
from compliance.clocks.states import ClockState
from compliance.filings.states import FilingState
from compliance.filings.subjects import Subject
from compliance.holidays.queries import calendar_rules
from portal.catalogue import catalogue
from portal.core.errors import Invalid

S = FilingState


def after_correction(subject: Subject, *, step: str, changed: Mapping[str, tuple[str, str]], by: Any) -> None:
    """Count again what rests on the day of a step or on the end of validity it gave.

    ``changed``: field → (old, new) as text. Raises Invalid for a day before the event of a limit that the step met, Conflict where the
    same limit runs from the new day already; nothing of the correction stands then.
    """
    row = subject.row
    if row is None:
        return
    row.project = subject.project
    clocks = list(FilingClock.objects.filter(filing=row).exclude(state=ClockState.VOID).order_by("event_on", "pk"))
    for clock in clocks:
        clock.filing, clock.project = row, subject.project
    if "on" in changed and all(changed["on"]):
        old, new = (dt.date.fromisoformat(day) for day in changed["on"])
        # What was met comes first: the next turn of an obligation begins on that day.
        met = [clock for clock in clocks if _ended_by(subject, clock, step, old)]
        for clock in met:
            _meet_on(clock, new, by)
        for clock in clocks:
            if clock.event_on == old and _started_by(subject, clock, step, met):
                move_event(clock, new, by=by)
            elif clock.action == AUTHORITY:
                _pause_on(clock, step, old, new, by)
    if "valid_until" in changed and all(changed["valid_until"]):
        old, new = (dt.date.fromisoformat(day) for day in changed["valid_until"])
        for clock in clocks:
            if clock.event == limits.VALID_TO and clock.event_on == old:
                move_event(clock, new, by=by)
    note_clock(row)


def _ended_by(subject: Subject, clock: FilingClock, step: str, day: dt.date) -> bool:
    if clock.state != ClockState.MET or clock.ended_on != day or subject.row is None:
        return False
    if clock.action == AUTHORITY:
        return step in ENDS_PERIOD
    return fulfils(subject.ruling.filing, clock, step, subject.row)


def _started_by(subject: Subject, clock: FilingClock, step: str, met: list[FilingClock]) -> bool:
    """Whether the limit runs from the day of this step."""
    if clock.counted.get("cause") == "reported":
        return False  # a person gave that day, not the step
    if clock.event == RECURS:
        first = step == S.APPROVED and clock.counted.get("cause") == "turn"
        return first or any(clock.key == turn.key for turn in met)
    if clock.action == AUTHORITY:
        known = limits.authority_limit(subject.ruling.filing)
        return known is not None and step == known[1]
    event = {S.SUPPLEMENT_REQUESTED: limits.SUPPLEMENT, S.DONE: limits.ASSESSED}.get(S(step))
    return event is not None and clock.event == event


def _meet_on(clock: FilingClock, day: dt.date, by: Any) -> None:
    if clock.direction == "after" and day < clock.event_on:
        sentence = _("This is before the event that started the limit, which was on {date}.").format(date=clock.event_on.isoformat())
        raise Invalid(sentence, fields={"on": [sentence]})
    old = clock.ended_on
    write(clock, ended_on=day)
    put_on_record(clock, "met_moved", by, on=day.isoformat(), old_on=old.isoformat() if old else "")


def _pause_on(clock: FilingClock, step: str, old: dt.date, new: dt.date, by: Any) -> None:
    """The authority's period stopped or went on that day."""
    if step == S.SUPPLEMENT_REQUESTED and clock.state == ClockState.PAUSED and clock.paused_on == old:
        write(clock, paused_on=new)
        put_on_record(clock, "paused", by, on=new.isoformat())
        return
    side = {S.SUPPLEMENT_REQUESTED: 0, S.RESUBMITTED: 1}.get(S(step))
    pauses = [list(pair) for pair in pauses_of(clock.counted)]
    moved = next((pair for pair in reversed(pauses) if side is not None and pair[side] == old), None)
    if moved is None or side is None:
        return
    moved[side] = new
    told = {"old_event": clock.event_on.isoformat(), "old_due": clock.due_on.isoformat() if clock.due_on else ""}
    clock.counted = {**clock.counted, "pauses": [[day.isoformat() for day in pair] for pair in pauses]}
    found = counted_anew(calendar_rules(catalogue()), clock, zone_for(clock.filing))
    write(clock, paused_days=sum((end - start).days for start, end in pauses), **found)
    due = {"due_on": clock.due_on.isoformat()} if clock.due_on else {}
    put_on_record(clock, "moved", by, event_on=clock.event_on.isoformat(), **told, **due)
