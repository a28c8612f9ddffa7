"""Words of the portfolio that are not a choice of a model: bands of readiness, tiers, states of filings, counted marks."""

from __future__ import annotations

from enum import IntFlag
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import override, pgettext_lazy

from portal.core.marks import STAGES
from portal.projects.states import FLOW, Stage

Word = tuple[str, str | Promise]

# Projects that are over: they stay in the list and no longer count as blocked, late or spending.
CLOSED: Final = (Stage.STOPPED, Stage.RETIRED)
ACTIVE: Final = (*FLOW, Stage.ON_HOLD)


class Flag(IntFlag):
    """Marks of a project that the portfolio counts. The bits are set by the database function ``app.summary_row``."""

    BLOCKED = 1
    STALE = 2
    PUBLIC = 4
    FILINGS = 8
    WAITING = 16


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
# State of all filings of a project together.
FILINGS: Final[dict[str, Word]] = {
    "none": ("na", pgettext_lazy("filings", "None needed")),
    "undetermined": ("attention", pgettext_lazy("filings", "Undetermined")),
    "unconfirmed": ("open", pgettext_lazy("filings", "To confirm")),
    "open": ("review", pgettext_lazy("filings", "Under way")),
    "overdue": ("fail", pgettext_lazy("filings", "Late")),
    "done": ("pass", pgettext_lazy("filings", "Done")),
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


def filings_word(state: str) -> tuple[str, str]:
    """(tone, word) of the state of a project's filings; an unknown state is shown as it is."""
    tone, word = FILINGS.get(state, ("open", state))
    return tone, str(word)


def stage_name(stage: str) -> dict[str, str]:
    """The word for a stage in both languages, for details of the trail that are read later in any of them."""
    names = {}
    for language in ("zh-hans", "en"):
        with override(language):
            names[language[:2]] = str(STAGES[stage].word)
    return names
