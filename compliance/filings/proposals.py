"""Until when something that is owed has to be done, as the time limits of the content have it. A proposal: the person may change it."""

from __future__ import annotations

import datetime as dt

from compliance.calendars.workdays import AFTER, BEFORE, Due, due
from compliance.filings.models import Filing
from compliance.filings.states import FilingState
from compliance.holidays.queries import calendar_rules
from portal.catalogue import Catalogue

_ACTIONS = {FilingState.CHANGE_DUE: "change", FilingState.RENEWAL_DUE: "renew", FilingState.CANCEL_DUE: "cancel"}
_HOURS, _END = "hour", "valid_to"


def proposed_due(content: Catalogue, row: Filing, to: str, today: dt.date) -> Due | None:
    """The day by which the step to ``to`` makes something due; None where the content fixes no number of days.

    A limit after an event is counted from today, one before the end of validity from that day.
    """
    action = _ACTIONS.get(FilingState(to))
    entry = content.filings.get(row.regime)
    for clock in entry.clocks if entry is not None and action else ():
        if clock.action != action or clock.n is None or clock.unit in (None, _HOURS) or clock.when is not None:
            continue
        start = today if clock.direction == AFTER else row.valid_until if clock.direction == BEFORE and clock.event == _END else None
        if start is not None:
            place, roll = clock.calendar, clock.roll_forward
            calendar = calendar_rules(content)
            return due(calendar, start, clock.n, str(clock.unit), roll=roll, place=place, direction=clock.direction)
    return None
