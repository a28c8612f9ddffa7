"""What people recorded about filings, as the rules of items count it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from django.db.models import Q

from compliance.filings.models import Filing
from compliance.filings.states import SETTLED, FilingDecision
from compliance.regimes.counting import FilingRecord

_DECISIONS: Mapping[str, Literal["applies", "not_applicable"]] = {
    FilingDecision.CONFIRMED: "applies",
    FilingDecision.REJECTED: "not_applicable",
}
_COLUMNS = (
    "project_id",
    "regime",
    "decision",
    "second_person_id",
    "result",
    "state",
    "owner_id",
    "due_on",
    "cost",
    "renewal_on",
    "valid_until",
)


def read_records(project_id: UUID) -> Mapping[str, FilingRecord]:
    """The records of a project by regime; one of the organisation stands in where the project has none. One query.

    A decision that takes a duty away counts once two people have made it (rule S2); one that adds a duty counts at once.
    """
    rows = Filing.objects.filter(Q(project_id=project_id) | Q(project=None)).values_list(*_COLUMNS)
    found: dict[str, FilingRecord] = {}
    for _owner, regime, decision, second, result, state, *cells in sorted(rows, key=lambda row: row[0] is not None):
        found[regime] = FilingRecord(counted(decision, second, result), state, frozenset(_filled(state, *cells)))
    return found


def counted(decision: str, second: object, result: str) -> Literal["", "applies", "not_applicable"]:
    """What a recorded decision is worth, for gates and for the frozen record alike: "" while it waits for its second person (rule S2).

    One that only adds a duty to what the rules ask for counts at once.
    """
    adds = decision == FilingDecision.CONFIRMED and result == Filing.Result.NOT_APPLICABLE
    return _DECISIONS.get(decision, "") if second is not None or adds else ""


def _filled(state: str, owner: object, due: object, cost: object, renewal: object, valid_until: object) -> list[str]:
    """Fields that are given. What is settled is due no more: it lacks no due date."""
    given = {"owner": owner, "due": due or (True if state in SETTLED else None), "cost": cost, "renewal": renewal or valid_until}
    return [name for name, value in given.items() if value is not None]
