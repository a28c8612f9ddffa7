"""What this slice hangs into the frame: the side bar entry and the sentences of its acts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.audit import sentences
from portal.core import navigation
from portal.stakeholders.history import SENTENCES


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    navigation.register(navigation.Entry(70, "stakeholders", _("Stakeholders"), "address-book", "portal:contacts", "*member"))
    sentences.register(SENTENCES)
