"""What this slice hangs into the product: the entry of the side bar and the words of its history."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from compliance.holidays.actions import EDIT
from compliance.holidays.history import SENTENCES
from portal.administration import GROUP
from portal.audit import sentences
from portal.core.navigation import Entry, register


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    register(Entry(94, "calendar", _("Working calendar"), "calendar", "compliance:calendar", EDIT, group=GROUP))
    sentences.register(SENTENCES)
