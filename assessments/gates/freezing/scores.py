"""Scores, readiness, criteria and calculators as a frozen record has them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from assessments.calculators.gather import CALC, FACT, ITEM
from assessments.checklists.models import CalculatorRun as StoredRun
from assessments.gates.content_results import CalculatorRun, CriterionResult, DimensionScore, ReadinessBlock
from assessments.gates.freezing.people import instant
from assessments.gates.freezing.plain import plain
from assessments.gates.standing import Standing
from assessments.scoring.gates import GateResult
from assessments.scoring.readiness import Readiness, rounded_down


def _shown(value: Fraction | None) -> str | None:
    return None if value is None else str(rounded_down(value))


def score_entries(readiness: Readiness) -> list[DimensionScore]:
    """The ten dimensions over the items due up to the gate."""
    return [
        {
            "dimension": one.dimension,
            "score": _shown(one.score),
            "weight": one.weight,
            "applying": one.applying,
            "answered": one.answered,
            "passed": one.verdicts.get("pass", 0),
            "attention": one.verdicts.get("attention", 0),
            "failed": one.verdicts.get("fail", 0),
            "open": one.verdicts.get("open", 0),
            "na": one.verdicts.get("na", 0),
            "waived": one.verdicts.get("waived", 0),
            "blockers_failed": len(one.blockers_failed),
            "blockers_open": len(one.blockers_open),
        }
        for one in readiness.dimensions.values()
    ]


def readiness_block(readiness: Readiness) -> ReadinessBlock:
    """Readiness with the limits of its band."""
    return {
        "value": str(readiness.shown),
        "band": readiness.band,
        "upto": list(readiness.upto),
        "ready_from": _shown(readiness.ready_from) or "",
        "conditional_from": _shown(readiness.conditional_from) or "",
        "floor": _shown(readiness.floor) or "",
    }


def criterion_entries(result: GateResult) -> list[CriterionResult]:
    """Every criterion, met or not, and why."""
    return [
        {
            "id": one.id,
            "result": "pending" if one.pending else "met" if one.met else "not_met",
            "reason": {"zh": one.reason["zh"], "en": one.reason["en"]},
            "items": list(one.items),
        }
        for one in result.criteria
    ]


def _source(entry: Mapping[str, Any]) -> str:
    """Where an input came from: ``item:D2.11``, ``fact:…``, ``calc:…``, else the origin alone."""
    origin, of = str(entry.get("origin") or ""), str(entry.get("of") or "")
    return f"{origin}:{of}" if of and origin in (ITEM, FACT, CALC) else origin


def calculator_entries(standing: Standing) -> list[CalculatorRun]:
    """The latest run of each calculator of which something is known, in the order of the catalogue."""
    stored = {row.calculator: row for row in StoredRun.objects.filter(assessment=standing.assessment)}
    entries: list[CalculatorRun] = []
    for name, calculator in standing.content.calculators.items():
        row = stored.get(name)
        if row is None or not row.outputs:
            continue
        entries.append(
            {
                "id": name,
                "scope": "",
                "status": "missing" if row.missing else "ok",
                "missing": list(row.missing),
                "inputs": [
                    {
                        "id": str(entry["id"]),
                        "value": plain(entry.get("value")),
                        "unit": calculator.inputs[entry["id"]].unit if entry["id"] in calculator.inputs else "",
                        "source": _source(entry),
                        "at": None,
                    }
                    for entry in row.inputs
                ],
                "parameters": [
                    {
                        "id": one.id,
                        "value": plain(one.value),
                        "unit": one.unit,
                        "origin": one.origin,
                        "overridden": False,
                        "as_of": None,
                    }
                    for one in calculator.parameters.values()
                ],
                "outputs": [
                    {"id": output.id, "value": plain(row.outputs.get(output.id)), "unit": output.unit}
                    for output in calculator.outputs.values()
                ],
                "computed_at": instant(row.run_at),
            }
        )
    return entries
