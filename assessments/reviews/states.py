"""States of a waiver and the steps between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WaiverState(models.TextChoices):
    """A waiver needs two people; it lapses by itself."""

    PROPOSED = "proposed", _("proposed")
    FIRST_APPROVED = "first_approved", _("approved by one")
    ACTIVE = "active", _("in force")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    LAPSED = "lapsed", _("lapsed")


TRANSITIONS: dict[str, tuple[str, ...]] = {
    WaiverState.PROPOSED: (WaiverState.FIRST_APPROVED, WaiverState.REFUSED, WaiverState.WITHDRAWN, WaiverState.LAPSED),
    WaiverState.FIRST_APPROVED: (WaiverState.ACTIVE, WaiverState.REFUSED, WaiverState.WITHDRAWN, WaiverState.LAPSED),
    WaiverState.ACTIVE: (WaiverState.WITHDRAWN, WaiverState.LAPSED),
    WaiverState.REFUSED: (),
    WaiverState.WITHDRAWN: (),
    WaiverState.LAPSED: (),
}
