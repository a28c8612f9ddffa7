"""States and kinds of what keeps a filing up after its number: checks of its display, proposals of change, renewal, cancellation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.translation import pgettext_lazy

from compliance.filings.states import FilingState


class ProposalState(models.TextChoices):
    """Where a proposal stands."""

    OPEN = "open", pgettext_lazy("proposal for a filing", "open")
    ACCEPTED = "accepted", pgettext_lazy("proposal for a filing", "taken up")
    DISMISSED = "dismissed", pgettext_lazy("proposal for a filing", "dismissed")


class ProposalKind(models.TextChoices):
    """What is proposed."""

    CHANGE = "change", pgettext_lazy("proposal for a filing", "file the change")
    RENEW = "renew", pgettext_lazy("proposal for a filing", "renew")
    CANCEL = "cancel", pgettext_lazy("proposal for a filing", "cancel")


class Cause(models.TextChoices):
    """Why."""

    FACTS = "facts", pgettext_lazy("cause of a proposal", "facts of the filing changed")
    VALIDITY = "validity", pgettext_lazy("cause of a proposal", "its validity ends")
    PROJECT_ENDED = "project_ended", pgettext_lazy("cause of a proposal", "the project ended")


class Place(models.TextChoices):
    """Where the law wants the number to be shown."""

    PRODUCT_PAGE = "product_page", pgettext_lazy("place of display", "page or start page of the product")
    APP = "app", pgettext_lazy("place of display", "inside the app")
    APP_STORE = "app_store", pgettext_lazy("place of display", "page in the app store")
    FOOTER = "footer", pgettext_lazy("place of display", "footer of the website")
    TERMS = "terms", pgettext_lazy("place of display", "terms of use or notice")
    OTHER = "other", pgettext_lazy("place of display", "another place")


TRANSITIONS: Mapping[str, Collection[str]] = {
    ProposalState.OPEN: (ProposalState.ACCEPTED, ProposalState.DISMISSED),
    ProposalState.ACCEPTED: (),
    ProposalState.DISMISSED: (),
}
# Reasons that the product gives itself; every other one is in people's words.
FACTS_BACK, OVERTAKEN, OVER = "tenfold:facts_back", "tenfold:overtaken", "tenfold:over"
OWN_REASONS: Mapping[str, Any] = {
    FACTS_BACK: pgettext_lazy("proposal for a filing", "the facts are as they were"),
    OVERTAKEN: pgettext_lazy("proposal for a filing", "overtaken: the project ended"),
    OVER: pgettext_lazy("proposal for a filing", "the filing is over"),
}


def both(words: Any) -> dict[str, str]:
    """A lazily translated text in both languages, as the history keeps it."""
    found = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            found[key] = str(words)
    return found


STEP_OF: Mapping[str, str] = {
    ProposalKind.CHANGE: FilingState.CHANGE_DUE,
    ProposalKind.RENEW: FilingState.RENEWAL_DUE,
    ProposalKind.CANCEL: FilingState.CANCEL_DUE,
}
