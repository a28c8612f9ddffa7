"""Evaluation: the tree is turned once into nested Python closures, so that a rule costs microseconds.

Three-valued logic after Kleene; unknown and empty behave as the catalogue's language says: a comparison with an unknown
operand is unknown, with an empty one false; a calculation with either gives the same back.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast

from portal.core.expressions.tree import (
    Arithmetic,
    Call,
    Comparison,
    Junction,
    ListOf,
    Literal,
    Name,
    Negative,
    Not,
    Tree,
)
from portal.core.expressions.values import (
    EMPTY,
    UNKNOWN,
    ExpressionError,
    Special,
    exact,
    fraction_of,
    kind,
    simplest,
)

Function = Callable[..., object]
Truth = bool | Special


@dataclass(frozen=True, slots=True)
class Scope:
    """What a rule can see: values by name, the functions of its scope, and the yes/no facts that may be presumed."""

    values: Mapping[str, object]
    functions: Mapping[str, Function]
    yes_no: frozenset[str] = frozenset()


@dataclass(slots=True)
class Run:
    """One evaluation: its scope and what it met on the way."""

    values: Mapping[str, object]
    functions: Mapping[str, Function]
    yes_no: frozenset[str]
    presume: bool = False
    missing: set[str] = field(default_factory=set)
    missing_calls: set[tuple[str, tuple[object, ...]]] = field(default_factory=set)
    presumed: set[str] = field(default_factory=set)


Closure = Callable[[Run], object]


def compile_tree(node: Tree, text: str) -> Closure:
    """A function from ``Run`` to value. It raises ``ExpressionError`` where the language says *error*."""
    match node:
        case Literal():
            value = node.value
            return lambda run: value
        case Name():
            return _name(node, text)
        case ListOf():
            return _list([compile_tree(part, text) for part in node.parts])
        case Not():
            return _not(compile_tree(node.part, text), text, node.at)
        case Negative():
            return _negative(compile_tree(node.part, text), text, node.at)
        case Junction():
            return _junction(node.word == "or", [compile_tree(part, text) for part in node.parts], text, node.at)
        case Comparison():
            return _comparison(node, text)
        case Arithmetic():
            return _arithmetic(node, text)
        case Call():
            return _call(node, text)


def _name(node: Name, text: str) -> Closure:
    name, at = node.id, node.at

    def run_name(run: Run) -> object:
        try:
            value = run.values[name]
        except KeyError:
            raise ExpressionError(f"unknown name {name}", text, at) from None
        if value is UNKNOWN:
            run.missing.add(name)
        return value

    return run_name


def _list(parts: list[Closure]) -> Closure:
    def run_list(run: Run) -> object:
        values = [part(run) for part in parts]
        return UNKNOWN if any(value is UNKNOWN for value in values) else values

    return run_list


def _truth(value: object, text: str, at: int) -> Truth:
    if value is True or value is False or value is UNKNOWN:
        return value
    raise ExpressionError("and, or and not need true, false or unknown", text, at)


def _not(part: Closure, text: str, at: int) -> Closure:
    def run_not(run: Run) -> object:
        value = _truth(part(run), text, at)
        return UNKNOWN if value is UNKNOWN else value is False

    return run_not


def _negative(part: Closure, text: str, at: int) -> Closure:
    def run_negative(run: Run) -> object:
        value = part(run)
        if value is UNKNOWN or value is EMPTY:
            return value
        if kind(value) != "number":
            raise ExpressionError("minus needs a number", text, at)
        return simplest(-fraction_of(value))

    return run_negative


def _junction(stop: bool, parts: list[Closure], text: str, at: int) -> Closure:
    def run_junction(run: Run) -> object:
        result: Truth = not stop
        for part in parts:
            value = _truth(part(run), text, at)
            if value is stop:
                return stop
            if value is UNKNOWN:
                result = UNKNOWN
        return result

    return run_junction


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _comparison(node: Comparison, text: str) -> Closure:
    left, right, op, at = compile_tree(node.left, text), compile_tree(node.right, text), node.op, node.at
    order = _ORDER.get(op)
    wanted = op in ("==", "in")
    member = op in ("in", "not in")

    def run_comparison(run: Run) -> object:
        a, b = left(run), right(run)
        if a is UNKNOWN or b is UNKNOWN:
            return UNKNOWN
        if a is EMPTY or b is EMPTY:
            return False
        kind_b = kind(b)
        if member:
            if kind_b != "list":
                raise ExpressionError("'in' needs a list on the right", text, at)
            return (a in cast(list[object], b)) is wanted
        kind_a = kind(a)
        if kind_a != kind_b:
            raise ExpressionError(f"a {kind_a} cannot be compared with a {kind_b}", text, at)
        if kind_a == "number" and (type(a) is float or type(b) is float):
            a, b = exact(a), exact(b)
        if order is None:
            same = set(cast(list[object], a)) == set(cast(list[object], b)) if kind_a == "list" else a == b
            return same is wanted
        if kind_a not in ("number", "date"):
            raise ExpressionError(f"a {kind_a} has no order; numbers and dates have", text, at)
        return order(a, b)

    if op == "!=" and isinstance(node.left, Name) and isinstance(node.right, Literal) and node.right.value == "no":
        return _presumable(node.left.id, run_comparison)
    return run_comparison


def _presumable(name: str, strict: Closure) -> Closure:
    """``x != 'no'`` of a yes/no fact: read as true while x is unknown, if the run presumes."""

    def run_presumable(run: Run) -> object:
        value = strict(run)
        if value is UNKNOWN and name in run.yes_no:
            run.presumed.add(name)
            return True if run.presume else UNKNOWN
        return value

    return run_presumable


_FRACTIONS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def _arithmetic(node: Arithmetic, text: str) -> Closure:
    left, right, op, at = compile_tree(node.left, text), compile_tree(node.right, text), node.op, node.at
    operation = _FRACTIONS[op]

    def run_arithmetic(run: Run) -> object:
        a, b = left(run), right(run)
        if a is UNKNOWN or b is UNKNOWN:
            return UNKNOWN
        if a is EMPTY or b is EMPTY:
            return EMPTY
        if kind(a) != "number" or kind(b) != "number":
            raise ExpressionError(f"{op} needs two numbers", text, at)
        if op == "/" and b == 0:
            return EMPTY
        return simplest(operation(fraction_of(a), fraction_of(b)))

    return run_arithmetic


def _call(node: Call, text: str) -> Closure:
    name, at = node.function, node.at
    arguments = [compile_tree(argument, text) for argument in node.arguments]

    def run_call(run: Run) -> object:
        function = run.functions.get(name)
        if function is None:
            raise ExpressionError(f"unknown function {name}", text, at)
        values = [argument(run) for argument in arguments]
        try:
            result = function(*values)
        except ExpressionError as error:
            raise ExpressionError(f"{name}: {error.fault}", text, at) from error
        except (TypeError, ValueError, LookupError, ArithmeticError) as error:
            raise ExpressionError(f"{name}: {error}", text, at) from error
        if result is UNKNOWN and not any(value is UNKNOWN for value in values):
            run.missing_calls.add((name, tuple(str(value) for value in values)))
        return result

    return run_call
