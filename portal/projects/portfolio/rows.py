"""Rows of the portfolio list, said in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.projects.states import FLOW
from portal.projects.words import ACTIVE, band_tone, band_word, filings_word

_NOBODY = UUID(int=0)
UNMISTAKEN = 270  # days ahead for which month and day are enough


class Names:
    """Picks the name in the reader's language."""

    def __init__(self) -> None:
        self.chinese = (get_language() or "zh").startswith("zh")

    def of(self, row: dict[str, Any]) -> str:
        """The project's name in the active language, else in the other one."""
        first, second = ("name_zh", "name_en") if self.chinese else ("name_en", "name_zh")
        return str(row[first] or row[second])


class Links:
    """Addresses into projects, resolved once per page instead of once per row."""

    def __init__(self, tenant_slug: str) -> None:
        self._pattern = reverse("portal:project", kwargs={"tenant_slug": tenant_slug, "project_id": _NOBODY})

    def to(self, project_id: UUID) -> str:
        """The overview page of a project."""
        return self._pattern.replace(str(_NOBODY), str(project_id))


def short_date(day: date | None, today: date) -> str:
    """``today``, ``11-26`` as long as the year cannot be mistaken, else the whole date; "" for none."""
    if day is None:
        return ""
    if day == today:
        return _("today")
    return f"{day:%m-%d}" if day.year == today.year or 0 < (day - today).days < UNMISTAKEN else day.isoformat()


def shown_rows(rows: Iterable[dict[str, Any]], links: Links, today: date) -> list[dict[str, Any]]:
    """Rows of the list with everything in words."""
    names = Names()
    for row in rows:
        row["name"] = names.of(row)
        row["url"] = links.to(row["project_id"])
        row["scored"] = bool(row["items_total"])
        row["tone"] = band_tone(row["band"])
        row["band_word"] = band_word(row["band"])
        over = row["stage"] not in ACTIVE
        due = row["next_gate_due"]
        row["gate_text"] = " · ".join(part for part in (row["next_gate"], short_date(due, today)) if part) if not over else ""
        row["gate_waiting"] = row["gate_waiting"] and not over
        row["gate_late"] = not over and due is not None and due < today and row["stage"] in FLOW
        row["filings_tone"], word = filings_word(row["filings_state"])
        # How many to do, else how many to confirm: the figure the word is about.
        number = row["filings_open"] or row["filings_unconfirmed"]
        row["filings_text"] = f"{word} {number}" if number else word
    return list(rows)
