"""What the trail says of acts on calendars."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Any] = {
    "compliance.holiday_year.saved": _("saved the calendar {calendar} {year} (source: {source})"),
    "compliance.holiday_year.restored": _("took the own calendar {calendar} {year} back: the content’s counts again"),
}
