"""States of a sign-off report as people see them; the job behind it has its own."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportState(models.TextChoices):
    """Where a report stands."""

    ORDERED = "ordered", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")
    DELETED = "deleted", _("deleted")


class Standing(models.TextChoices):
    """What a made report is worth as proof of a sign-off today."""

    DRAFT = "draft", _("draft, no decision yet")
    LAPSED = "lapsed", _("sign-off has lapsed")
    REFUSED = "refused", _("gate not passed")
    EXPIRED = "expired", _("sign-off has run out")
    SUPERSEDED = "superseded", _("replaced by a newer decision")
    VALID = "valid", _("ready")


TONES: dict[str, str] = {
    Standing.DRAFT: "attention",
    Standing.LAPSED: "fail",
    Standing.REFUSED: "fail",
    Standing.EXPIRED: "fail",
    Standing.SUPERSEDED: "attention",
    Standing.VALID: "pass",
}
SENTENCES: dict[str, Any] = {
    Standing.DRAFT: _("This report exists as a draft. It is no sign-off."),
    Standing.LAPSED: _("This report exists, but the sign-off has lapsed: something material changed after the decision."),
    Standing.REFUSED: _("This report exists, but the gate was not passed: the decision was to return or to reject."),
    Standing.EXPIRED: _("This report exists, but the sign-off has run out: it held until the date below."),
    Standing.SUPERSEDED: _("This report exists, but a newer decision on this gate has taken its place."),
    Standing.VALID: _("This report exists and its sign-off holds today."),
}
TRANSITIONS: dict[str, tuple[str, ...]] = {
    ReportState.ORDERED: (ReportState.READY, ReportState.FAILED),
    ReportState.FAILED: (ReportState.ORDERED, ReportState.DELETED),
    ReportState.READY: (ReportState.DELETED,),
    ReportState.DELETED: (),
}
