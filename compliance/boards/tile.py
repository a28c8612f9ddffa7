"""The portfolio's tile of time limits: late, within five working days, within thirty days, and the first in line. One statement."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from compliance.boards.rows import blocks, name_of
from compliance.calendars.workdays import CN, work_calendar
from compliance.filings.filters import NEAR, SOON
from compliance.filings.models import Filing
from compliance.filings.pages.addresses import url_of
from compliance.filings.queries import filings_visible_to
from compliance.filings.rules import VIEW_ALL
from compliance.holidays.models import HolidayYear
from compliance.holidays.queries import laid_over, year_of
from portal.catalogue import catalogue
from portal.core.listing import CAP, capped
from portal.tenants.clock import organisation_today

LINES = 4
_LINE = ("project_id", "regime", "catalogue_version", "result", "gate", "group_sort", "due_sort")
_JOINED = {name: F(name) for name in ("project__code", "project__name_zh", "project__name_en")}
_YEAR = ("calendar", "year", "holidays", "makeup_days", "official", "source_title", "source_url")


def risk_tile(request: Any, beside: QuerySet[Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Context of ``ui/tile.html`` for the person of the request, and the rows of ``beside``, which the same statement answers."""
    actor, slug, today = request.actor, request.tenant.slug, organisation_today()
    visible = filings_visible_to(actor).filter(due_sort__lte=today + SOON)
    own = Filing.objects.filter(project=None, due_sort__lte=today + SOON)
    late, ahead, lines, years, of_organisation, others = _asked(visible, own, today, beside)
    rules = laid_over(catalogue().calendar, [(year["calendar"], year_of(HolidayYear(**year))) for year in years])
    table = work_calendar(rules, CN)
    near_day = table.add_working_days(today, NEAR).on
    near = sum(number for day, number in ahead.items() if day <= near_day)
    soon = sum(ahead.values())
    sub = [_("%(n)s late") % {"n": capped(late)}] if late else []
    sub.append(_("%(n)s within 5 working days") % {"n": capped(near)})
    sub.append(_("%(n)s within 30 days") % {"n": capped(soon)})
    if of_organisation and actor.may(VIEW_ALL):
        sub.append(_("%(n)s of the organisation") % {"n": capped(of_organisation)})
    listing = reverse("compliance:filings", kwargs={"tenant_slug": slug}) if actor.may(VIEW_ALL) else ""
    tile = {
        "label": _("Clocks at risk"),
        "figure": capped(min(late + near, CAP + 1)),
        "sub": " · ".join(sub),
        "lines": [_line(row, slug, today, near_day, table) for row in lines],
        "tone": "fail" if late else "attention" if near else "",
        "url": f"{listing}?due={'late' if late else 'near' if near else 'soon'}" if listing else "",
    }
    return tile, others


def _asked(
    visible: QuerySet[Any], own: QuerySet[Any], today: dt.date, beside: QuerySet[Any]
) -> tuple[int, dict[dt.date, int], list[dict[str, Any]], list[dict[str, Any]], int, list[dict[str, Any]]]:
    """Number that are late, numbers by day ahead, first lines, years of the calendar, number of the organisation's, rows of ``beside``.

    Counts are capped.
    """

    def sql(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
        return rows.query.sql_with_params()

    late = sql(visible.filter(due_sort__lt=today).order_by().values("pk")[: CAP + 1])
    ahead = sql(visible.filter(due_sort__gte=today).order_by("due_sort").values("due_sort")[: CAP + 1])
    lines = sql(visible.order_by("due_sort", "id").values(*_LINE, **{f"p_{name[9:]}": column for name, column in _JOINED.items()})[:LINES])
    years = sql(HolidayYear.objects.values(*_YEAR))
    asked = sql(beside)
    others = sql(own.order_by().values("pk")[: CAP + 1])
    statement = f"""select (select count(*) from ({late[0]}) a),
        (select coalesce(json_object_agg(due_sort, number), '{{}}') from
            (select due_sort, count(*) number from ({ahead[0]}) b group by 1) c),
        (select coalesce(json_agg(d), '[]') from ({lines[0]}) d),
        (select coalesce(json_agg(e), '[]') from ({years[0]}) e),
        (select count(*) from ({others[0]}) f), (select coalesce(json_agg(h), '[]') from ({asked[0]}) h)"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [*late[1], *ahead[1], *lines[1], *years[1], *others[1], *asked[1]])
        number, by_day, first, tables, organisation, rows = cursor.fetchone()
    days = {dt.date.fromisoformat(day): count for day, count in _read(by_day).items()}
    return number, days, _read(first), _read(tables), organisation, _read(rows)


def _read(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _line(row: dict[str, Any], slug: str, today: dt.date, near_day: dt.date, table: Any) -> dict[str, Any]:
    row |= {f"project__{name}": row.pop(f"p_{name}") for name in ("code", "name_zh", "name_en")}
    due = dt.date.fromisoformat(row["due_sort"])
    days = table.working_days_between(today, due) if abs((due - today).days) < 370 else (due - today).days
    if days > 0:
        note = _("%(n)d wd left") % {"n": days}
    elif due == today or days == 0:
        note = _("today") if due == today else _("next wd")
    else:
        note = _("%(n)d wd late") % {"n": -days}
    blocking = blocks(row)
    return {
        "label": f"{row['project__code']} {name_of(row)}",
        "url": url_of(slug, row["project_id"], row["regime"]),
        "note": _("blocker, {note}").format(note=note) if blocking else note,
        "late": blocking or due <= near_day,
    }
