"""What the entries of filings say of numbers, time limits, validity and recurring duties, tried out: samples through the product's own
comparison, every limit counted from a day of each month of a year.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from compliance.calendars.workdays import AFTER, BEFORE, CN, HOUR, add_months, count
from compliance.catalogue_check.runner import Report
from compliance.clocks.limits import authority_limit, next_day_of_year, recurring_limit, rolls
from compliance.filings.numbers import number_forms
from portal.catalogue import Catalogue
from portal.catalogue.parts import Filing

# Days in the middle and at both ends of months, before and in the long holidays of China.
DAYS = tuple(dt.date(2026, month, day) for month in range(1, 13) for day in (1, 15, 28))
KINDS = ("identifiers", "limits", "validity", "recurring")


def check_entries(catalogue: Catalogue) -> Report:
    """One line for each sample, limit, end of validity or turn that does not come out; counts by kind."""
    report = Report(counts=dict.fromkeys(KINDS, 0))
    for entry in catalogue.filings.values():
        for kind, what in (("identifiers", _numbers), ("limits", _limits), ("validity", _validity), ("recurring", _turns)):
            for name, fault in what(catalogue, entry):
                report.counts[kind] += 1
                if fault:
                    report.wrong[kind] = report.wrong.get(kind, 0) + 1
                    report.mismatches.append(f"filings/{entry.regime}.yaml: {entry.id}: {name}: {fault}")
    return report


Tried = Iterator[tuple[str, str]]


def _numbers(_catalogue: Catalogue, entry: Filing) -> Tried:
    known = entry.identifier
    if known is None or known.pattern is None:
        return
    for sample, _made_up in known.samples:
        yield f"sample {sample}", "" if _fits(known.pattern, sample) else "is not recognised"
    for sample in known.counter_samples:
        yield f"counter-sample {sample}", "is taken for a number" if _fits(known.pattern, sample) else ""


def _fits(pattern: str, number: str) -> bool:
    return any(re.search(pattern, form) for form in number_forms(number))


def _limits(catalogue: Catalogue, entry: Filing) -> Tried:
    """The end of a limit lies on its side of the event, and a later event never has an earlier end."""
    for place, clock in enumerate(entry.clocks, start=1):
        if clock.n is not None and clock.unit is not None:
            roll = rolls(clock.calendar, clock.unit, clock.direction, said=clock.roll_forward, basis=clock.basis)
            yield f"limit {place}", _counted(catalogue, clock.n, clock.unit, clock.calendar, clock.direction, roll=roll)
    known = authority_limit(entry)
    if known is not None and known[0].n is not None:
        limit = known[0]
        yield "limit of the authority", _counted(catalogue, known[0].n, limit.unit, limit.calendar, AFTER, roll=limit.roll)


def _counted(catalogue: Catalogue, n: int, unit: str, calendar: str, direction: str, *, roll: bool) -> str:
    last = dt.date.min
    for day in sorted(DAYS):
        start = dt.datetime.combine(day, dt.time(9), dt.UTC) if unit == HOUR else day
        try:
            end = count(catalogue.calendar, start, n, unit, roll=roll, place=calendar, direction=direction).on
        except (ValueError, KeyError) as error:
            return f"cannot be counted: {error}"
        on = end.date() if isinstance(end, dt.datetime) else end
        if (direction == AFTER and on < day) or (direction == BEFORE and on > day):
            return f"from {day} it ends on {on}, on the wrong side"
        if on < last:
            return f"from {day} it ends on {on}, earlier than from a day before"
        last = on
    return ""


def _validity(catalogue: Catalogue, entry: Filing) -> Tried:
    """What is issued on a day ends later, and its renewal is due between the two."""
    known = entry.validity
    if known is None:
        return
    if known.months is None:
        yield "validity", ""
        return
    fault = ""
    for day in DAYS:
        end = add_months(day, known.months)
        renew = end
        if known.renew_before is not None:
            renew = count(catalogue.calendar, end, known.renew_before.n, known.renew_before.unit, place=CN, direction=BEFORE).on
        if not day < renew <= end:
            fault = f"issued on {day} it ends on {end} and is to be renewed by {renew}"
    yield "validity", fault


def _turns(catalogue: Catalogue, entry: Filing) -> Tried:
    """The next turn of a recurring duty lies after the last one, at most ten years on."""
    for place, one in enumerate(entry.recurring):
        limit, fault = recurring_limit(entry, place, one), ""
        for day in DAYS:
            if one.due_on is not None:
                after = next_day_of_year(one.due_on, day)
            elif limit is not None and limit.n is not None and limit.unit != HOUR:
                after = count(catalogue.calendar, day, limit.n, limit.unit, place=limit.calendar).on
            else:
                continue
            if not day < after <= add_months(day, 120):
                fault = f"after {day} it comes on {after}"
        yield f"turn {place + 1}", fault
