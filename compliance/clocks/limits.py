"""Which limits an event starts: those of the entry whose condition holds, and the organisation's own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from compliance.calendars.workdays import AFTER, BEFORE, CN, HOUR, WORKING_DAY
from compliance.clocks.models import ClockRule, FilingClock
from compliance.filings.states import FilingState
from portal.catalogue import Catalogue, Env, Text
from portal.catalogue.parts import Filing as Entry
from portal.catalogue.parts.filings import Recurring
from portal.core.expressions import UNKNOWN, Expression

STATUTORY = FilingClock.Basis.STATUTORY
INTERNAL = FilingClock.Basis.INTERNAL
LAUNCH, TERMINATED, STOPPED = "service_launch", "service_terminated", "use_stopped"
CHANGED, VALID_TO, ASSESSED = "filed_information_changed", "valid_to", "assessment_completed"
SUPPLEMENT, RECURS, AUTHORITY = "supplement_requested", "recurring", "authority"
# Events whose day is planned ahead and may move: the limit follows it.
PLANNED = frozenset({LAUNCH, "processing_start", "data_export_start", "activity_start"})
# Processing and export begin with the service at the latest, where the filing has to be there before launch.
WITH_LAUNCH = frozenset({"processing_start", "data_export_start"})
# Nobody reports these: the project, the steps and the dates of the filing say so.
AUTOMATIC = frozenset({LAUNCH, VALID_TO, SUPPLEMENT})

Asker = Callable[[], Env]


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit as it is counted. ``others``: longer ones of the same event and action; ``unsure``: those whose condition is not known."""

    key: str
    event: str
    action: str
    basis: str
    direction: str
    n: int | None
    unit: str
    calendar: str
    roll: bool
    title: Text | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Limits of one event and action of which the shortest counts, and how many more would count if a fact were known."""

    key: str
    limits: tuple[Limit, ...]
    unsure: tuple[Limit, ...] = ()


def rolls(calendar: str, unit: str, direction: str, *, said: bool, basis: str) -> bool:
    """Whether an end on a day off moves on: where the entry says so, and for limits of Chinese law that count calendar days after an event
    (rule ``calendar_day_roll`` of the content). One that counts back stays on its day, and so does any of another jurisdiction.
    """
    mainland = calendar == CN and direction == AFTER and basis == STATUTORY and unit not in (HOUR, WORKING_DAY, "")
    return said or mainland


def groups_of(entry: Entry, event: str, ask: Asker) -> list[Group]:
    """The limits of the entry that the event starts, one group for each action. A condition must be true; an unknown one is named."""
    found: dict[str, list[Limit]] = {}
    unsure: dict[str, list[Limit]] = {}
    for clock in entry.clocks:
        if clock.event != event:
            continue
        unit = clock.unit or ""
        limit = Limit(
            f"{clock.event}:{clock.action}",
            clock.event,
            clock.action,
            clock.basis,
            clock.direction,
            clock.n if clock.unit else None,
            unit,
            clock.calendar,
            rolls(clock.calendar, unit, clock.direction, said=clock.roll_forward, basis=clock.basis),
        )
        holds = True if clock.when is None else _truth(clock.when, ask)
        if holds is not False:
            (found if holds is True else unsure).setdefault(limit.key, []).append(limit)
    return [Group(key, tuple(found.get(key, ())), tuple(unsure.get(key, ()))) for key in dict.fromkeys([*found, *unsure])]


def _truth(rule: Expression, ask: Asker) -> bool | None:
    value = rule.truth(ask().scope)
    return None if value is UNKNOWN else value is True


def own_limits(rules: Iterable[ClockRule], entry: Entry, event: str) -> list[Limit]:
    """Limits that the organisation set for the event: of this filing, or for every filing whose content has a limit on the same side of it.

    What the law asks for after the launch cannot be handed in before it; a rule for that filing alone may say so all the same.
    """
    knows = {(clock.event, clock.direction) for clock in entry.clocks}
    place = next((clock.calendar for clock in entry.clocks if clock.event == event), CN if "CN" in entry.jurisdiction else "NONE")
    return [
        Limit(
            f"rule:{rule.pk}", event, rule.action, INTERNAL, rule.direction, rule.n, rule.unit, place, False, Text(rule.title, rule.title)
        )
        for rule in rules
        if rule.active
        and rule.event == event
        and (rule.regime == entry.id or (not rule.regime and (event == SUPPLEMENT or (event, rule.direction) in knows)))
    ]


def authority_limit(entry: Entry) -> tuple[Limit, str] | None:
    """The authority's own period with the state of the filing that starts it; None where none is known."""
    known = entry.authority_clock
    if known is None:
        return None
    place = CN if "CN" in entry.jurisdiction else "EU" if "EU" in entry.jurisdiction else "NONE"
    unit = known.period.unit
    limit = Limit(
        AUTHORITY,
        AUTHORITY,
        AUTHORITY,
        STATUTORY,
        AFTER,
        known.period.n,
        unit,
        place,
        rolls(place, unit, AFTER, said=False, basis=STATUTORY),
        known.from_event,
    )
    # The content names the start in words; acceptance is the one that differs from handing in.
    return limit, str(FilingState.ACCEPTED if "受理" in known.from_event.zh else FilingState.SUBMITTED)


def recurring_limit(entry: Entry, index: int, one: Recurring) -> Limit | None:
    """The next turn of a recurring obligation, counted from the last one. ``due_on`` has a fixed day, so nothing is counted."""
    if one.every is None and one.due_on is None:
        return None
    place = next((clock.calendar for clock in entry.clocks), CN if "CN" in entry.jurisdiction else "NONE")
    n, unit = (one.every.n, one.every.unit) if one.every is not None and one.due_on is None else (None, "")
    return Limit(f"{RECURS}:{index}", RECURS, RECURS, one.basis, AFTER, n, unit, place, False, one.text)


@lru_cache(maxsize=512)
def first_year(one: Recurring) -> int:
    """From which year a recurring obligation counts, where its text says so ("from 2028"); 0 otherwise."""
    said = re.search(r"\bfrom (20\d\d)\b", one.text.en)
    return int(said[1]) if said else 0


def next_day_of_year(month_day: str, after: dt.date, first: int = 0) -> dt.date:
    """The next ``MM-DD`` after a day, not before the year ``first``."""
    month, day = (int(part) for part in month_day.split("-"))
    year = max(after.year, first)
    found = dt.date(year, month, min(day, 28) if month == 2 else day)
    return found if found > after else found.replace(year=year + 1)


def events_to_report(entry: Entry, rules: Iterable[ClockRule] = ()) -> list[str]:
    """Events of the entry that a person reports, in its order, and of the organisation's own rules for it; then turns of recurring
    obligations (``recurring:0``: it was done on a day, from which the next turn runs).
    """
    own = [rule.event for rule in rules if rule.active and rule.regime == entry.id]
    found = [event for event in dict.fromkeys([*(clock.event for clock in entry.clocks), *own]) if event not in AUTOMATIC]
    return found + [f"{RECURS}:{index}" for index, one in enumerate(entry.recurring) if recurring_limit(entry, index, one) is not None]


def in_hours(entry: Entry, event: str) -> bool:
    """Whether a limit of the event runs in hours, so that its moment is needed."""
    return any(clock.event == event and clock.unit == HOUR for clock in entry.clocks)


def is_before(entry: Entry, event: str) -> bool:
    """Whether all limits of the event end before it: its day may lie ahead."""
    return any(clock.event == event for clock in entry.clocks) and all(
        clock.direction == BEFORE for clock in entry.clocks if clock.event == event
    )


def raw_facts(content: Catalogue, entry: Entry) -> frozenset[str]:
    """The facts that people answer and on which the entry rests, derived ones resolved."""
    found: set[str] = set()
    waiting = list(entry.facts)
    while waiting:
        name = waiting.pop()
        fact = content.facts.get(name)
        if fact is None or name in found:
            continue
        found.add(name)
        if fact.derived is not None:
            waiting.extend(fact.derived.names)
    return frozenset(found)
