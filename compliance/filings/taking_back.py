"""Taking back a duty that two people added to what the rules ask for: two people of two roles have to do that too (rule S2).

The first one's wish is an event of the filing, which nobody can change; the decision counts until the second one agrees. The second one
can object as well, which is an event too: the decision stays, and the wish waits no more.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from compliance.filings.models import Filing, FilingEvent
from compliance.filings.states import FilingDecision
from compliance.regimes.applicability import NOT_APPLICABLE

ASKED, KEPT = "withdrawal_asked", "withdrawal_refused"
# In SQL what needs_two() says of a record with the result on it.
ADDED_BY_TWO = Q(decision=FilingDecision.CONFIRMED, result=NOT_APPLICABLE, second_person_id__isnull=False)


def needs_two(row: Filing | None, result: str) -> bool:
    """Whether the duty would be gone with the decision: two people confirmed it, and the rules (``result``) do not ask for it."""
    if row is None or row.second_person_id is None:
        return False
    return row.decision == FilingDecision.CONFIRMED and result == NOT_APPLICABLE


def last_word() -> QuerySet[FilingEvent]:
    """Wishes and objections to them, the latest first."""
    return FilingEvent.objects.filter(verb__in=(ASKED, KEPT)).order_by("-done_at", "-pk")


def wish_of(row: Filing | None, result: str) -> FilingEvent | None:
    """The wish that waits for its second person; ``detail`` holds reason and role. A query only where two people are needed."""
    if row is None or not needs_two(row, result):
        return None
    said = last_word().filter(filing=row, done_at__gte=row.second_at or row.decided_at).select_related("done_by").first()
    return said if said is not None and said.verb == ASKED else None
