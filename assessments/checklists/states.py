"""States of an answer (the catalogue's ``item_states``) and the steps between them; states of evidence."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AnswerState(models.TextChoices):
    """Where one item of one project stands."""

    OPEN = "open", _("open")
    ANSWERED = "answered", _("answered")
    IN_REVIEW = "in_review", _("in review")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned")
    WAIVED = "waived", _("waived")
    EXPIRED = "expired", _("expired")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


# States in which a proof that runs out makes the item "expired"; a waiver stands until it ends (see WAIVED below).
EXPIRING = (AnswerState.ANSWERED, AnswerState.IN_REVIEW, AnswerState.APPROVED, AnswerState.RETURNED)

# Any change of the answer or its evidence leads back to "answered" (rule S5); so do a lapsed waiver or expired evidence.
TRANSITIONS: dict[str, tuple[str, ...]] = {
    AnswerState.OPEN: (AnswerState.ANSWERED, AnswerState.WAIVED),
    AnswerState.ANSWERED: (AnswerState.OPEN, AnswerState.IN_REVIEW, AnswerState.WAIVED, AnswerState.EXPIRED),
    AnswerState.IN_REVIEW: (
        AnswerState.ANSWERED,
        AnswerState.OPEN,
        AnswerState.APPROVED,
        AnswerState.RETURNED,
        AnswerState.NOT_APPLICABLE,
        AnswerState.WAIVED,
        AnswerState.EXPIRED,
    ),
    AnswerState.APPROVED: (
        AnswerState.ANSWERED,
        AnswerState.OPEN,
        AnswerState.IN_REVIEW,
        AnswerState.RETURNED,
        AnswerState.EXPIRED,
        AnswerState.WAIVED,
    ),
    AnswerState.RETURNED: (AnswerState.ANSWERED, AnswerState.OPEN, AnswerState.IN_REVIEW, AnswerState.WAIVED, AnswerState.EXPIRED),
    AnswerState.WAIVED: (AnswerState.OPEN, AnswerState.ANSWERED, AnswerState.EXPIRED),
    AnswerState.EXPIRED: (AnswerState.ANSWERED, AnswerState.OPEN, AnswerState.WAIVED),
    AnswerState.NOT_APPLICABLE: (AnswerState.ANSWERED, AnswerState.OPEN, AnswerState.RETURNED),
}
