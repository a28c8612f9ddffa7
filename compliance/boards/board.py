"""The board: filings over all projects in columns by group of states, the next dates first."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from compliance.boards.days import Days
from compliance.boards.rows import COLUMNS, shown
from compliance.clocks.models import FilingClock
from compliance.clocks.states import ClockState
from compliance.filings.pages.bar import filter_bar, with_query
from compliance.filings.pages.listing import chosen_rows
from compliance.filings.pages.tabs import view_tabs
from compliance.filings.states import GROUP_NAMES, GROUP_NUMBERS
from portal.core.listing import capped, capped_counts

CARDS = 20
CAP = 500  # a column says no more than that there are more
# Filters that leave few rows of many.
NARROWING = ("q", "project", "regime", "mine", "owner", "blocker", "due", "day", "waiting", "provisional")
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
    """Context of the page: four queries of its own at most (cards, counts, time limits, calendar), however many filings there are."""
    slug = request.tenant.slug
    rows = chosen_rows(request)
    few = not request.actor.may("portal.view_all_projects") or any(request.GET.get(name) for name in NARROWING)
    found, counts = _in_one_pass(rows) if few else _by_column(rows)
    doubtful = _provisional(found)
    days = Days()
    cards: dict[int, list[dict[str, Any]]] = {number: [] for number in GROUP_NUMBERS.values()}
    for row in sorted(found, key=lambda row: (row["due_sort"], row["id"])):
        cards[row["group_sort"]].append(shown(row, slug, days) | {"provisional": (row["id"], row["clock_on"]) in doubtful})
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
                "count": capped(counts[key], CAP),
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


Found = tuple[list[dict[str, Any]], dict[str, int]]


def _by_column(rows: QuerySet[Any]) -> Found:
    """The first cards and the capped count of each column, each along the index that has them in order: nothing is sorted."""
    columns = {key: rows.filter(group_sort=number) for key, number in GROUP_NUMBERS.items()}
    counts = dict(zip(columns, capped_counts(*columns.values(), cap=CAP), strict=True))
    first, *others = (of_group.order_by("due_sort", "id").values(*COLUMNS, "clock_on")[:CARDS] for of_group in columns.values())
    return list(first.union(*others, all=True)), counts


def _in_one_pass(rows: QuerySet[Any]) -> Found:
    """The same where few rows are left: they are read once and numbered, instead of sought column by column."""
    numbered = rows.filter(group_sort__gt=0).annotate(
        place=Window(RowNumber(), partition_by=F("group_sort"), order_by=[F("due_sort").asc(), F("id").asc()]),
        total=Window(Count("*"), partition_by=F("group_sort")),
    )
    found = list(numbered.values(*COLUMNS, "clock_on", "place", "total").filter(place__lte=CARDS))
    totals = {row["group_sort"]: min(row["total"], CAP + 1) for row in found}
    return found, {key: totals.get(number, 0) for key, number in GROUP_NUMBERS.items()}


def _provisional(found: list[dict[str, Any]]) -> set[tuple[Any, Any]]:
    """(filing, day) of the time limits of these cards that may move yet."""
    timed = [row["id"] for row in found if row["clock_on"] is not None]
    limits = FilingClock.objects.filter(filing__in=timed, state=ClockState.RUNNING, provisional=True)
    return set(limits.values_list("filing_id", "due_on")) if timed else set()


def _chosen(asked: str, counts: dict[str, int]) -> str:
    """The column shown on a narrow screen: the one asked for, else the first that holds something."""
    if asked in counts:
        return asked
    return next((key for key, count in counts.items() if count), "prepare")
