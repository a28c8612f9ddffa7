"""Which step of a filing does what a limit asks for."""

from __future__ import annotations

from compliance.clocks.limits import RECURS
from compliance.clocks.models import FilingClock
from compliance.filings.models import Filing
from compliance.filings.states import BEFORE_AUTHORITY, OVER, OWED, SETTLED, FilingState
from portal.catalogue.parts import Filing as Entry

S = FilingState
# Handed in (or settled at once, where nothing is handed in): the first procedure of a filing.
FIRST = frozenset(
    {
        "file",
        "register",
        "apply",
        "report",
        "assess",
        "audit",
        "label",
        "notify",
        "publish",
        "plan",
        "appoint",
        "sign",
        "summary",
        "recheck",
    }
)
_BY_STEP: dict[str, frozenset[str]] = {
    S.SUBMITTED: FIRST,
    S.APPROVED: FIRST | {"approve"},
    S.RESUBMITTED: frozenset({"supplement"}),
    S.CHANGE_SUBMITTED: frozenset({"change"}),
    S.RENEWED: frozenset({"renew"}),
    S.CANCELLED: frozenset({"cancel"}),
    S.DONE: frozenset({"assess", "audit", "plan", "recheck"}),
    S.REPORTED: FIRST,
}
# Handed in or further on, and not to be handed in again.
_NOT_THERE = BEFORE_AUTHORITY | OVER | {S.REJECTED, S.EXPIRED, S.REVOKED, S.IN_PROGRESS}


def actions_of(entry: Entry, to: str) -> frozenset[str]:
    """What the step to a state fulfils. An entry that is about a change or a cancellation alone has it done by handing it in."""
    found = _BY_STEP.get(to, frozenset())
    own = {clock.action for clock in entry.clocks}
    if to == S.SUBMITTED and own and not own & FIRST:
        found = found | (own & {"change", "cancel"})
    return found


def fulfils(entry: Entry, clock: FilingClock, to: str, row: Filing) -> bool:
    """Whether the step does what this limit asks for. A turn is done, or reported where it has a day of report."""
    if clock.event == RECURS:
        turns = S.REPORTED if clock.n is None else S.DONE
        return row.gate == "recurring" and to == turns
    return clock.action in actions_of(entry, to)


def fulfilled(entry: Entry, row: Filing, action: str) -> bool:
    """Whether it was done before the limit came about."""
    if row.state in _NOT_THERE:
        return False
    if action == "approve":
        return row.state in SETTLED | OWED
    return action in FIRST


def holds_result(row: Filing) -> bool:
    """Whether the authority has a result that changes and ends have to be told of."""
    return row.state in SETTLED | OWED and bool(row.number or row.approved_on)
