"""The board: filings over all projects in columns by group of states, the next dates first."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from compliance.boards.days import Days
from compliance.boards.rows import COLUMNS, shown
from compliance.filings.pages.bar import filter_bar, with_query
from compliance.filings.pages.limits import with_limit
from compliance.filings.pages.listing import chosen_rows
from compliance.filings.pages.tabs import view_tabs
from compliance.filings.states import GROUP_NAMES, GROUP_NUMBERS
from portal.core.listing import capped, capped_counts

CARDS = 20
TONES = {
    "decide": "open",
    "prepare": "open",
    "preparing": "review",
    "authority": "review",
    "supplement": "attention",
    "settled": "pass",
    "owed": "attention",
    "lost": "fail",
}


def board(request: Any) -> dict[str, Any]:
    """Context of the page: three queries of its own (cards, counts, calendar), however many filings there are."""
    slug = request.tenant.slug
    rows = chosen_rows(request)
    columns = {key: rows.filter(group_sort=number) for key, number in GROUP_NUMBERS.items()}
    counts = dict(zip(columns, capped_counts(*columns.values()), strict=True))
    first, *others = (
        with_limit(of_group).order_by("due_sort", "id").values(*COLUMNS, "limit_provisional")[:CARDS] for of_group in columns.values()
    )
    days = Days()
    cards: dict[int, list[dict[str, Any]]] = {number: [] for number in GROUP_NUMBERS.values()}
    for row in sorted(first.union(*others, all=True), key=lambda row: (row["due_sort"], row["id"])):
        cards[row["group_sort"]].append(shown(row, slug, days))
    base, listing = (reverse(f"compliance:{name}", kwargs={"tenant_slug": slug}) for name in ("filings_board", "filings"))
    chosen = _chosen(request.GET.get("column", ""), counts)
    return {
        "views": view_tabs(request, "board"),
        **filter_bar(request, base),
        "columns": [
            {
                "key": key,
                "name": name,
                "tone": TONES[key],
                "count": capped(counts[key]),
                "cards": cards[GROUP_NUMBERS[key]],
                "chosen": key == chosen,
                "choose_url": with_query(request.GET, column=key),
                "all_url": listing + with_query(request.GET, group=key, column=None),
                "more": counts[key] > CARDS,
            }
            for key, name in GROUP_NAMES.items()
        ],
        "empty": not any(counts.values()),
    }


def _chosen(asked: str, counts: dict[str, int]) -> str:
    """The column shown on a narrow screen: the one asked for, else the first that holds something."""
    if asked in counts:
        return asked
    return next((key for key, count in counts.items() if count), "prepare")
