"""Vectors of items, calculators, the calendar and gates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from assessments.calculators.run import ERROR, run
from assessments.scoring.answers import ItemAnswer, read_row, read_value
from assessments.scoring.applying import visibility
from assessments.scoring.context import FilingCounts, ProjectContext
from assessments.scoring.functions import ItemRules
from assessments.scoring.gates import GateState, evaluate_gate
from assessments.scoring.verdicts import judge_item
from compliance.calendars.workdays import due
from compliance.catalogue_check.common import Fault, Vector, check_facts, day_of, expect, plain
from portal.catalogue import Catalogue, environment
from portal.catalogue.parts import Item
from portal.core.expressions import EMPTY
from portal.core.expressions.functions import date_of
from portal.core.expressions.values import exact, fraction_of

_SLACK = Fraction(1, 10**9)
_DEFAULT_TOLERANCE = 0.005
_READINESS_TOLERANCE = Fraction(1, 100)


def read_answers(catalogue: Catalogue, answers: Mapping[str, object]) -> dict[str, ItemAnswer]:
    """Answers of other items, given as plain values."""
    found: dict[str, ItemAnswer] = {}
    for name, value in answers.items():
        if value is not None:
            found[name] = ItemAnswer(answered=True, value=read_value(catalogue.items[name].answer_type, value))
    return found


def _own_answer(item: Item, vector: Vector) -> ItemAnswer:
    return ItemAnswer(
        answered=not vector.get("unanswered"),
        value=read_value(item.answer_type, vector["answer"]) if "answer" in vector else EMPTY,
        rows=tuple(read_row(item, row) for row in vector.get("table") or []),
        fields=read_row(item, vector.get("fields") or {}),
        files=vector.get("files", 0),
        evidence=1 if vector.get("evidence") else 0,
        approved=bool(vector.get("approved")),
    )


def _rules(catalogue: Catalogue, item: Item, vector: Vector) -> ItemRules:
    filings = vector.get("filings") or {}
    outputs = {name: {output: exact(value) for output, value in values.items()} for name, values in (vector.get("calc") or {}).items()}
    context = ProjectContext(
        environment(catalogue, vector.get("facts") or {}, vector.get("filing_states")),
        today=day_of(vector, "today"),
        answers={**read_answers(catalogue, vector.get("items") or {}), item.id: _own_answer(item, vector)},
        outputs=outputs,
        filings=FilingCounts(
            applicable=filings.get("applicable") or {},
            open=filings.get("open") or {},
            complete=filings.get("complete") or {},
        ),
    )
    return ItemRules(context)


def verdict_case(catalogue: Catalogue, vector: Vector, fault: Fault) -> None:
    """The verdict of an item and its remark."""
    check_facts(catalogue, vector.get("facts") or {}, fault)
    item = catalogue.items[vector["item"]]
    got = judge_item(_rules(catalogue, item, vector), item)
    expect(fault, "verdict", (vector["expected"], vector.get("remark") or ""), (got.verdict, got.remark))


def visibility_case(catalogue: Catalogue, vector: Vector, fault: Fault) -> None:
    """Whether an item is shown."""
    item = catalogue.items[vector["item"]]
    expect(fault, "visibility", vector["expected"], visibility(_rules(catalogue, item, vector), item).state)


def calculator_case(catalogue: Catalogue, vector: Vector, fault: Fault) -> None:
    """The outputs of a calculator (and its intermediate values, where a vector names one)."""
    calculator = catalogue.calculators[vector["calculator"]]
    for name in vector["inputs"]:
        if name not in calculator.inputs:
            fault(f"unknown input {name}")
    result = run(calculator, vector["inputs"], version=catalogue.version)
    if result.status == ERROR:
        fault(result.error)
        return
    values = {**result.steps, **result.values()}
    tolerance = fraction_of(exact(vector.get("tolerance", _DEFAULT_TOLERANCE)))
    for name, wanted in vector["outputs"].items():
        got = values.get(name, EMPTY)
        if not _close(wanted, got, tolerance):
            fault(f"{name} expected {wanted}, got {plain(got)}")


def _close(wanted: object, got: object, tolerance: Fraction) -> bool:
    if _is_number(wanted) and _is_number(got):
        return abs(fraction_of(exact(got)) - fraction_of(exact(wanted))) <= tolerance + _SLACK
    return plain(got) == wanted


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, Decimal, Fraction)) and not isinstance(value, bool)


def calendar_case(catalogue: Catalogue, vector: Vector, fault: Fault) -> None:
    """The end of a time limit and whether it is certain."""
    hours = vector["unit"] == "hour"
    start = dt.datetime.fromisoformat(str(vector["start"])) if hours else date_of(vector["start"])
    roll = bool(vector.get("roll", False))
    got = due(catalogue.calendar, start, vector["n"], vector["unit"], roll=roll)
    wanted = dt.datetime.fromisoformat(str(vector["due"])) if hours else date_of(vector["due"])
    expect(fault, "due", (wanted.isoformat(), vector["certainty"]), (got.on.isoformat(), got.certainty))


def _unnamed(number: int) -> tuple[str, ...]:
    """As many entries as a vector counts, without their names."""
    return ("–",) * number


def gate_case(catalogue: Catalogue, vector: Vector, fault: Fault) -> None:
    """Whether a gate is open, which criteria fail, readiness and band."""
    given: dict[str, str] = vector.get("verdicts") or {}
    hidden: set[str] = set(vector.get("hidden") or [])
    for name in [*given, *hidden]:
        if name not in catalogue.items:
            fault(f"unknown item {name}")
    depths = catalogue.tiers.tier(vector.get("tier", "full")).depths
    default: str = vector.get("default_verdict", "pass")
    signed = vector.get("approvals", "all")
    known = vector.get("facts_known", "all")
    state = GateState(
        verdicts={
            item.id: given.get(item.id, default) for item in catalogue.items.values() if item.id not in hidden and item.depth in depths
        },
        waived=set(vector.get("waived") or []),
        conditions=set(vector.get("conditions") or []),
        flags=set(vector.get("flags") or []),
        signed=catalogue.gates[vector["gate"]].approvers if signed == "all" else signed,
        facts_known=None if known == "all" else known,
        filings_open={gate: _unnamed(number) for gate, number in (vector.get("filings_open") or {}).items()},
        red_findings=_unnamed(vector.get("red_findings", 0)),
    )
    result, wanted = evaluate_gate(catalogue, vector["gate"], state), vector["expected"]
    expect(fault, "open", wanted["open"], result.open)
    expect(fault, "failed", sorted(wanted.get("failed", [])), sorted(result.failed))
    if "band" in wanted:
        expect(fault, "band", wanted["band"], result.readiness.band)
    if "readiness" in wanted:
        difference = abs(result.readiness.value - fraction_of(exact(wanted["readiness"])))
        if difference > _READINESS_TOLERANCE:
            fault(f"readiness expected {wanted['readiness']}, got {result.readiness.shown}")
