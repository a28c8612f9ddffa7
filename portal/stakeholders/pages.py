"""What this slice hangs into the frame: the side bar entry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.core import navigation


def install() -> None:
    """Register the directory of people outside the organisation."""
    navigation.register(navigation.Entry(70, "stakeholders", _("Stakeholders"), "users", "portal:contacts", "*member"))
