"""Chart options for ECharts, as plain data: the same object is drawn on the page and in the PDF.

Colours are named by tone ("@pass"); `portal.core.palette.resolve` (paper) and the browser (screen) put real ones in.
Every chart is readable in black and white: symbols and figures stand beside the bars, patterns (decals) inside them.
Pure functions: no Django, no files.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

Option = dict[str, Any]

TEXT = "@ink"
QUIET = "@muted"
# symbol and tone of what a blocker can be; the symbols are in the report's font
VERDICTS: tuple[tuple[str, str, str], ...] = (
    ("pass", "✓", "pass"),
    ("attention", "!", "attention"),
    ("fail", "×", "fail"),
    ("open", "○", "open"),
    ("waived", "◇", "waived"),
)
# six tones at most; each has its own pattern so that print without colour tells them apart
SERIES_TONES: tuple[str, ...] = ("primary", "review", "attention", "waived", "pass", "open")
_DECALS: tuple[dict[str, Any], ...] = (
    {"symbol": "none"},
    {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 5], "rotation": -0.7854, "color": "rgba(255,255,255,.3)"},
    {"symbol": "circle", "dashArrayX": [[8, 8], [0, 8, 8, 0]], "dashArrayY": [6, 0], "symbolSize": 0.7, "color": "rgba(255,255,255,.3)"},
    {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 4], "rotation": 0.7854, "color": "rgba(255,255,255,.3)"},
    {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [3, 3], "color": "rgba(255,255,255,.3)"},
    {"symbol": "triangle", "dashArrayX": [[9, 9], [0, 9, 9, 0]], "dashArrayY": [7, 2], "symbolSize": 0.75, "color": "rgba(255,255,255,.3)"},
)


class Score(NamedTuple):
    """One dimension: `label` short name, `value` 0–100 or None when nothing counted."""

    label: str
    value: float | None


class BlockerCount(NamedTuple):
    """Blocker items of one dimension by verdict ("pass", "attention", "fail", "open", "waived")."""

    label: str
    counts: dict[str, int]


class Amount(NamedTuple):
    """Money of one year on one line; `text` is the amount as people read it."""

    period: str
    line: str
    value: float
    text: str


def _base(font: str, size: int = 12) -> Option:
    return {"textStyle": {"fontFamily": font, "fontSize": size, "color": TEXT}, "aria": {"enabled": True}}


def radar(scores: Sequence[Score], *, floor: float, ready: float, font: str, floor_label: str, ready_label: str) -> Option:
    """Ten scores as a radar; the floor and the ready line are dashed rings named at their top."""
    names = [f"{one.label}\n{'–' if one.value is None else _figure(one.value)}" for one in scores]
    ring = [{"name": name, "max": 100, "min": 0} for name in names]

    def limit(value: float, name: str, tone: str) -> Option:
        return {
            "value": [value] * len(ring),
            "name": name,
            "symbol": "none",
            "lineStyle": {"type": "dashed", "width": 1, "color": tone},
            "areaStyle": {"opacity": 0},
        }

    return _base(font) | {
        "radar": {
            "indicator": ring,
            "radius": "70%",
            "center": ["50%", "51%"],
            "splitNumber": 5,
            "axisName": {"color": TEXT, "fontFamily": font, "fontSize": 12, "lineHeight": 15},
            "axisNameGap": 8,
            "splitLine": {"lineStyle": {"color": "@line"}},
            "splitArea": {"show": False},
            "axisLine": {"lineStyle": {"color": "@line"}},
        },
        "series": [
            {
                "type": "radar",
                "data": [
                    limit(floor, floor_label, "@fail"),
                    limit(ready, ready_label, "@pass"),
                    {
                        "value": [0 if one.value is None else one.value for one in scores],
                        "name": "",
                        "symbol": "circle",
                        "symbolSize": 5,
                        "itemStyle": {"color": "@primary"},
                        "lineStyle": {"color": "@primary", "width": 2},
                        "areaStyle": {"color": "@primary", "opacity": 0.12},
                    },
                ],
            }
        ],
    }


def readiness_bar(value: float | None, *, tone: str, marks: Sequence[tuple[float, str]], font: str) -> Option:
    """Readiness 0–100 as one bar; `marks` are dashed lines with their names (70 附条件, 85 就绪)."""
    shown = 0 if value is None else value
    return _base(font) | {
        "grid": {"left": 4, "right": 12, "top": 26, "bottom": 20, "containLabel": False},
        "xAxis": {
            "type": "value",
            "min": 0,
            "max": 100,
            "interval": 20,
            "axisLabel": {"color": QUIET, "fontFamily": font, "fontSize": 11},
            "splitLine": {"show": False},
        },
        "yAxis": {"type": "category", "data": [""], "axisTick": {"show": False}, "axisLine": {"show": False}},
        "series": [
            {
                "type": "bar",
                "barWidth": 16,
                "showBackground": True,
                "backgroundStyle": {"color": "@open-tint", "borderColor": "@field-line", "borderWidth": 0.6},
                "itemStyle": {"color": f"@{tone}"},
                "data": [shown],
                "markLine": {
                    "symbol": "none",
                    "silent": True,
                    "lineStyle": {"type": "dashed", "color": TEXT, "width": 1},
                    "data": [
                        {
                            "xAxis": at,
                            "label": {"formatter": name, "color": TEXT, "fontFamily": font, "fontSize": 11, "distance": [0, 4]},
                        }
                        for at, name in marks
                    ],
                },
            }
        ],
    }


def blockers(rows: Sequence[BlockerCount], *, font: str) -> Option:
    """Blocker items per dimension, stacked by verdict; symbol and count stand in each piece."""
    shown = list(reversed(rows))
    series = []
    for verdict, symbol, tone in VERDICTS:
        if not any(row.counts.get(verdict) for row in shown):
            continue
        solid = verdict in ("pass", "fail")
        series.append(
            {
                "type": "bar",
                "stack": "all",
                "barWidth": 14,
                "itemStyle": {
                    "color": f"@{tone}" if solid else f"@{tone}-tint",
                    "borderColor": f"@{tone}",
                    "borderWidth": 1,
                },
                "data": [
                    {
                        "value": row.counts.get(verdict, 0) or None,
                        "label": {
                            "show": bool(row.counts.get(verdict)),
                            "formatter": f"{symbol} {row.counts.get(verdict, 0)}",
                            "color": "@panel" if solid else f"@{tone}",
                            "fontFamily": font,
                            "fontSize": 11,
                            "textBorderWidth": 0,
                        },
                    }
                    for row in shown
                ],
            }
        )
    return _base(font) | {
        "grid": {"left": 4, "right": 14, "top": 6, "bottom": 4, "containLabel": True},
        "xAxis": {
            "type": "value",
            "minInterval": 1,
            "splitLine": {"show": False},
            "axisLabel": {"show": False},
            "axisLine": {"show": False},
        },
        "yAxis": {
            "type": "category",
            "data": [row.label for row in shown],
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": "@field-line"}},
            "axisLabel": {"color": TEXT, "fontFamily": font, "fontSize": 12},
        },
        "series": series,
    }


def money(amounts: Sequence[Amount], *, totals: dict[str, str], limits: dict[str, tuple[float, str]], font: str) -> Option:
    """Money per year, stacked by line. `totals`: text at the right end; `limits`: approved amount and its name per year."""
    periods = list(dict.fromkeys(amount.period for amount in amounts))
    lines = list(dict.fromkeys(amount.line for amount in amounts))[: len(SERIES_TONES)]
    by_place = {(amount.period, amount.line): amount for amount in amounts}
    longest = max([sum(a.value for a in amounts if a.period == p) for p in periods] + [v for v, _ in limits.values()] + [1])
    series: list[Option] = []
    for index, line in enumerate(lines):
        data = []
        for period in reversed(periods):
            amount = by_place.get((period, line))
            wide = amount is not None and amount.value / longest > 0.13
            data.append(
                {
                    "value": amount.value if amount else 0,
                    "label": {
                        "show": wide,
                        "formatter": amount.text if amount else "",
                        "color": "@panel",
                        "fontFamily": font,
                        "fontSize": 11,
                    },
                }
            )
        series.append(
            {
                "type": "bar",
                "name": line,
                "stack": "all",
                "barWidth": 20,
                "itemStyle": {"color": f"@{SERIES_TONES[index]}", "decal": _DECALS[index], "borderColor": "@panel", "borderWidth": 1},
                "data": data,
            }
        )
    if limits:
        series.append(
            {
                "type": "scatter",
                "name": "",
                "symbol": "rect",
                "symbolSize": [2, 30],
                "itemStyle": {"color": TEXT},
                "data": [
                    {
                        "value": [limits[period][0], len(periods) - 1 - periods.index(period)],
                        "label": {
                            "show": True,
                            "position": "top",
                            "formatter": limits[period][1],
                            "color": TEXT,
                            "fontFamily": font,
                            "fontSize": 11,
                        },
                    }
                    for period in periods
                    if period in limits
                ],
            }
        )
    return _base(font) | {
        "legend": {
            "data": lines,
            "bottom": 0,
            "left": 0,
            "itemWidth": 18,
            "itemHeight": 10,
            "itemGap": 14,
            "textStyle": {"color": TEXT, "fontFamily": font, "fontSize": 11},
        },
        "grid": {"left": 4, "right": 4, "top": 18, "bottom": 30, "containLabel": True},
        "xAxis": {
            "type": "value",
            "max": longest * 1.02,
            "splitLine": {"show": False},
            "axisLabel": {"show": False},
            "axisLine": {"show": False},
        },
        "yAxis": [
            {
                "type": "category",
                "data": list(reversed(names)),
                "axisTick": {"show": False},
                "axisLine": {"show": place == "left", "lineStyle": {"color": "@field-line"}},
                "axisLabel": {"color": TEXT, "fontFamily": font, "fontSize": 12, "fontWeight": weight},
                "position": place,
            }
            for place, weight, names in (("left", "normal", periods), ("right", "bold", [totals.get(period, "") for period in periods]))
        ],
        "series": series,
    }


def _figure(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
