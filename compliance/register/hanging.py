"""What this slice hangs into the product: a view beside the list of filings, sentences of the trail, the kind of its job."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from compliance.filings import registry
from compliance.register import tasks as _tasks  # noqa: F401 - the kind of its job must be known where it is ordered
from portal.audit import sentences

SENTENCES: dict[str, Any] = {
    "compliance.register.ordered": _("ordered register of filings {number}"),
    "compliance.register.made": _("register of filings {number} was made ({rows} filings)"),
    "compliance.register.downloaded": _("downloaded register of filings {number} ({form})"),
}


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    sentences.register(SENTENCES)
    registry.register_view(registry.View(80, "register", _("Register"), "compliance:register"))
