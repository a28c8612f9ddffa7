"""One month of dates: running time limits and other dates to keep, with days off and make-up working days."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections import Counter
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from compliance.boards.days import Days
from compliance.boards.rows import COLUMNS, shown
from compliance.calendars.workdays import CN, NONE
from compliance.clocks.limits import AUTHORITY
from compliance.clocks.words import action_word
from compliance.filings.filters import NEAR
from compliance.filings.models import BLOCKING
from compliance.filings.pages import words
from compliance.filings.pages.bar import filter_bar, with_query
from compliance.filings.pages.listing import chosen_rows
from compliance.filings.pages.tabs import view_tabs
from compliance.filings.states import SETTLED
from portal.catalogue import catalogue
from portal.core.errors import Invalid
from portal.core.formats import in_language as tr

PER_DAY = 6  # of each kind that are read; the rest is a number and a link
IN_CELL = 3
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_SATURDAY = 5


def month_of(text: str, today: dt.date) -> dt.date:
    """The first day of the month asked for, this month when none is. Raises Invalid for anything else."""
    if not text:
        return today.replace(day=1)
    found = _MONTH.fullmatch(text)
    if found is None:
        raise Invalid(_("Write the month as 2026-12, from 2000 to 2099."))
    return dt.date(int(found[1]), int(found[2]), 1)


def month(request: Any) -> dict[str, Any]:
    """Context of the page: three queries of its own (time limits, other dates, calendar)."""
    slug, days = request.tenant.slug, Days()
    first = month_of(request.GET.get("month", ""), days.today)
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    found = _dates(chosen_rows(request), weeks[0][0], weeks[-1][-1])
    listing = reverse("compliance:filings", kwargs={"tenant_slug": slug})
    by_day: dict[dt.date, list[dict[str, Any]]] = {}
    totals: Counter[dt.date] = Counter()
    kinds: set[tuple[dt.date, str]] = set()
    for row in found:
        if (row["on"], row["what"]) not in kinds:
            kinds.add((row["on"], row["what"]))
            totals[row["on"]] += row["total"]
        by_day.setdefault(row["on"], []).append(_entry(row, slug, days))
    place = _place(found, days)
    cells = [[_cell(day, first, by_day.get(day, []), totals[day], days, place, request, listing) for day in week] for week in weeks]
    of_month = [cell for week in cells for cell in week if cell["inside"]]
    return {
        "views": view_tabs(request, "month"),
        **filter_bar(request, reverse("compliance:filings_month", kwargs={"tenant_slug": slug})),
        "title": date_format(first, "YEAR_MONTH_FORMAT"),
        "weeks": cells,
        "weekdays": [(WEEKDAYS[number], WEEKDAYS_ABBR[number]) for number in range(7)],
        "listed": [cell for cell in of_month if cell["entries"]],
        "previous_url": _to(request, first - dt.timedelta(days=1)),
        "next_url": _to(request, first + dt.timedelta(days=31)),
        "today_url": with_query(request.GET, month=None),
        "is_now": first == days.today.replace(day=1),
        "calendar_name": words.label(catalogue(), "calendars", place) if place != NONE else "",
        "unpublished": place != NONE and not days.table(place).is_official(first),
        "total": sum(cell["total"] for cell in of_month),
    }


def _to(request: Any, day: dt.date) -> str:
    return with_query(request.GET, month=f"{day:%Y-%m}") if 2000 <= day.year <= 2099 else ""


def _first_of_each_day(rows: QuerySet[Any], day: str, *columns: str) -> list[dict[str, Any]]:
    """At most PER_DAY of each day, what blocks a launch first, with the number of all. One query."""
    heavy = Case(When(BLOCKING, then=Value(0)), default=Value(1))
    ranked = rows.annotate(
        on=F(day),
        place=Window(RowNumber(), partition_by=F(day), order_by=[heavy.asc(), F("id").asc()]),
        total=Window(Count("*"), partition_by=F(day)),
    )
    return list(ranked.values(*COLUMNS, "on", "place", "total", *columns).filter(place__lte=PER_DAY))


def _dates(rows: QuerySet[Any], start: dt.date, end: dt.date) -> list[dict[str, Any]]:
    """Time limits that run, then the dates to keep that are no time limit. Two queries."""
    running = rows.filter(clocks__state="running", clocks__due_on__gte=start, clocks__due_on__lte=end)
    # Not a negated condition on the join: that would leave out every filing of which the authority has a period.
    ours = running.annotate(act=F("clocks__action")).exclude(act=AUTHORITY)
    limits = _first_of_each_day(ours, "clocks__due_on", "clocks__action", "clocks__basis", "clocks__provisional")
    apart = rows.filter(Q(clock_on=None) | Q(clock_on__gt=F("due_sort")), due_sort__gte=start, due_sort__lte=end)
    others = _first_of_each_day(apart, "due_sort", "renewal_on")
    return [row | {"what": "limit"} for row in limits] + [row | {"what": "date"} for row in others]


def _entry(row: dict[str, Any], slug: str, days: Days) -> dict[str, Any]:
    """One date in words, with its tone."""
    content = catalogue()
    entry = shown(row, slug, days)
    left, kind = days.left(row["on"], days.place_of(row["jurisdictions"]))
    if row["what"] == "limit":
        what = tr(action_word(content, row["clocks__action"]))
    elif row["state"] in SETTLED:
        what = _("renewal reminder") if row["renewal_on"] == row["on"] else pgettext("filing", "valid until")
    else:
        what = pgettext("filing", "due")
    tone = "fail" if left < 0 or entry["blocks"] else "attention" if left <= NEAR else "review"
    return entry | {
        "label": what,
        "tone": tone,
        "days": left,
        "calendar": kind,
        "due": row["on"],
        "basis": words.label(content, "bases", row["clocks__basis"]) if row["what"] == "limit" else "",
        "provisional": bool(row.get("clocks__provisional")),
    }


def _place(found: list[dict[str, Any]], days: Days) -> str:
    """The calendar whose days off are marked: the one by which most of these filings count; China when there are none."""
    places = Counter(days.place_of(row["jurisdictions"]) for row in found)
    return places.most_common(1)[0][0] if places else CN


def _cell(
    day: dt.date, first: dt.date, entries: list[dict[str, Any]], total: int, days: Days, place: str, request: Any, listing: str
) -> dict[str, Any]:
    working, weekend = days.table(place).is_working(day), day.weekday() >= _SATURDAY
    mark = _("day off") if not working and not weekend else _("make-up working day") if working and weekend else ""
    entries = sorted(entries, key=lambda entry: (not entry["blocks"], entry["tone"] != "fail", entry["name"]))
    beyond, hidden = total - len(entries), total - min(len(entries), IN_CELL)
    return {
        "day": day,
        "inside": day.month == first.month,
        "today": day == days.today,
        "off": not working,
        "makeup": working and weekend,
        "mark": mark,
        "entries": entries,
        "in_cell": entries[:IN_CELL],
        "total": total,
        "hidden": ngettext("%(n)d more", "%(n)d more", hidden) % {"n": hidden} if hidden else "",
        "beyond": ngettext("%(n)d more", "%(n)d more", beyond) % {"n": beyond} if beyond else "",
        "url": listing + with_query(request.GET, day=day.isoformat(), month=None) if total else "",
    }
