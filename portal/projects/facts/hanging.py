"""What facts hang into the frame: an entry for the organisation's facts, sentences of their acts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.audit import sentences
from portal.core import navigation
from portal.projects.facts.history import SENTENCES


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    navigation.register(
        navigation.Entry(
            85, "organisation_facts", _("Organisation facts"), "building", "portal:organisation_facts", "portal.edit_organisation_facts"
        )
    )
    sentences.register(SENTENCES)
