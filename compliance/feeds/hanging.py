"""What this slice hangs into the product: what the trail says of its acts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.audit import sentences

SENTENCES = {
    "compliance.calendar.made": _("made a calendar address for: {what}"),
    "compliance.calendar.renewed": _("renewed a calendar address for: {what}"),
    "compliance.calendar.revoked": _("revoked a calendar address for: {what}"),
}


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    sentences.register(SENTENCES)
