"""Words of the portfolio that are not a choice of a model: bands of readiness, tiers, states of filings, with their tones."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

Word = tuple[str, str | Promise]

# Bands as the readiness calculator of the catalogue names them.
BANDS: Final[dict[str, Word]] = {
    "ready": ("pass", pgettext_lazy("band", "Ready")),
    "conditional": ("attention", pgettext_lazy("band", "Ready with conditions")),
    "not_ready": ("fail", pgettext_lazy("band", "Not ready")),
    "blocked": ("fail", pgettext_lazy("band", "Blocked")),
}
TIERS: Final[dict[str, str | Promise]] = {
    "light": pgettext_lazy("tier", "Light tier"),
    "standard": pgettext_lazy("tier", "Standard tier"),
    "full": pgettext_lazy("tier", "Full tier"),
}


def band_tone(band: str) -> str:
    """Tone of a band; "" (the ring then goes by its figure) while nothing has been scored."""
    return BANDS[band][0] if band in BANDS else ""


def band_word(band: str) -> str:
    """The word for a band, "" for none."""
    return str(BANDS[band][1]) if band in BANDS else ""


def tier_word(tier: str) -> str:
    """The word for a tier, "" for none."""
    return str(TIERS[tier]) if tier in TIERS else ""
