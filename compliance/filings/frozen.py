"""The filings section of a frozen record: every regime with the rule's result and what people recorded."""

from __future__ import annotations

import datetime as dt
from typing import Any

from assessments.gates.content_parts import FilingEntry, PersonRef
from assessments.gates.freezing.people import instant
from compliance.filings.models import Filing
from compliance.filings.records import counted
from compliance.filings.states import SETTLED
from compliance.filings.subjects import records_of
from compliance.regimes.applicability import decide_all
from portal.catalogue import Env
from portal.tenants.models import Membership, User


class FrozenFilings:
    """What the gates ask for when they freeze a revision."""

    def entries(self, project: Any, env: Env, today: dt.date) -> list[FilingEntry]:
        """Every regime in the order of the catalogue; a record of the organisation stands in where the project has none."""
        rows = records_of(project)
        people = _People({uid for row in rows.values() for uid in (row.decided_by_id, row.second_by_id, row.owner_id) if uid})
        return [_entry(name, one, rows.get(name), people) for name, one in decide_all(env, today).items()]


class _People:
    def __init__(self, ids: set[int]) -> None:
        self._names = dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))
        self._units = dict(Membership.objects.filter(user_id__in=ids).values_list("user_id", "unit"))

    def ref(self, user_id: int | None, role: str) -> PersonRef | None:
        if user_id is None:
            return None
        return {"id": str(user_id), "name": self._names.get(user_id, ""), "role": role, "unit": self._units.get(user_id, "")}


def _entry(name: str, decision: Any, row: Filing | None, people: _People) -> FilingEntry:
    decided = counted(row.decision, row.second_person_id, row.result) if row is not None else ""
    at = instant(row.decided_at) if row is not None else None
    return {
        "regime": name,
        "result": decision.result,
        "timing": decision.timing.state,
        "gate": decision.filing.gate,
        "confidence": decision.filing.confidence,
        "facts": list(decision.facts),
        "missing": list(decision.missing),
        "decision": decided,
        "decided_by": people.ref(row.decided_by_id, row.decided_role) if row is not None else None,
        "decided_at": at,
        "decision_reason": row.decision_reason if row is not None and decided else "",
        "second_by": people.ref(row.second_by_id, row.second_role) if row is not None else None,
        "status": row.state if row is not None else "not_assessed",
        "owner": people.ref(row.owner_id, "") if row is not None else None,
        "number": row.number if row is not None else "",
        "due": row.next_on.isoformat() if row is not None and row.state not in SETTLED and row.next_on else None,
        "due_text": None,
        "provisional": False,
        "renewal": (row.renewal_on or row.valid_until).isoformat() if row is not None and (row.renewal_on or row.valid_until) else None,  # type: ignore[union-attr]
    }
