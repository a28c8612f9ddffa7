"""The closed list of functions that rules may call: scope, number of arguments, kind of result.

``functions.yaml`` of a version must name the same functions for the same scopes, or the version is refused: a version
that needs another function needs code as well.
"""

from __future__ import annotations

from dataclasses import dataclass

RULE, ITEM, CALC = "rule", "item", "calc"


@dataclass(frozen=True, slots=True)
class Signature:
    """Scopes, number of arguments, kind of result (None: depends), and what the leading literal arguments name.

    ``names``: for each leading argument that must be a written text, what it refers to: ``filing``, ``item``,
    ``calculator``, ``output``, ``parameter``, ``field``, ``filing_gate``, ``record_field`` or ``value``.
    """

    scopes: frozenset[str]
    least: int
    most: int
    result: str | None
    names: tuple[str, ...] = ()


def _in(scopes: str, count: int, result: str | None, *names: str, most: int | None = None) -> Signature:
    return Signature(frozenset(scopes.split()), count, count if most is None else most, result, names)


_EVERY = f"{RULE} {ITEM} {CALC}"
_COLUMN = ("field",)
_PAIR = ("field", "field")
_ANY_NUMBER = 20

SIGNATURES: dict[str, Signature] = {
    "len": _in(_EVERY, 1, "number"),
    "any_of": _in(_EVERY, 2, "truth value"),
    "all_of": _in(_EVERY, 2, "truth value"),
    "date": _in(_EVERY, 1, "date"),
    "filing_done": _in(f"{RULE} {ITEM}", 1, "truth value", "filing"),
    "evidence": _in(ITEM, 0, "truth value"),
    "filled": _in(ITEM, 1, "number", *_COLUMN),
    "field": _in(ITEM, 1, None, *_COLUMN),
    "filled_field": _in(ITEM, 1, "truth value", *_COLUMN),
    "sum_of": _in(ITEM, 1, "number", *_COLUMN),
    "min_of": _in(ITEM, 1, "number", *_COLUMN),
    "max_of": _in(ITEM, 1, "number", *_COLUMN),
    "share": _in(ITEM, 2, "number", "field", "value"),
    "count": _in(ITEM, 2, "number", "field", "value"),
    "column": _in(ITEM, 1, "list", *_COLUMN),
    "min_ratio": _in(ITEM, 2, "number", *_PAIR),
    "max_ratio": _in(ITEM, 2, "number", *_PAIR),
    "min_diff": _in(ITEM, 2, "number", *_PAIR),
    "max_diff": _in(ITEM, 2, "number", *_PAIR),
    "min_where": _in(ITEM, 3, "number", "field", "field", "value"),
    "item": _in(ITEM, 1, None, "item"),
    "calc": _in(ITEM, 2, None, "calculator", "output"),
    "param": _in(ITEM, 2, None, "calculator", "parameter"),
    "tier_rank": _in(ITEM, 1, "number"),
    "class_rank": _in(ITEM, 1, "number"),
    "filings_applicable": _in(ITEM, 1, "number", "filing_gate"),
    "filings_open": _in(ITEM, 1, "number", "filing_gate"),
    "filings_complete": _in(ITEM, 1, "truth value", "record_field"),
    "days_until": _in(ITEM, 1, "number"),
    "every_task_has_one_A": _in(ITEM, 0, "truth value"),
    "abs": _in(f"{ITEM} {CALC}", 1, "number"),
    "min": _in(CALC, 1, "number", most=_ANY_NUMBER),
    "max": _in(CALC, 1, "number", most=_ANY_NUMBER),
    "ceil": _in(CALC, 1, "number"),
    "ceil_div": _in(CALC, 2, "number"),
    "ln": _in(CALC, 1, "number"),
    "sqrt": _in(CALC, 1, "number"),
    "round": _in(CALC, 2, "number"),
    "total": _in(CALC, 1, "number"),
    "dot": _in(CALC, 2, "number"),
    "psi": _in(CALC, 2, "number"),
    "geometric": _in(CALC, 2, "number"),
    "if_else": _in(CALC, 3, None),
    "next_size": _in(CALC, 2, "number"),
    "pick": _in(CALC, 2, "list"),
    "at": _in(CALC, 2, None),
    "index_of": _in(CALC, 2, "number"),
    "max_known": _in(CALC, 1, "number"),
    "min_known": _in(CALC, 1, "number"),
    "wmean_known": _in(CALC, 2, "number"),
}

# Fields of a filing's record that ``filings_complete`` may ask for, with their names in both languages.
RECORD_FIELDS: dict[str, tuple[str, str]] = {
    "owner": ("负责人", "an owner"),
    "due": ("期限", "a due date"),
    "cost": ("费用", "a cost"),
    "renewal": ("续期提醒", "a renewal reminder"),
}

# Every gate together, beside the values of the vocabulary of filing gates.
ANY_GATE = "any"


def names_in_scope(scope: str) -> frozenset[str]:
    """Functions that rules of the scope may call."""
    return frozenset(name for name, signature in SIGNATURES.items() if scope in signature.scopes)
