"""Pictures of projects as ECharts option objects; each comes with the same figures as a table. Colours are named ("@pass")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core.access import Actor
from portal.core.marks import DIMENSIONS, STAGES
from portal.projects import registry
from portal.projects.queries import Totals, heat_rows, portfolio_totals
from portal.projects.states import FLOW, Stage
from portal.projects.strip import scores_of

Chart = dict[str, Any]
# Readiness bands of the content in points: green from 85, amber from 70 (as the ring).
TARGET = 85
STEPS = ((0, 69, "@fail-tint"), (70, 84, "@attention-tint"), (85, 100, "@pass-tint"))


def portfolio_charts(request: HttpRequest) -> dict[str, Any]:
    """Context of the charts page: three pictures for what this person may see."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    totals = portfolio_totals(actor)
    heat = heat_rows(actor)
    work = registry.workload(actor)
    return {
        "totals": totals,
        "funnel": stage_funnel(totals),
        "heat": heat_map(heat) if heat else None,
        "work": workload(work) if work else None,
    }


def stage_funnel(totals: Totals) -> Chart:
    """Projects per stage, from intake down to review, with the figure at each bar."""
    stages = [*FLOW, Stage.ON_HOLD]
    words = [str(STAGES[stage].word) for stage in stages]
    counts = [totals.by_stage.get(stage, 0) for stage in stages]
    colours = {Stage.LIVE: "@pass", Stage.PERIODIC_REVIEW: "@pass", Stage.ON_HOLD: "@attention"}
    return {
        "id": "chart-funnel",
        "title": _("Projects per stage"),
        "summary": _("Number of projects per stage: %(list)s")
        % {"list": _(", ").join(f"{word} {count}" for word, count in zip(words, counts, strict=True))},
        "option": {
            "grid": {"left": 8, "right": 40, "top": 8, "bottom": 8, "containLabel": True},
            "xAxis": {"type": "value", "show": False, "minInterval": 1},
            "yAxis": {"type": "category", "inverse": True, "data": words, "axisLine": {"show": False}},
            "series": [
                {
                    "type": "bar",
                    "barMaxWidth": 22,
                    "label": {"show": True, "position": "right", "color": "@ink"},
                    "data": [
                        {"value": count, "itemStyle": {"color": colours.get(stage, "@primary"), "borderRadius": [0, 4, 4, 0]}}
                        for stage, count in zip(stages, counts, strict=True)
                    ],
                }
            ],
        },
        "head": [_("Stage"), _("Projects")],
        "rows": [[word, count] for word, count in zip(words, counts, strict=True)],
    }


def heat_map(rows: Sequence[Mapping[str, Any]]) -> Chart:
    """Average score per unit and dimension; the figure stands in every cell."""
    names = [str(word) for word in DIMENSIONS.values()]
    # English words do not fit above ten columns; the strip of the portfolio has codes there as well.
    axis = names if (get_language() or "").startswith("zh") else [f"D{number}" for number in range(1, len(names) + 1)]
    units = [row["unit"] or _("No unit") for row in rows]
    cells = [[x, y, score] for y, row in enumerate(rows) for x, score in enumerate(row["scores"])]
    return {
        "id": "chart-heat",
        "title": _("Average score per unit and dimension"),
        "summary": _("Ten scores for each of %(n)d business units; the table below has the same figures.") % {"n": len(rows)},
        "height": "high" if len(rows) > 5 else "",
        "option": {
            "grid": {"left": 8, "right": 8, "top": 8, "bottom": 34, "containLabel": True},
            "tooltip": {"show": False},
            "xAxis": {
                "type": "category",
                "data": axis,
                "position": "top",
                "axisLine": {"show": False},
                "axisLabel": {"interval": 0, "hideOverlap": True},
            },
            "yAxis": {
                "type": "category",
                "inverse": True,
                "data": units,
                "axisLine": {"show": False},
                "axisLabel": {"width": 140, "overflow": "truncate"},
            },
            "visualMap": {
                "type": "piecewise",
                "orient": "horizontal",
                "left": "center",
                "bottom": 0,
                "itemWidth": 16,
                "pieces": [{"min": low, "max": high, "color": colour, "label": f"{low}–{high}"} for low, high, colour in reversed(STEPS)],
            },
            "series": [
                {
                    "type": "heatmap",
                    "data": cells,
                    "label": {"show": True, "color": "@ink", "fontSize": 12},
                    "itemStyle": {"borderColor": "@panel", "borderWidth": 2, "borderRadius": 4},
                    "emphasis": {"disabled": True},
                }
            ],
        },
        "head": [_("Business unit"), _("Projects"), _("Readiness"), *names],
        "rows": [[unit, row["projects"], row["readiness"], *row["scores"]] for unit, row in zip(units, rows, strict=True)],
    }


def workload(rows: Sequence[Mapping[str, Any]]) -> Chart:
    """Open items per person, of which past their date."""
    rows = list(rows)[:20]
    names = [str(row["name"]) for row in rows]
    on_time = [max(0, int(row["open"]) - int(row["overdue"])) for row in rows]
    late = [int(row["overdue"]) for row in rows]

    readable = max((sum(pair) for pair in zip(on_time, late, strict=True)), default=0) / 12

    def bars(name: str, colour: str, values: list[int]) -> dict[str, Any]:
        # A figure stands only in a bar that has room for it; the table has them all.
        data = [{"value": value, "label": {"show": value > readable}} for value in values]
        label = {"show": True, "position": "inside", "color": "@panel"}
        return {
            "type": "bar",
            "name": name,
            "stack": "open",
            "barMaxWidth": 20,
            "itemStyle": {"color": colour},
            "label": label,
            "data": data,
        }

    return {
        "id": "chart-work",
        "title": _("Open items per person"),
        "summary": _("Open items of %(n)d people, those past their date apart.") % {"n": len(rows)},
        "height": "high" if len(rows) > 8 else "",
        "option": {
            "grid": {"left": 8, "right": 16, "top": 34, "bottom": 8, "containLabel": True},
            "legend": {"top": 0, "left": 0, "itemWidth": 16},
            "xAxis": {"type": "value", "minInterval": 1, "name": _("items")},
            "yAxis": {"type": "category", "inverse": True, "data": names, "axisLine": {"show": False}},
            "series": [bars(_("in time"), "@primary", on_time), bars(_("past their date"), "@fail", late)],
        },
        "head": [_("Person"), _("Open items"), _("past their date")],
        "rows": [[row["name"], row["open"], row["overdue"]] for row in rows],
    }


def radar(summary: Any, names: Sequence[str], weights: Sequence[int]) -> Chart:
    """Ten scores of one project around a circle, with the line that every dimension should reach (85)."""
    scores = scores_of(summary)
    short = [str(word) for word in DIMENSIONS.values()]
    return {
        "id": "chart-radar",
        "title": _("Scores of the ten dimensions"),
        "summary": _("Scores of the ten dimensions: %(list)s")
        % {"list": _(", ").join(f"{name} {score}" for name, score in zip(names, scores, strict=True))},
        "option": radar_option(short, scores),
        "head": [_("Dimension"), _("Score"), _("Weight")],
        "rows": [[name, f"{score}%", weight] for name, score, weight in zip(names, scores, weights, strict=True)],
    }


def radar_option(axes: Sequence[str], scores: Sequence[int]) -> dict[str, Any]:
    """The drawing of ten scores from 0 to 100, with the line that every dimension should reach; small enough for a telephone's width."""
    drawn: list[tuple[str, list[int], dict[str, Any], str, str, int]] = [
        (_("Score"), list(scores), {"symbolSize": 4, "areaStyle": {"color": "@primary", "opacity": 0.14}}, "@primary", "solid", 2),
        (_("Target"), [TARGET] * len(axes), {"symbol": "none"}, "@muted", "dashed", 1),
    ]
    return {
        "radar": {
            "radius": "58%",
            "splitNumber": 4,
            "indicator": [{"name": axis, "max": 100, "min": 0} for axis in axes],
            "axisName": {"fontSize": 11, "lineHeight": 14},
        },
        "series": [
            {
                "type": "radar",
                "data": [
                    {
                        "name": name,
                        "value": value,
                        "lineStyle": {"color": colour, "type": line, "width": width},
                        "itemStyle": {"color": colour},
                        **look,
                    }
                    for name, value, look, colour, line, width in drawn
                ],
            }
        ],
    }
