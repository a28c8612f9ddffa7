"""The parts of a frozen revision that were computed: scores, readiness, criteria, findings, calculations. See `content`."""

from __future__ import annotations

from typing import Literal, TypedDict

from assessments.gates.content_parts import Bilingual, JsonValue


class DimensionScore(TypedDict):
    """Score 0–100 as decimal string over applying items due at or before the gate; None when nothing counted."""

    dimension: str
    score: str | None
    weight: int
    applying: int
    answered: int
    passed: int
    attention: int
    failed: int
    open: int
    na: int
    waived: int
    blockers_failed: int
    blockers_open: int


class ReadinessBlock(TypedDict):
    """`band` is an outcome of the readiness calculator: ready, conditional, not_ready or blocked."""

    value: str | None
    band: str
    upto: list[str]
    ready_from: str
    conditional_from: str
    floor: str


class CriterionResult(TypedDict):
    """One gate criterion at the freeze. "pending" = depends on the signatures themselves (approvals)."""

    id: str
    result: Literal["met", "not_met", "unknown", "pending"]
    reason: Bilingual
    items: list[str]


class BlockerEntry(TypedDict):
    """A blocker that is failed, open, or carries attention; `condition` is the written condition, "" if none."""

    item: str
    verdict: str
    condition: str


class RedFinding(TypedDict):
    """A red finding of the catalogue; "no" is kept so that the reader sees it was looked at."""

    id: str
    result: Literal["yes", "no", "unknown"]
    facts: list[str]


class CalculatorInput(TypedDict):
    """`source`: item:<key>, calc:<id>, fact:<id>, import:<file name>, entered, portal, default, left_out, missing.

    `at` when it was given.
    """

    id: str
    value: JsonValue
    unit: str
    source: str
    at: str | None


class CalculatorParameter(TypedDict):
    """`origin` as in the catalogue; `overridden` True if the tenant set its own value."""

    id: str
    value: JsonValue
    unit: str
    origin: str
    overridden: bool
    as_of: str | None


class CalculatorOutput(TypedDict):
    """One result of a calculator."""

    id: str
    value: JsonValue
    unit: str


class CalculatorRun(TypedDict):
    """One run. Steps and formulas are those of the catalogue version; `missing` names inputs that stop it."""

    id: str
    scope: str
    status: Literal["ok", "missing", "error"]
    missing: list[str]
    inputs: list[CalculatorInput]
    parameters: list[CalculatorParameter]
    outputs: list[CalculatorOutput]
    computed_at: str | None
