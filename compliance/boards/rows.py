"""How the views show one filing: name, project, jurisdiction, address, days left."""

from __future__ import annotations

from typing import Any

from compliance.boards.days import Days
from compliance.filings.models import next_day
from compliance.filings.pages import words
from compliance.filings.pages.addresses import url_of
from compliance.filings.pages.listing import entry_of
from compliance.filings.states import UNSETTLED_GROUPS
from portal.catalogue import catalogue
from portal.core.formats import in_language as tr

COLUMNS = (
    "id", "project_id", "regime", "gate", "jurisdictions", "result", "state", "number", "group_sort", "due_sort", "catalogue_version",
    "project__code", "project__name_zh", "project__name_en", "owner__name",
)  # fmt: skip


def name_of(row: dict[str, Any]) -> str:
    """The filing in the active language."""
    entry = entry_of(row)
    return tr(entry.name) if entry is not None else str(row["regime"])


def project_name(row: dict[str, Any]) -> str:
    """The project in the active language."""
    zh, en = row["project__name_zh"], row["project__name_en"]
    return tr({"zh": zh or en or "", "en": en or zh or ""})


def blocks(row: dict[str, Any]) -> bool:
    """Required before launch and not settled."""
    return bool(row["result"] == "required" and row["gate"] == "before_launch" and row["group_sort"] in UNSETTLED_GROUPS)


def shown(row: dict[str, Any], slug: str, days: Days) -> dict[str, Any]:
    """A row for the templates."""
    content = catalogue()
    due = next_day(row["due_sort"])
    left, kind = days.left(due, days.place_of(row["jurisdictions"])) if due else (None, "")
    return {
        **row,
        "name": name_of(row),
        "url": url_of(slug, row["project_id"], row["regime"]),
        "project_name": project_name(row),
        "places": [words.label(content, "jurisdictions", code) for code in row["jurisdictions"]],
        "state_label": words.label(content, "filing_states", row["state"]),
        "blocks": blocks(row),
        "due": due,
        "days": left,
        "calendar": kind,
        "late": due is not None and due < days.today,
    }
