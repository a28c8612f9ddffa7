"""What this slice hangs into the product: own regimes over the content, its pages, what its acts read like."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from compliance.legal.actions import CARE
from compliance.legal.overlay import overlay
from portal.administration import GROUP
from portal.audit import sentences
from portal.catalogue.installed import register_overlay
from portal.core import navigation

SENTENCES = {
    "compliance.legal.reviewed": _("checked “{entry}” against the law; next time on {next}"),
    "compliance.legal.exported": _("exported the list of legal reviews ({rows} rows)"),
    "compliance.legal.regime_saved": _("saved version {number} of the own regimes “{key}”"),
    "compliance.legal.regime_retired": _("took the own regimes “{key}” out of use"),
}


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    register_overlay(overlay)
    sentences.register(SENTENCES)
    navigation.register(navigation.Entry(95, "legal", _("Legal review"), "gavel", "compliance:legal_review", CARE, group=GROUP))
