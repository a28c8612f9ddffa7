"""The overview of the ten checklists: one line per dimension, and the picture of their scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from assessments.checklists.history import latest_of
from assessments.checklists.pages.dimension import urls_of
from assessments.checklists.pages.scene import DimensionEntry, Scene
from assessments.checklists.pages.sidebar import Lack, lacks
from portal.core.formats import in_language
from portal.core.marks import DIMENSIONS
from portal.projects.charts import radar_option
from portal.projects.strip import scores_of


@dataclass(frozen=True)
class DimensionLine:
    """One dimension with its score."""

    entry: DimensionEntry
    score: int | None
    weight: int


@dataclass(frozen=True)
class OverviewPage:
    """What the overview shows."""

    lines: list[DimensionLine]
    lacks: list[Lack]
    latest: list[dict[str, Any]]
    radar: dict[str, Any]
    radar_head: list[Any]
    radar_rows: list[list[Any]]
    answered: int
    total: int
    tier: Any
    tier_meaning: Any
    gate: Any
    voluntary: int
    radar_summary: str
    tier_url: str


def overview_page(request: Any) -> OverviewPage:
    """Read and put together the page."""
    scene = Scene(request.project, [])
    urls = urls_of(request)
    entries = scene.dimensions(urls)
    scores = scores_of(request.project.summary)
    lines = [
        DimensionLine(entry, score if entry.total else None, scene.content.dimensions[entry.id].weight)
        for entry, score in zip(entries, scores, strict=True)
    ]
    tier = scene.content.tiers.tier(scene.assessment.tier)
    gate = scene.content.gates.get(request.project.summary.next_gate)
    voluntary = sum(1 for item in scene.content.items.values() if item.depth not in tier.depths)
    return OverviewPage(
        lines=lines,
        lacks=lacks(request, scene),
        latest=latest_of(request.project),
        radar=radar_option([f"{DIMENSIONS[line.entry.id]}\n{line.score or 0}" for line in lines], [line.score or 0 for line in lines]),
        radar_head=[_("Dimension"), _("Score"), _("Answered")],
        radar_rows=[[in_language(line.entry.label), f"{line.score or 0}", f"{line.entry.answered}/{line.entry.total}"] for line in lines],
        answered=sum(entry.answered for entry in entries),
        total=sum(entry.total for entry in entries),
        tier=tier.label,
        tier_meaning=tier.meaning,
        gate=gate,
        voluntary=voluntary,
        radar_summary=_("Ten axes from 0 to 100, one per dimension. The same figures stand in the table."),
        tier_url=urls.named("assessments:tier"),
    )
