"""The portfolio page: one request, seven statements, whatever the number of projects."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.listing import CAP, capped, keyset_page
from portal.projects.filters import MARKS, ProjectFilter
from portal.projects.portfolio import chips
from portal.projects.portfolio.rows import Links, shown_rows
from portal.projects.queries import PAGE_SIZE, SORTS, as_rows, dates_at_risk, order_of, portfolio_totals, summaries_visible_to, units_of
from portal.projects.states import Stage
from portal.projects.words import BANDS, TIERS
from portal.tenants.clock import organisation_today


def list_context(request: HttpRequest) -> dict[str, Any]:
    """The list with its filters, chips, views and pages; the tiles are :func:`tile_context`."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    tenant: Any = request.tenant  # type: ignore[attr-defined]
    today = organisation_today()
    chosen = ProjectFilter(request.GET, queryset=summaries_visible_to(actor), request=request)
    sort, order = order_of(request.GET.get("sort", ""))
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = keyset_page(as_rows(chosen.walked), order, size=PAGE_SIZE, after=after, before=before)
    totals = portfolio_totals(actor)
    listed, late, mine, clocks = dates_at_risk(actor, chosen.qs, today)
    filtered = chips.filtering(request.GET)
    found = listed if filtered else totals.projects
    base = reverse("portal:portfolio", kwargs={"tenant_slug": tenant.slug})
    context = {
        "rows": shown_rows(page.rows, Links(tenant.slug), today),
        "totals": totals,
        "late": late,
        "clocks": clocks,
        "found": found,
        "filtered": filtered,
        "summary": _summary(found, filtered),
        "sort": sort,
        "descending": order.descending,
        "sorts": SORTS,
        "heads": chips.heads(request.GET, sort, order.descending),
        "chips": chips.chips(request.GET, totals, late, mine, base),
        "stage_chips": chips.stage_chips(request.GET, totals),
        "previous_url": chips.page_url(request.GET, "before", page.previous),
        "next_url": chips.page_url(request.GET, "after", page.next),
        "query": chips.kept_query(request.GET),
        "may": {name: actor.may(f"portal.{name}") for name in ("create_project", "export_projects", "share_views")},
        "first_page": base,
    }
    if request.GET.get("filters"):
        context["panel"] = {
            "kept": [(name, request.GET[name]) for name in ("q", "owner", "tag", "sort", *MARKS) if request.GET.get(name)],
            "units": units_of(actor),
            "stages": [{"value": value, "label": label, "on": value in request.GET.getlist("stage")} for value, label in Stage.choices],
            "tiers": list(TIERS.items()),
            "bands": [(value, word) for value, (_tone, word) in BANDS.items()],
        }
    return context


def _summary(found: int, filtered: bool) -> str:
    if found > CAP and filtered:
        return _("%(n)s projects") % {"n": capped(found)}
    return ngettext("%(n)s project", "%(n)s projects", found) % {"n": f"{found:,}"}
