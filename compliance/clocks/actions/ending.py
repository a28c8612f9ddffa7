"""Limits end: met, waived, found void. They stop while the authority waits, and their event can be corrected."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from compliance.clocks import limits
from compliance.clocks.actions.common import By, check_right, clean, hold_clock, note_clock, put_on_record, stale, zone_for
from compliance.clocks.actions.starting import start_limit
from compliance.clocks.counting import counted_anew
from compliance.clocks.limits import AUTHORITY, RECURS, Group
from compliance.clocks.models import FilingClock
from compliance.clocks.states import OPEN, TRANSITIONS, ClockState
from compliance.filings import rules
from compliance.filings.models import FilingEvent
from compliance.holidays.queries import calendar_rules
from portal.catalogue import catalogue
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.states import check_step
from portal.tenants.clock import organisation_today

STATUTORY = FilingClock.Basis.STATUTORY
VOID_ASKED = "clock_void_asked"


def write(clock: FilingClock, **changes: Any) -> None:
    """Set columns if nobody changed the limit since it was read."""
    found = FilingClock.objects.filter(pk=clock.pk, version=clock.version).update(**changes, version=F("version") + 1)
    if not found:
        raise stale(FilingClock.objects.get(pk=clock.pk))
    for name, value in changes.items():
        setattr(clock, name, value)
    clock.version += 1


def end(clock: FilingClock, state: ClockState, *, by: By, on: dt.date | None = None, reason: str = "", note: str = "") -> None:
    """End a limit of a filing that is locked, without asking for rights. Met late is said so."""
    check_step(TRANSITIONS, clock.state, state)
    day = on or organisation_today()
    write(clock, state=state, ended_on=day, reason=reason or note)
    late = state == ClockState.MET and clock.action != AUTHORITY and clock.due_on is not None and day > clock.due_on
    told: dict[str, Any] = {"on": day.isoformat()} | ({"reason": reason} if reason else {}) | ({"note": note} if note else {})
    put_on_record(clock, "met_late" if late else str(state), by, **told)
    if state == ClockState.MET and clock.event == RECURS:
        start_next(clock, by=by)
    note_clock(clock.filing)


def start_next(clock: FilingClock, *, by: By) -> FilingClock | None:
    """The next turn of a recurring obligation whose last one is done."""
    content = catalogue(clock.filing.catalogue_version)
    entry = content.filings.get(clock.filing.regime)
    index = int(clock.key.rpartition(":")[2])
    if entry is None or index >= len(entry.recurring) or clock.ended_on is None:
        return None
    one = entry.recurring[index]
    limit = limits.recurring_limit(entry, index, one)
    if limit is None:
        return None
    fixed = limits.next_day_of_year(one.due_on, clock.due_on or clock.ended_on, limits.first_year(one)) if one.due_on else None
    event_on = (clock.due_on or clock.ended_on) if fixed else max(clock.ended_on, clock.event_on + dt.timedelta(days=1))
    return start_limit(clock.filing, Group(limit.key, (limit,)), event_on=event_on, by=by, fixed=fixed)


@transaction.atomic
def meet_clock(clock: FilingClock, *, on: dt.date, by: By, note: str = "") -> FilingClock:
    """What the limit asked for was done on this day. Raises Invalid for a day in the future or before the event that started it."""
    check_right(by, clock.filing.project)
    held = _open(clock)
    if on > organisation_today():
        sentence = _("The date lies in the future. Record a step when it has happened.")
        raise Invalid(sentence, fields={"on": [sentence]})
    if held.direction == "after" and on < held.event_on:
        sentence = _("This is before the event that started the limit, which was on {date}.").format(date=held.event_on.isoformat())
        raise Invalid(sentence, fields={"on": [sentence]})
    end(held, ClockState.MET, by=by, on=on, note=clean(note, needed=False, field="note"))
    return held


def _open(clock: FilingClock) -> FilingClock:
    held = hold_clock(clock)
    if held.state not in OPEN:
        raise Conflict(_("This time limit is over already."), code="over")
    return held


@transaction.atomic
def pause_clock(clock: FilingClock, *, on: dt.date, by: By) -> FilingClock:
    """The period stops: only that of the authority can, while it waits for us. Ours run on."""
    check_right(by, clock.filing.project)
    held = _open(clock)
    if held.action != AUTHORITY:
        raise Conflict(_("Only the authority’s own period stops while it waits for us; ours runs on."), code="not_pausable")
    if on < held.event_on or on > organisation_today():
        raise Invalid(_("The period was not running on this day."), fields={"on": [_("The period was not running on this day.")]})
    check_step(TRANSITIONS, held.state, ClockState.PAUSED)
    write(held, state=ClockState.PAUSED, paused_on=on)
    put_on_record(held, "paused", by, on=on.isoformat())
    note_clock(held.filing)
    return held


@transaction.atomic
def resume_clock(clock: FilingClock, *, on: dt.date, by: By) -> FilingClock:
    """The period goes on: the days since it stopped do not count."""
    check_right(by, clock.filing.project)
    held = _open(clock)
    check_step(TRANSITIONS, held.state, ClockState.RUNNING)
    stopped = held.paused_on or on
    if on < stopped or on > organisation_today():
        raise Invalid(_("It cannot go on before it stopped."), fields={"on": [_("It cannot go on before it stopped.")]})
    how = {**held.counted, "pauses": [*held.counted.get("pauses", []), [stopped.isoformat(), on.isoformat()]]}
    held.counted = how
    found = counted_anew(calendar_rules(catalogue()), held, zone_for(held.filing))
    write(held, state=ClockState.RUNNING, paused_on=None, paused_days=held.paused_days + (on - stopped).days, **found)
    due = {"due_on": held.due_on.isoformat()} if held.due_on else {}
    put_on_record(held, "resumed", by, on=on.isoformat(), **due)
    note_clock(held.filing)
    return held


@transaction.atomic
def waive_clock(clock: FilingClock, *, reason: str, by: By) -> FilingClock:
    """Let a limit go that the organisation may let go: its own rule or usual practice. One by law cannot be waived."""
    check_right(by, clock.filing.project)
    held = _open(clock)
    if held.basis == STATUTORY:
        raise Conflict(_("A limit by law cannot be waived. If it was started wrongly, find it void with a reason."), code="statutory")
    end(held, ClockState.WAIVED, by=by, reason=clean(reason, needed=True))
    return held


def void_wish(clock: FilingClock) -> FilingEvent | None:
    """The first person's wish to find a limit by law void, as long as it stands."""
    rows = FilingEvent.objects.filter(filing_id=clock.filing_id, verb=VOID_ASKED, detail__clock=str(clock.pk))
    return rows.select_related("done_by").order_by("-done_at", "-id").first()


def needs_two(clock: FilingClock) -> bool:
    """Whether two people are needed to find it void: a limit by law that is ours."""
    return clock.basis == STATUTORY and clock.action != AUTHORITY


def why_not_second(by: Actor, clock: FilingClock, wish: FilingEvent) -> str:
    """Why the person cannot complete the pair that finds a limit by law void."""
    project = clock.filing.project
    if wish.done_by is not None and wish.done_by.person_id == by.person_id:
        return _("You asked for this yourself. A second person has to agree; until then the limit runs.")
    if not (rules.may(by, rules.SECOND, project) or rules.may(by, rules.DECIDE, project)):
        return _("A limit by law is found void by a second person of compliance or security.")
    return ""


@transaction.atomic
def void_clock(clock: FilingClock, *, reason: str, by: By) -> FilingClock:
    """A limit that was started wrongly is void. One by law needs two people: the first call puts the wish on record, a second person's
    call ends it.
    """
    if isinstance(by, Actor) and (refusal := rules.why_not_work(by, clock.filing.project)):
        wish = void_wish(clock) if needs_two(clock) else None
        if wish is None or rules.segregation.why_no_judge(by, clock.filing.project) or why_not_second(by, clock, wish):
            raise NotAllowed(refusal)
    held = _open(clock)
    wish = void_wish(held) if needs_two(held) else None
    said = clean(reason, needed=wish is None)
    if isinstance(by, Actor) and needs_two(held):
        if wish is None:
            write(held)
            put_on_record(held, "void_asked", by, reason=said)
            return held
        if refusal := why_not_second(by, held, wish):
            raise NotAllowed(refusal, code="segregation")
        said = said or str(wish.detail.get("reason", ""))
    end(held, ClockState.VOID, by=by, reason=said)
    return held


@transaction.atomic
def correct_clock(clock: FilingClock, *, on: dt.date | None = None, at: dt.datetime | None = None, reason: str, by: By) -> FilingClock:
    """The day or moment of the event was wrong: the limit is counted from the right one. The old day stays in the history.

    A later day gives a limit by law more time, so only compliance may set it.
    """
    check_right(by, clock.filing.project)
    held = _open(clock)
    said = clean(reason, needed=True)
    zone = zone_for(held.filing)
    if held.event_at is not None and at is None:
        sentence = _("This limit runs in hours: give the time of the event as well.")
        raise Invalid(sentence, fields={"at": [sentence]})
    day = at.astimezone(zone).date() if at is not None else on
    if day is None:
        raise Invalid(_("A date is needed."), fields={"on": [_("A date is needed.")]})
    if held.direction == "after" and (day > organisation_today() if at is None else at > dt.datetime.now(dt.UTC)):
        sentence = _("The event lies in the future. Report it when it has happened.")
        raise Invalid(sentence, fields={"at" if at else "on": [sentence]})
    later = at > held.event_at if at is not None and held.event_at is not None else day > held.event_on
    if later and needs_two(held) and isinstance(by, Actor) and not rules.may(by, rules.DECIDE, held.filing.project):
        raise NotAllowed(_("A later day gives a limit by law more time: only compliance can set it."))
    move_event(held, day, at, by=by, reason=said)
    return held


def move_event(clock: FilingClock, day: dt.date, at: dt.datetime | None = None, *, by: By, reason: str = "", check: str = "") -> None:
    """Count a limit of a filing that is locked from another day. Raises Conflict where the same limit runs from that day already."""
    twin = (
        FilingClock.objects.filter(filing_id=clock.filing_id, key=clock.key, event_on=day)
        .exclude(pk=clock.pk)
        .exclude(state=ClockState.VOID)
    )
    if twin.exists():
        raise Conflict(_("The same limit is on record from that day already."), code="reported_already")
    old = {"old_event": clock.event_on.isoformat(), "old_due": clock.due_on.isoformat() if clock.due_on else ""}
    clock.event_on, clock.event_at = day, at
    found = counted_anew(calendar_rules(catalogue()), clock, zone_for(clock.filing))
    found["counted"].pop("check", None)
    if check:
        found["counted"]["check"] = check
    write(clock, event_on=day, event_at=at, **found)
    due = {"due_on": clock.due_on.isoformat()} if clock.due_on else {}
    put_on_record(clock, "moved", by, event_on=day.isoformat(), **old, **due, **({"reason": reason} if reason else {}))
    note_clock(clock.filing)
