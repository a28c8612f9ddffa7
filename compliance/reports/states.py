"""States of a sign-off report as people see them; the job behind it has its own."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportState(models.TextChoices):
    """Where a report stands."""

    ORDERED = "ordered", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")
    DELETED = "deleted", _("deleted")


TRANSITIONS: dict[str, tuple[str, ...]] = {
    ReportState.ORDERED: (ReportState.READY, ReportState.FAILED),
    ReportState.FAILED: (ReportState.ORDERED, ReportState.DELETED),
    ReportState.READY: (ReportState.DELETED,),
    ReportState.DELETED: (),
}
