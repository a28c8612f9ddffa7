"""The tier of a project for people: computed and in force, which conditions and facts decide it, what could change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assessments.checklists.effects import condition_data, grounds, tier_label
from assessments.checklists.judging import view_of
from assessments.checklists.models import Answer, Assessment, TierRaise
from assessments.checklists.tier.actions import open_raise, raisable, why_not_raise, why_not_withdraw
from assessments.scoring.tier import TierResult, is_higher
from portal.catalogue import Catalogue, Text, catalogue
from portal.catalogue.models import CatalogueVersion
from portal.catalogue.words import say_fact_value
from portal.core.access import Actor
from portal.core.expressions import UNKNOWN
from portal.projects.access import may_on_project
from portal.projects.facts.queries import project_facts
from portal.projects.models import Project

UPGRADE = "assessments.upgrade_catalogue"


@dataclass(frozen=True)
class FactShown:
    """A fact beside a condition: its question, its answer in words, and whether it is still unknown."""

    id: str
    question: Text
    value: Text
    known: bool


@dataclass(frozen=True)
class TierShown:
    """Everything the page and the panel show."""

    content: Catalogue
    assessment: Assessment
    result: TierResult
    computed_label: Text
    label: Text
    meaning: Text
    grounds: Text
    full_when: list[dict[str, Any]]
    light_when: list[dict[str, Any]]
    because: list[dict[str, Any]]
    could_lower: list[FactShown]
    could_raise: list[FactShown]
    raised: TierRaise | None
    raise_counts: bool
    history: list[TierRaise]
    counts: list[dict[str, Any]]
    tiers: list[dict[str, Any]]
    why_not_raise: str
    why_not_withdraw: str
    newer: str = ""


def tier_shown(project: Project, actor: Actor, *, whole: bool = True) -> TierShown | None:
    """The tier of the project; None while it has no assessment. ``whole`` False leaves out history and counts (panel)."""
    assessment = Assessment.objects.filter(project=project).first()
    if assessment is None:
        return None
    content = catalogue(assessment.catalogue_id)
    facts = project_facts(project)
    view = view_of(content, facts, project_id=project.pk)
    result = view.tier(assessment.tier_raised)
    raised = open_raise(assessment)

    def shown(names: tuple[str, ...] | list[str]) -> list[FactShown]:
        return [_fact(content, view.env.values, name) for name in names]

    def conditions(which: Any) -> list[dict[str, Any]]:
        rows = [condition_data(content, result, one.id) for one in which]
        return [{**row, "facts": shown(row["facts"]), "open": shown(row["open_facts"])} for row in rows]

    full, light = conditions(content.tiers.full_when), conditions(content.tiers.light_when)
    return TierShown(
        content=content,
        assessment=assessment,
        result=result,
        computed_label=tier_label(content, result.computed),
        label=tier_label(content, result.tier),
        meaning=content.tiers.tier(result.tier).meaning,
        grounds=grounds(content, result),
        full_when=full,
        light_when=light,
        because=[row for row in (*full, *light) if row["id"] in result.because],
        could_lower=shown(result.could_lower),
        could_raise=shown(result.could_raise),
        raised=raised,
        raise_counts=raised is not None and is_higher(content, raised.tier, result.computed),
        history=list(_history(assessment)) if whole else [],
        counts=_counts(content, assessment) if whole else [],
        tiers=[{"id": name, "label": tier_label(content, name)} for name in raisable(assessment)],
        why_not_raise=why_not_raise(content, actor, project),
        why_not_withdraw=why_not_withdraw(content, actor, project, raised) if raised is not None else "",
        newer=newer_version(assessment) if may_on_project(actor, UPGRADE, project) else "",
    )


def newer_version(assessment: Assessment) -> str:
    """The newest published version above the one of the assessment; "" when there is none."""
    return (
        CatalogueVersion.objects.filter(version__gt=assessment.catalogue_id).order_by("-version").values_list("version", flat=True).first()
        or ""
    )


def _history(assessment: Assessment) -> Any:
    return TierRaise.objects.select_related("raised_by", "withdrawn_by").filter(assessment=assessment).order_by("-raised_at")


def _fact(content: Catalogue, values: Any, name: str) -> FactShown:
    fact = content.facts[name]
    value = values.get(name, UNKNOWN)
    return FactShown(name, fact.question, say_fact_value(fact, value), value is not UNKNOWN)


def _counts(content: Catalogue, assessment: Assessment) -> list[dict[str, Any]]:
    """For each depth: how many items of it are asked now, and in which tiers it is asked."""
    applying = set(Answer.objects.filter(assessment=assessment, applies=True).values_list("item_key", flat=True))
    rows = []
    for depth in content.tiers.depths:
        items = [item for item in content.items.values() if item.depth == depth.value]
        rows.append(
            {
                "label": depth.label,
                "meaning": depth.meaning,
                "all": len(items),
                "applying": sum(item.id in applying for item in items),
                "asked": depth.value in content.tiers.tier(assessment.tier).depths,
            }
        )
    return rows
