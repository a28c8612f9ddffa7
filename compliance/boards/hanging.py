"""What this slice hangs into the product: views beside the list, the tile of time limits on the portfolio."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from compliance.boards.tile import risk_tile
from compliance.filings import registry as views
from portal.projects import registry


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    views.register_view(views.View(20, "board", pgettext_lazy("filings", "Board"), "compliance:filings_board"))
    views.register_view(views.View(30, "month", pgettext_lazy("filings", "Month"), "compliance:filings_month"))
    views.register_view(views.View(40, "timeline", pgettext_lazy("filings", "Timeline"), "compliance:filings_timeline"))
    registry.register_clock_tile(risk_tile)
