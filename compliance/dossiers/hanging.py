"""What this slice hangs into the product: a part of the page of one filing, words of the trail, messages, the kind of its job."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from compliance.dossiers import tasks
from compliance.dossiers.actions.planning import OWNER_NOTICE
from compliance.dossiers.following import after_step
from compliance.dossiers.history import EVENTS, SENTENCES
from compliance.dossiers.pages import part
from compliance.filings import registry
from compliance.filings.hanging import to_filing
from compliance.filings.history import EVENTS as FILING_EVENTS
from portal.audit import sentences
from portal.notices import kinds


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    registry.register_part(registry.Part(10, "documents", "compliance/dossiers/part.html", part))
    registry.on_stepped(40, after_step)
    sentences.register(SENTENCES)
    FILING_EVENTS.update(EVENTS)
    kinds.declare(
        OWNER_NOTICE,
        _("The document “{document}” is yours ({project})"),
        _("{by} put you in charge of it, for “{filing}”."),
        url=_to_document,
        label=_("A document of a filing is mine"),
        tone="info",
    )
    kinds.declare(
        tasks.READY_NOTICE,
        _("Dossier {number} of “{filing}” is ready"),
        _("It can be downloaded on the page of the filing."),
        url=to_filing,
        label=_("A dossier I ordered is ready"),
        tone="pass",
    )


def _to_document(notice: Any, slug: str) -> str:
    return to_filing(notice, slug) + f"documents/{notice.params.get('key', '')}/"
