"""Twelve months at a glance: one line for each filing with what happened and what is to come, as an SVG the server draws."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from compliance.boards.days import Days
from compliance.boards.month import month_of
from compliance.boards.rows import COLUMNS, shown
from compliance.calendars.workdays import add_months
from compliance.clocks.actions.common import OURS
from compliance.clocks.models import FilingClock
from compliance.clocks.states import ClockState
from compliance.clocks.words import action_word
from compliance.filings.models import NO_DATE
from compliance.filings.pages.bar import filter_bar, with_query
from compliance.filings.pages.listing import chosen_rows
from compliance.filings.pages.tabs import view_tabs
from portal.catalogue import catalogue
from portal.core.formats import in_language as tr
from portal.core.listing import Order, capped, capped_counts, keyset_page

SIZE = 40
MONTHS, BACK = 12, 3  # months shown, of which before this one
WIDTH, HEIGHT, HEAD = 960, 34, 24  # of one line and of the head, in SVG units
_DATES = ("submitted_on", "approved_on", "valid_until")


def timeline(request: Any) -> dict[str, Any]:
    """Context of the page: four queries of its own (a page of rows, their time limits, the count, the calendar)."""
    query, slug, days = request.GET, request.tenant.slug, Days()
    first = month_of(query.get("start", ""), days.today) if query.get("start") else add_months(days.today.replace(day=1), -BACK)
    last = add_months(first, MONTHS) - dt.timedelta(days=1)
    rows = chosen_rows(request).exclude(Q(due_sort=NO_DATE, submitted_on=None, approved_on=None, valid_until=None))
    order = Order("due_sort", "id")
    page = keyset_page(
        rows.values(*COLUMNS, *_DATES, "renewal_on"), order, size=SIZE, after=query.get("after", ""), before=query.get("before", "")
    )
    (found,) = capped_counts(rows)
    limits: dict[Any, list[dict[str, Any]]] = {}
    running = FilingClock.objects.filter(OURS, filing__in=[row["id"] for row in page.rows], state=ClockState.RUNNING, due_on__isnull=False)
    for limit in running.order_by("due_on").values("filing_id", "due_on", "action", "provisional"):
        limits.setdefault(limit["filing_id"], []).append(limit)
    scale = Scale(first, last)
    return {
        "views": view_tabs(request, "timeline"),
        **filter_bar(request, reverse("compliance:filings_timeline", kwargs={"tenant_slug": slug})),
        "rows": [_line(row, limits.get(row["id"], []), slug, days, scale) for row in page.rows],
        "months": scale.months(),
        "today_x": scale.x(days.today),
        "width": WIDTH,
        "height": HEIGHT,
        "head_height": HEAD,
        "middle": HEIGHT // 2,
        "span": f"{date_format(first, 'YEAR_MONTH_FORMAT')} – {date_format(last, 'YEAR_MONTH_FORMAT')}",
        "earlier_url": _to(request, add_months(first, -MONTHS)),
        "later_url": _to(request, add_months(first, MONTHS)),
        "today_url": with_query(query, start=None),
        "summary": _("%(n)s filings") % {"n": capped(found)}
        if found > 1000
        else ngettext("%(n)s filing", "%(n)s filings", found) % {"n": found},
        "previous_url": with_query(query, before=page.previous) if page.previous else "",
        "next_url": with_query(query, after=page.next) if page.next else "",
    }


def _to(request: Any, day: dt.date) -> str:
    return with_query(request.GET, start=f"{day:%Y-%m}") if 2000 <= day.year <= 2099 else ""


class Scale:
    """Days as places on the line."""

    def __init__(self, first: dt.date, last: dt.date) -> None:
        self.first, self.last = first, last
        self._length = (last - first).days + 1

    def x(self, day: dt.date | None) -> float | None:
        """Place of a day in SVG units; None outside the months shown."""
        if day is None or not self.first <= day <= self.last:
            return None
        return round(((day - self.first).days + 0.5) * WIDTH / self._length, 1)

    def inside(self, start: dt.date, end: dt.date) -> tuple[float, float] | None:
        """Place and width of a span as far as it lies in the months shown."""
        low, high = max(start, self.first), min(end, self.last)
        if low > high:
            return None
        left = (low - self.first).days * WIDTH / self._length
        return round(left, 1), round(((high - low).days + 1) * WIDTH / self._length, 1)

    def months(self) -> list[dict[str, Any]]:
        """Beginning and name of each month."""
        starts = [add_months(self.first, number) for number in range(MONTHS)]
        return [{"x": round((day - self.first).days * WIDTH / self._length, 1), "name": f"{day:%Y-%m}"} for day in starts]


def _line(row: dict[str, Any], limits: list[dict[str, Any]], slug: str, days: Days, scale: Scale) -> dict[str, Any]:
    """One filing: its marks in order of time, the spans between them, and the same in words."""
    content, line = catalogue(), shown(row, slug, days)
    marks = [
        _mark("submitted", pgettext("filing", "submitted"), row["submitted_on"], scale),
        _mark("approved", pgettext("filing", "approved"), row["approved_on"], scale),
        _mark("valid", pgettext("filing", "valid until"), row["valid_until"], scale),
    ]
    for limit in limits:
        text = tr(action_word(content, limit["action"]))
        if limit["provisional"]:
            text = _("{what} (provisional)").format(what=text)
        marks.append(_mark("late" if limit["due_on"] < days.today else "due", text, limit["due_on"], scale))
    if line["due"] and all(mark["on"] != line["due"] for mark in marks):
        text = _("renewal reminder") if row["renewal_on"] == line["due"] else pgettext("filing", "due")
        marks.append(_mark("late" if line["late"] else "due", text, line["due"], scale))
    marks = sorted((mark for mark in marks if mark["on"]), key=lambda mark: mark["on"])
    spans = []
    if row["submitted_on"]:
        spans.append(("", scale.inside(row["submitted_on"], row["approved_on"] or days.today)))
    if row["approved_on"]:
        spans.append(("is-valid", scale.inside(row["approved_on"], row["valid_until"] or scale.last)))
    return line | {
        "marks": marks,
        "drawn": [mark for mark in marks if mark["x"] is not None],
        "spans": [{"css": css, "x": span[0], "width": span[1]} for css, span in spans if span],
        "words": _("; ").join(f"{mark['label']} {mark['on']:%Y-%m-%d}" for mark in marks),
    }


def _mark(kind: str, label: str, day: dt.date | None, scale: Scale) -> dict[str, Any]:
    return {"kind": kind, "label": label, "on": day, "x": scale.x(day)}
