"""States of a filing. The step table is the catalogue's ``filing_states``; a test holds the two together."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
