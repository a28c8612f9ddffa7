"""Taking back a duty that two people added to what the rules ask for: two people of two roles have to do that too (rule S2).

The first one's wish is an event of the filing, which nobody can change; the decision counts until the second one agrees.
"""

from __future__ import annotations

from compliance.filings.models import Filing, FilingEvent
from compliance.filings.states import FilingDecision
from compliance.regimes.applicability import NOT_APPLICABLE

ASKED = "withdrawal_asked"


def needs_two(row: Filing | None, result: str) -> bool:
    """Whether the duty would be gone with the decision: two people confirmed it, and the rules (``result``) do not ask for it."""
    if row is None or row.second_person_id is None:
        return False
    return row.decision == FilingDecision.CONFIRMED and result == NOT_APPLICABLE


def wish_of(row: Filing | None, result: str) -> FilingEvent | None:
    """The wish that waits for its second person; ``detail`` holds reason and role. A query only where two people are needed."""
    if row is None or not needs_two(row, result):
        return None
    since = row.second_at or row.decided_at
    return (
        FilingEvent.objects.select_related("done_by").filter(filing=row, verb=ASKED, done_at__gte=since).order_by("done_at", "pk").first()
    )
