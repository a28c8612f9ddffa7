"""An event starts time limits: of one event and action the shortest that applies counts, and one event starts it once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from compliance.clocks import limits
from compliance.clocks.actions.common import By, check_right, clean, hold_filing, note_clock, present, put_on_record, user_of, zone_for
from compliance.clocks.counting import columns
from compliance.clocks.limits import Group, Limit
from compliance.clocks.models import ClockRule, FilingClock
from compliance.clocks.states import OPEN, ClockState
from compliance.clocks.words import event_word
from compliance.filings.actions.common import row_of
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.states import FilingDecision
from compliance.filings.subjects import Subject, is_shared, view_for
from compliance.holidays.queries import calendar_rules
from portal.catalogue import Env, catalogue
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid
from portal.tenants.clock import organisation_today

_MOST_AHEAD = dt.timedelta(days=3660)


def own_rules(regime: str) -> list[ClockRule]:
    """The organisation's own rules in use that may concern the filing. One query."""
    return list(ClockRule.objects.filter(active=True, regime__in=["", regime]).order_by("entered_at", "pk"))


def _record(subject: Subject) -> Filing:
    """The record of the filing; made where the rules did not ask for it (an event is reported all the same)."""
    known = subject.row or Filing.objects.select_related("owner").filter(project=subject.project, regime=subject.regime).first()
    filing = known if known is not None else row_of(subject)
    if subject.project is not None:
        filing.project = subject.project
    return filing


@transaction.atomic
def start_clocks(
    subject: Subject, event: str, *, event_on: dt.date, event_at: dt.datetime | None = None, by: By, cause: str = "", **kept: Any
) -> list[FilingClock]:
    """Start every limit of ours that the event starts; those that it has started already are returned unchanged.

    ``kept`` goes into ``counted`` (``from``: what the day was taken from). Raises Invalid where a limit in hours has no moment, Conflict
    where the event is on record with another moment of the same day.
    """
    check_right(by, subject.project)
    filing = _record(subject)
    hold_filing(filing)
    env: list[Env] = []

    def ask() -> Env:
        if not env:
            env.append(view_for(subject.project).env)
        return env[0]

    entry = subject.ruling.filing
    groups = limits.groups_of(entry, event, ask)
    groups += [Group(one.key, (one,)) for one in limits.own_limits(own_rules(entry.id), entry, event)]
    started = []
    for group in groups:
        extra = dict(kept)
        start = subject.ruling.timing.start
        if start is not None and event_on < start:
            extra["check"] = "before_force"
        made = start_limit(filing, group, event_on=event_on, event_at=event_at, by=by, cause=cause, kept=extra)
        if made is not None:
            started.append(made)
    note_clock(filing)
    return started


def start_limit(
    filing: Filing,
    group: Group,
    *,
    event_on: dt.date,
    event_at: dt.datetime | None = None,
    by: By = None,
    cause: str = "",
    kept: dict[str, Any] | None = None,
    fixed: dt.date | None = None,
) -> FilingClock | None:
    """One limit of a filing that is locked: the one of the group that ends first. None if none of the group is sure to apply.

    ``fixed``: the day on which it ends, where nothing is counted.
    """
    if not group.limits:
        return None
    known = FilingClock.objects.filter(filing=filing, key=group.key, event_on=event_on).exclude(state=ClockState.VOID).first()
    if known is not None:
        if event_at is not None and known.event_at is not None and known.event_at != event_at:
            raise Conflict(
                _("This event is on record already with another time of the same day. Correct that time if it is wrong."),
                code="reported_already",
                current=present(known),
            )
        return known
    zone, calendar = zone_for(filing), calendar_rules(catalogue())
    counted = []
    for limit in group.limits:
        try:
            counted.append((limit, columns(calendar, limit, event_on, event_at, zone)))
        except ValueError as error:
            sentence = _("This limit runs in hours: give the time of the event as well.")
            raise Invalid(sentence, fields={"at": [sentence]}) from error
    limit, found = min(counted, key=_ends)
    how = found["counted"] | (kept or {})
    others = [one for one, _found in counted if one is not limit]
    for name, longer in (("others", others), ("unsure", group.unsure)):
        if longer:
            how[name] = _lengths(longer)
    if limit.title is not None:
        how["title"] = dict(limit.title)
    if cause:
        how["cause"] = cause
    if fixed is not None:
        found["due_on"] = fixed
    clock = FilingClock(
        filing=filing,
        project=filing.project,
        key=group.key,
        event=limit.event,
        action=limit.action,
        basis=limit.basis,
        direction=limit.direction,
        n=limit.n,
        unit=limit.unit,
        calendar=limit.calendar,
        roll=limit.roll,
        catalogue_version=filing.catalogue_version,
        event_on=event_on,
        event_at=event_at,
        started_by=user_of(by),
        **{**found, "counted": how},
    )
    try:
        with transaction.atomic():
            clock.save()
    except IntegrityError as error:
        if "clock_once" not in str(error):
            raise
        return FilingClock.objects.filter(filing=filing, key=group.key, event_on=event_on).exclude(state=ClockState.VOID).get()
    due = {"due_on": clock.due_on.isoformat()} if clock.due_on else {}
    put_on_record(clock, "started", by, event_on=event_on.isoformat(), **due)
    return clock


def _ends(pair: tuple[Limit, dict[str, Any]]) -> tuple[bool, Any]:
    _limit, found = pair
    at = found["due_at"] or (dt.datetime.combine(found["due_on"], dt.time.max, dt.UTC) if found["due_on"] else None)
    return at is None, at or dt.datetime.max.replace(tzinfo=dt.UTC)


def _lengths(longer: Sequence[Limit]) -> list[list[Any]]:
    return [[one.n, one.unit] for one in longer]


@transaction.atomic
def report_event(
    subject: Subject, event: str, *, on: dt.date | None = None, at: dt.datetime | None = None, by: Actor, note: str = ""
) -> list[FilingClock]:
    """A person reports an event: what happened (or is planned) and when. The same event reported twice is one.

    Raises Invalid for an event that the filing does not know, a day in the future where the limit runs after it, a day before the rule
    was in force, a missing moment of a limit in hours.
    """
    check_right(by, subject.project)
    if is_shared(subject):
        raise Conflict(_("This filing belongs to the organisation and is decided once for all projects."), code="of_organisation")
    entry = subject.ruling.filing
    if event not in limits.events_to_report(entry, own_rules(entry.id)):
        raise Invalid(_("The content has no limit for this event."), fields={"event": [_("Choose one of the list.")]})
    said = clean(note, needed=True, field="note")
    filing = _record(subject)
    hold_filing(filing)
    if filing.decision == FilingDecision.REJECTED:
        raise Conflict(_("This filing was found not applicable."), code="not_applicable")
    day, moment = _when(subject, filing, event, on, at)
    if event in limits.PLANNED:
        _give_way(filing, event, day, by)
    before = set(FilingClock.objects.filter(filing=filing).values_list("pk", flat=True))
    if event.startswith(f"{limits.RECURS}:"):
        return _take_up(subject, filing, event, day, by, said)
    clocks = start_clocks(subject, event, event_on=day, event_at=moment, by=by, cause="reported", note=said)
    if any(clock.pk not in before for clock in clocks):
        word = dict(event_word(subject.content, event))
        detail = {"event": word, "note": said, "on": day.isoformat()}
        FilingEvent.objects.create(
            filing=filing, verb="clock_reported", old_state=filing.state, new_state=filing.state, detail=detail, done_by=by.user
        )
    if not clocks:
        raise Invalid(
            _("No limit of this event applies on the facts known. Answer the open facts of the filing first."),
            fields={"event": [str(event)]},
        )
    return clocks


def _take_up(subject: Subject, filing: Filing, key: str, day: dt.date, by: By, note: str) -> list[FilingClock]:
    """The next turn of a recurring obligation, from the day on which it was done last. One turn runs at a time."""
    entry = subject.ruling.filing
    index = int(key.partition(":")[2])
    one = entry.recurring[index]
    limit = limits.recurring_limit(entry, index, one)
    running = FilingClock.objects.filter(filing=filing, key=key, state__in=OPEN).exclude(event_on=day).first()
    if running is not None:
        sentence = _("A turn of this obligation runs already. Meet it when it is done, and the next one begins by itself.")
        raise Conflict(sentence, code="reported_already", current=present(running))
    if limit is None:
        return []
    fixed = limits.next_day_of_year(one.due_on, day, limits.first_year(one)) if one.due_on else None
    clock = start_limit(filing, Group(key, (limit,)), event_on=day, by=by, cause="reported", kept={"note": note}, fixed=fixed)
    note_clock(filing)
    return [clock] if clock is not None else []


def _when(subject: Subject, filing: Filing, event: str, on: dt.date | None, at: dt.datetime | None) -> tuple[dt.date, dt.datetime | None]:
    entry, today = subject.ruling.filing, organisation_today()
    if at is not None and at.tzinfo is None:
        raise Invalid(_("The time needs a zone."), fields={"at": [_("The time needs a zone.")]})
    if limits.in_hours(entry, event) and at is None:
        sentence = _("This limit runs in hours: give the time of the event as well.")
        raise Invalid(sentence, fields={"at": [sentence]})
    day = at.astimezone(zone_for(filing)).date() if at is not None else on
    if day is None:
        raise Invalid(_("A date is needed."), fields={"on": [_("A date is needed.")]})
    field = "at" if at is not None else "on"
    ahead = limits.is_before(entry, event)
    late = at is not None and at > dt.datetime.now(dt.UTC) if at is not None else day > today
    if late and not ahead:
        sentence = _("The event lies in the future. Report it when it has happened.")
        raise Invalid(sentence, fields={field: [sentence]})
    if day > today + _MOST_AHEAD:
        raise Invalid(_("The day lies too far ahead."), fields={field: [_("At most ten years ahead.")]})
    start = subject.ruling.timing.start
    if start is not None and day < start:
        sentence = _("The rule is in force since {date}; an event before that starts no limit.").format(date=start.isoformat())
        raise Invalid(sentence, code="before_force", fields={field: [sentence]})
    return day, at


def _give_way(filing: Filing, event: str, day: dt.date, by: By) -> None:
    """A planned day is one: the limit of another day that runs gives way to the one reported now."""
    from compliance.clocks.actions.ending import end

    for clock in (
        FilingClock.objects.select_related("filing", "project").filter(filing=filing, event=event, state__in=OPEN).exclude(event_on=day)
    ):
        end(clock, ClockState.VOID, by=by, reason=_("Another day was reported: {date}").format(date=day.isoformat()))
