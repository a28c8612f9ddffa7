"""What people recorded about filings, as the rules of items count it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q

from compliance.filings.models import Filing
from compliance.filings.states import FilingDecision
from compliance.regimes.counting import APPLIES, DOES_NOT_APPLY, FilingRecord

_DECISIONS = {FilingDecision.CONFIRMED: APPLIES, FilingDecision.REJECTED: DOES_NOT_APPLY}
_COLUMNS = ("project_id", "regime", "decision", "state", "owner_id", "due_on", "cost", "renewal_on", "valid_until")


def read_records(project_id: UUID) -> Mapping[str, FilingRecord]:
    """The records of a project by regime; one of the organisation stands in where the project has none. One query."""
    rows = Filing.objects.filter(Q(project_id=project_id) | Q(project=None)).values_list(*_COLUMNS)
    found: dict[str, FilingRecord] = {}
    for _owner, regime, decision, state, *cells in sorted(rows, key=lambda row: row[0] is not None):
        found[regime] = FilingRecord(_DECISIONS.get(decision, ""), state, frozenset(_filled(*cells)))
    return found


def _filled(owner: object, due: object, cost: object, renewal: object, valid_until: object) -> list[str]:
    given = {"owner": owner, "due": due, "cost": cost, "renewal": renewal or valid_until}
    return [name for name, value in given.items() if value is not None]
