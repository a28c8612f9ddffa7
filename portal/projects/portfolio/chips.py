"""Addresses of the portfolio: chips, column heads, pages; each is the present query with one thing changed."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.core.listing import capped
from portal.core.marks import STAGES
from portal.projects.filters import MARKS, ProjectFilter
from portal.projects.models import DefaultView, SavedView
from portal.projects.queries import SORTS, Totals
from portal.projects.states import FLOW, Stage
from portal.projects.words import TIERS, Flag, band_word

# What belongs to a moment, not to a list.
PASSING = ("after", "before", "page", "filters")


def filtering(query: QueryDict) -> bool:
    """Whether anything but sorting and paging is asked for."""
    return any(query.get(name, "").strip() for name in ProjectFilter.base_filters)


def kept_query(query: QueryDict) -> str:
    """The filters and the sorting as a query string, without the page."""
    kept = query.copy()
    for name in PASSING:
        kept.pop(name, None)
    return kept.urlencode()


def query_with(query: QueryDict, **changes: str | list[str] | None) -> str:
    """The address with parameters changed or (None) taken away; it starts at the first page."""
    new = query.copy()
    for name in PASSING:
        new.pop(name, None)
    for name, value in changes.items():
        new.setlist(name, [] if value is None else value if isinstance(value, list) else [value])
    return "?" + new.urlencode()


def page_url(query: QueryDict, name: str, cursor: str) -> str:
    """The address of the page before or after, "" without a cursor."""
    return query_with(query, **{name: cursor}) if cursor else ""


def heads(query: QueryDict, sort: str, descending: bool) -> dict[str, dict[str, str]]:
    """Per sort key the address that sorts by it (or turns it) and the state for ``aria-sort``."""
    shown = {}
    for key, (_column, first_descending, label) in SORTS.items():
        active = key == sort
        turned = active and descending == first_descending
        shown[key] = {
            "label": label,
            "url": query_with(query, sort=f"-{key}" if turned else key),
            "aria": ("descending" if descending else "ascending") if active else "",
            "icon": "chevron-down" if descending else "chevron-up",
        }
    return shown


def chips(query: QueryDict, totals: Totals, late: int, mine: int, base: str) -> list[dict[str, Any]]:
    """The marks one can switch on, with how many projects have them."""
    counts: dict[str, int] = {
        "blocked": totals.marks[Flag.BLOCKED],
        "stale": totals.marks[Flag.STALE],
        "public": totals.marks[Flag.PUBLIC],
        "filings": totals.marks[Flag.FILINGS],
        "late": late,
        "waiting": totals.marks[Flag.WAITING],
        "mine": mine,
    }
    words = {
        "blocked": pgettext("filter", "Blockers"),
        "stale": pgettext("filter", "Sign-off lapsed"),
        "public": pgettext("filter", "Public"),
        "filings": pgettext("filter", "Filings open"),
        "late": pgettext("filter", "Gate late"),
        "waiting": pgettext("filter", "Waiting for a decision"),
        "mine": pgettext("filter", "Mine"),
    }
    shown: list[dict[str, Any]] = [{"label": _("All"), "url": base + "?view=all", "on": not filtering(query), "count": None}]
    for name in MARKS:
        on = bool(query.get(name))
        # The tile of waiting gates leads to its filter; a chip of its own only takes it off again.
        if on or (counts[name] and name != "waiting"):
            url = query_with(query, **{name: None if on else "true"})
            count = capped(counts[name]) if name in ("late", "mine") else f"{counts[name]:,}"
            shown.append({"label": words[name], "url": url, "on": on, "count": count})
    return shown + _plain_chips(query)


def _plain_chips(query: QueryDict) -> list[dict[str, Any]]:
    """Filters in force that have no chip of their own, each to be taken off by a click."""
    shown = []
    stages = dict(Stage.choices)
    labels = {"unit": _("Unit"), "tag": _("Tag"), "q": _("Search"), "tier": _("Tier"), "band": _("Band")}
    for value in query.getlist("stage"):
        rest = [other for other in query.getlist("stage") if other != value]
        shown.append({"label": str(stages.get(value, value)), "url": query_with(query, stage=rest), "on": True, "count": None})
    for name in ("unit", "tag", "q", "tier", "band"):
        if value := query.get(name, "").strip():
            word = str(TIERS.get(value, value)) if name == "tier" else band_word(value) or value if name == "band" else value
            label = _("%(name)s: %(value)s") % {"name": labels[name], "value": word}
            shown.append({"label": label, "url": query_with(query, **{name: None}), "on": True, "count": None})
    if query.get("owner"):
        shown.append({"label": _("One owner"), "url": query_with(query, owner=None), "on": True, "count": None})
    if query.get("confidential"):
        shown.append({"label": _("Confidential only"), "url": query_with(query, confidential=None), "on": True, "count": None})
    return shown


def stage_chips(query: QueryDict, totals: Totals) -> list[dict[str, Any]]:
    """Stages with their number of projects, for the funnel and its legend."""
    return [
        {
            "key": stage,
            "label": str(STAGES[stage].word),
            "count": totals.by_stage.get(stage, 0),
            "url": query_with(query, stage=stage, view=None),
        }
        for stage in (*FLOW, Stage.ON_HOLD)
    ]


def view_context(request: HttpRequest) -> dict[str, Any]:
    """The saved views this person can open, which one is open, and which one is the default."""
    user: Any = request.user
    base = reverse("portal:portfolio", kwargs={"tenant_slug": request.tenant.slug})  # type: ignore[attr-defined]
    rows = list(
        SavedView.objects.filter(Q(user=user) | Q(shared=True))
        .values("pk", "name", "query", "shared", "user_id", "user__name")
        .annotate(is_default=Q(pk__in=DefaultView.objects.filter(user=user).values("view_id")))
        .order_by("name", "pk")[:100]
    )
    current = request.GET.get("view", "")
    opened = None
    for row in rows:
        row["mine"] = row["user_id"] == user.pk
        row["url"] = f"{base}?{row['query']}{'&' if row['query'] else ''}view={row['pk']}"
        row["on"] = str(row["pk"]) == current
        if row["on"]:
            opened = row
    return {"views": rows, "opened": opened, "default_view": next((row for row in rows if row["is_default"]), None)}
