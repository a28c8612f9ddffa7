"""The four tiles above the portfolio list."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.catalogue.installed import catalogue
from portal.core.formats import money_short, number, percent
from portal.core.listing import capped
from portal.core.marks import STAGES
from portal.projects import registry
from portal.projects.portfolio.chips import query_with
from portal.projects.portfolio.rows import Links, Names, short_date
from portal.projects.queries import Totals, first_in_line, gates_in_line, gates_of
from portal.projects.states import FLOW, Stage
from portal.projects.words import Flag
from portal.tenants.clock import organisation_today

# The share of compliance in a plan that the content asks for, in percent (shown as a target; items judge it per project).
SHARE_CALCULATOR, SHARE_PARAMETER = "C-D10-BUDGET", "compliance_share_pass"


def tile_context(request: HttpRequest, listing: dict[str, Any]) -> dict[str, Any]:
    """The four tiles: projects, gates that wait, dates at risk, money."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    tenant: Any = request.tenant  # type: ignore[attr-defined]
    today = organisation_today()
    totals: Totals = listing["totals"]
    names, links = Names(), Links(tenant.slug)
    known = registry.clock_tile(request, gates_in_line(actor))
    if known is not None:
        risk, gates = known[0], gates_of(known[1])
    else:
        gates, clocks = first_in_line(actor)
        risk = _clock_tile(clocks, listing["clocks"], names, links, today)
    lines = [
        {
            "label": f"{row['next_gate']} {names.of(row)}".strip(),
            "url": links.to(row["project_id"]),
            "note": short_date(row["next_gate_due"], today),
            "late": row["next_gate_due"] is not None and row["next_gate_due"] < today and row["stage"] in FLOW,
        }
        for row in gates
    ]
    return {
        "tiles": [
            {
                "label": _("Projects under way"),
                "figure": f"{totals.active:,}",
                "sub": _stage_sentence(totals),
                "part": "portal/projects/funnel.html",
                "funnel": funnel(listing["stage_chips"]),
            },
            {
                "label": _("Gates waiting for a decision"),
                "figure": f"{totals.marks[Flag.WAITING]:,}",
                "sub": _("%(n)s past the date of the next gate") % {"n": capped(listing["late"])}
                if listing["late"]
                else _("No gate is past its date"),
                "lines": lines,
                "tone": "attention" if listing["late"] else "",
                "url": query_with(QueryDict(), waiting="true"),
            },
            risk,
            _money_tile(totals, tenant.currency),
        ]
    }


def _stage_sentence(totals: Totals) -> str:
    parts = [(Stage.LIVE, STAGES["live"].word), (Stage.BUILD, STAGES["build"].word), (Stage.ASSESSMENT, STAGES["assessment"].word)]
    parts += [(Stage.INTAKE, STAGES["intake"].word)]
    return " · ".join(f"{word} {totals.by_stage[stage]:,}" for stage, word in parts if totals.by_stage.get(stage))


def _clock_tile(rows: list[dict[str, Any]], count: int, names: Names, links: Links, today: date) -> dict[str, Any]:
    """Dates of the next two weeks, as far as the summary rows know them."""
    lines = []
    for row in rows:
        days = (row["next_clock_due"] - today).days
        left = ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days} if days > 0 else _("today")
        late = ngettext("%(n)d day late", "%(n)d days late", -days) % {"n": -days}
        lines.append({"label": names.of(row), "url": links.to(row["project_id"]), "note": late if days < 0 else left, "late": days <= 5})
    return {
        "label": _("Clocks at risk"),
        "figure": capped(count),
        "sub": _("legal time limits that end within 14 days"),
        "lines": lines,
        "tone": "fail" if count else "",
    }


def _money_tile(totals: Totals, currency: str) -> dict[str, Any]:
    """Plan, spending and the share of compliance, in one currency; others are named."""
    currency, sums = totals.main_money(currency)
    budget, spent, compliance = sums["budget"], sums["spent"], sums["compliance_budget"]
    share = 100 * compliance / budget if budget else None
    used = 100 * spent / budget if budget else None
    others = [
        money_short(amounts["budget"], name) for name, amounts in sorted(totals.money.items()) if name != currency and amounts["budget"]
    ]
    sub = _("No plan has been entered yet")
    if share is not None:
        target = share_target()
        sub = _("%(share)s of it for compliance (target ≥ %(target)s)") % {"share": percent(share), "target": percent(target)}
    return {
        "label": _("Planned cost"),
        "figure": money_short(budget, currency) if budget else "–",
        "unit": " + ".join(others),
        "sub": sub,
        "part": "portal/projects/spending.html",
        "used": None if used is None else number(used, 0),
        "spent": money_short(spent, currency),
    }


def share_target() -> Any:
    """Percent of the plan that should go to compliance, from the installed content."""
    return catalogue().calculators[SHARE_CALCULATOR].parameters[SHARE_PARAMETER].value


def funnel(stages: list[dict[str, Any]], width: int = 220, gap: int = 2) -> list[dict[str, Any]]:
    """Bars of the stage funnel in SVG units: widths in proportion, a small one stays visible."""
    shown = [stage for stage in stages if stage["count"]]
    total = sum(stage["count"] for stage in shown)
    room = width - gap * max(0, len(shown) - 1)
    least = 6
    flexible = room - least * len(shown)
    bars, x = [], 0.0
    for index, stage in enumerate(shown):
        length = least + flexible * stage["count"] / total
        label_fits = length >= 7 * max(2, len(stage["label"])) * (1.4 if not stage["label"].isascii() else 0.8)
        bars.append({**stage, "x": round(x, 1), "width": round(length, 1), "shade": _shade(stage["key"], index), "fits": label_fits})
        x += length + gap
    return bars


def _shade(stage: str, index: int) -> str:
    order: dict[str, int] = {str(stage): number for number, stage in enumerate((*FLOW, Stage.ON_HOLD), start=1)}
    return f"f{order.get(stage, index + 1)}"
