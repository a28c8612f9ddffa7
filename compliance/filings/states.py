"""States of a filing. The step table is the catalogue's ``filing_states``; a test holds the two together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FilingState(models.TextChoices):
    """Where one filing stands."""

    NOT_ASSESSED = "not_assessed", _("not assessed")
    NOT_APPLICABLE = "not_applicable", _("not applicable")
    TO_PREPARE = "to_prepare", _("to prepare")
    PREPARING = "preparing", _("preparing")
    INTERNAL_REVIEW = "internal_review", _("internal review")
    READY = "ready", _("ready")
    SUBMITTED = "submitted", _("submitted")
    ACCEPTED = "accepted", _("accepted")
    UNDER_REVIEW = "under_review", _("under review")
    SUPPLEMENT_REQUESTED = "supplement_requested", _("supplement requested")
    RESUBMITTED = "resubmitted", _("resubmitted")
    REJECTED = "rejected", _("rejected")
    APPROVED = "approved", _("approved (number issued)")
    PUBLISHED = "published", _("published")
    CHANGE_DUE = "change_due", _("change due")
    CHANGE_SUBMITTED = "change_submitted", _("change submitted")
    RENEWAL_DUE = "renewal_due", _("renewal due")
    RENEWED = "renewed", _("renewed")
    EXPIRED = "expired", _("expired")
    CANCEL_DUE = "cancel_due", _("cancellation due")
    CANCELLED = "cancelled", _("cancelled")
    REVOKED = "revoked", _("revoked")
    SCHEDULED = "scheduled", _("scheduled")
    IN_PROGRESS = "in_progress", _("in progress")
    DONE = "done", _("done")
    REPORTED = "reported", _("reported")


class FilingDecision(models.TextChoices):
    """What the compliance officer said of the rule's result."""

    NONE = "none", _("waiting for compliance")
    CONFIRMED = "confirmed", _("confirmed: we file")
    REJECTED = "rejected", _("not applicable, with reason")


S = FilingState
# Steps of the procedure: a copy of the catalogue's table, so that the code can name states; a test compares the two.
TRANSITIONS: Mapping[str, Collection[str]] = {
    S.NOT_ASSESSED: (S.TO_PREPARE, S.NOT_APPLICABLE),
    S.NOT_APPLICABLE: (S.NOT_ASSESSED,),
    S.TO_PREPARE: (S.PREPARING,),
    S.PREPARING: (S.INTERNAL_REVIEW,),
    S.INTERNAL_REVIEW: (S.READY, S.PREPARING),
    S.READY: (S.SUBMITTED, S.APPROVED),
    S.SUBMITTED: (S.ACCEPTED, S.REJECTED),
    S.ACCEPTED: (S.UNDER_REVIEW,),
    S.UNDER_REVIEW: (S.SUPPLEMENT_REQUESTED, S.REJECTED, S.APPROVED),
    S.SUPPLEMENT_REQUESTED: (S.RESUBMITTED,),
    S.RESUBMITTED: (S.UNDER_REVIEW,),
    S.REJECTED: (S.PREPARING,),
    S.APPROVED: (S.PUBLISHED, S.CHANGE_DUE, S.RENEWAL_DUE, S.CANCEL_DUE, S.REVOKED),
    S.PUBLISHED: (S.CHANGE_DUE, S.RENEWAL_DUE, S.CANCEL_DUE, S.REVOKED),
    S.CHANGE_DUE: (S.CHANGE_SUBMITTED,),
    S.CHANGE_SUBMITTED: (S.PUBLISHED,),
    S.RENEWAL_DUE: (S.RENEWED, S.EXPIRED),
    S.RENEWED: (S.RENEWAL_DUE, S.CHANGE_DUE, S.CANCEL_DUE, S.REVOKED),
    S.EXPIRED: (S.PREPARING,),
    S.CANCEL_DUE: (S.CANCELLED,),
    S.CANCELLED: (),
    S.REVOKED: (S.PREPARING,),
    S.SCHEDULED: (S.IN_PROGRESS,),
    S.IN_PROGRESS: (S.DONE,),
    S.DONE: (S.REPORTED, S.SCHEDULED),
    S.REPORTED: (S.SCHEDULED,),
}

# States that a decision sets, not a step of the procedure.
BY_DECISION = frozenset({S.NOT_ASSESSED, S.NOT_APPLICABLE})
# Nothing has been done yet: taking the decision back returns the filing to "not assessed".
UNTOUCHED = frozenset({S.NOT_ASSESSED, S.NOT_APPLICABLE, S.TO_PREPARE, S.SCHEDULED})
# The authority has not heard of it yet: until here it can still be found not applicable.
BEFORE_AUTHORITY = UNTOUCHED | {S.PREPARING, S.INTERNAL_REVIEW, S.READY}
# Steps that leave the house or settle the matter: rule S2 must be met before.
NEEDS_SECOND = frozenset(
    {S.SUBMITTED, S.RESUBMITTED, S.CHANGE_SUBMITTED, S.APPROVED, S.PUBLISHED, S.RENEWED, S.CANCELLED, S.DONE, S.REPORTED}
)
# Who may take a step, besides carrying filings through at all: what is not listed anybody who does. A reviewer is compliance or a person
# other than the one who handed the work in for review; what an authority decided is recorded by compliance.
REVIEWER, OFFICER = "reviewer", "officer"
STEP_TAKERS: Mapping[str, str] = {
    S.READY: REVIEWER,
    S.APPROVED: OFFICER,
    S.RENEWED: OFFICER,
    S.EXPIRED: OFFICER,
    S.CANCELLED: OFFICER,
    S.REVOKED: OFFICER,
}
RECURRING_GATE = "recurring"
# The two halves of the catalogue's states that count as done. Where something is owed the earlier result still holds, which is enough
# for a gate; for dates it is work with a time limit.
OWED = frozenset({S.CHANGE_DUE, S.RENEWAL_DUE, S.CANCEL_DUE})
SETTLED = frozenset({S.APPROVED, S.PUBLISHED, S.CHANGE_SUBMITTED, S.RENEWED, S.DONE, S.REPORTED})
OVER = frozenset({S.NOT_APPLICABLE, S.CANCELLED})


def first_state(gate: str) -> FilingState:
    """Where the procedure of a confirmed filing begins: recurring ones are scheduled, all others prepared."""
    return S.SCHEDULED if gate == RECURRING_GATE else S.TO_PREPARE


def after_undeciding(state: str) -> str:
    """The state when a decision is taken back or lapses: work that was done is not lost."""
    return S.NOT_ASSESSED if state in UNTOUCHED else state


# Groups of states in the order of the procedure: the columns of the board, a filter of the list. What is over stands in none.
GROUPS: Mapping[str, tuple[FilingState, ...]] = {
    "decide": (S.NOT_ASSESSED,),
    "prepare": (S.TO_PREPARE, S.SCHEDULED),
    "preparing": (S.PREPARING, S.INTERNAL_REVIEW, S.READY, S.IN_PROGRESS),
    "authority": (S.SUBMITTED, S.ACCEPTED, S.UNDER_REVIEW, S.RESUBMITTED, S.CHANGE_SUBMITTED),
    "supplement": (S.SUPPLEMENT_REQUESTED,),
    "settled": (S.APPROVED, S.PUBLISHED, S.RENEWED, S.DONE, S.REPORTED),
    "owed": (S.CHANGE_DUE, S.RENEWAL_DUE, S.CANCEL_DUE),
    "lost": (S.REJECTED, S.EXPIRED, S.REVOKED),
}
GROUP_NAMES: Mapping[str, Any] = {
    "decide": pgettext_lazy("column of filings", "To decide"),
    "prepare": pgettext_lazy("column of filings", "To prepare"),
    "preparing": pgettext_lazy("column of filings", "In preparation"),
    "authority": pgettext_lazy("column of filings", "With the authority"),
    "supplement": pgettext_lazy("column of filings", "Supplement requested"),
    "settled": pgettext_lazy("column of filings", "Approved or published"),
    "owed": pgettext_lazy("column of filings", "Change, renewal or cancellation due"),
    "lost": pgettext_lazy("column of filings", "Rejected, expired or revoked"),
}
GROUP_NUMBERS: Mapping[str, int] = {key: number for number, key in enumerate(GROUPS, start=1)}
# Groups in which nothing holds (yet): what is required before launch and stands here blocks the launch.
UNSETTLED_GROUPS = tuple(number for key, number in GROUP_NUMBERS.items() if key not in ("settled", "owed"))
