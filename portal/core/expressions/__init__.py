"""The rule language of the catalogue: parsed once, evaluated many times, never handed to ``eval``.

    rule = parse("rows >= 1 and filled('owner') == 1")
    rule.truth(scope)            # True, False or UNKNOWN
    rule.evaluate(scope)         # with the names that were missing or presumed
    rule.open_names(scope)       # the names that keep it unknown

The language itself is described in docs/content.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from portal.core.expressions import tree as trees
from portal.core.expressions.evaluation import Closure, Run, Scope, Truth, compile_tree
from portal.core.expressions.parsing import parse_tree
from portal.core.expressions.tree import Tree
from portal.core.expressions.values import EMPTY, UNKNOWN, ExpressionError, Number, Special

__all__ = [
    "EMPTY",
    "UNKNOWN",
    "Evaluation",
    "Expression",
    "ExpressionError",
    "Number",
    "Scope",
    "Special",
    "Truth",
    "parse",
]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A value and what was met on the way.

    ``missing``: names that were unknown; ``missing_calls``: calls that had no result, as (function, arguments);
    ``presumed``: yes/no facts whose ``x != 'no'`` was unknown.
    """

    value: object
    missing: frozenset[str]
    missing_calls: frozenset[tuple[str, tuple[object, ...]]]
    presumed: frozenset[str]


class Expression:
    """A parsed rule. Two expressions are equal if their texts are."""

    __slots__ = ("_parts", "_run", "calls", "names", "text", "tree")

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree: Tree = parse_tree(text)
        self.names: frozenset[str] = trees.names(self.tree)
        self.calls: tuple[trees.Call, ...] = trees.calls(self.tree)
        self._run: Closure = compile_tree(self.tree, text)
        # Closure and names of each part that open_names has looked at; the tree keeps the parts, so ids stay theirs.
        self._parts: dict[int, tuple[Closure, frozenset[str]]] = {id(self.tree): (self._run, self.names)}

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __reduce__(self) -> tuple[type[Expression], tuple[str]]:
        return (Expression, (self.text,))

    def value(self, scope: Scope, *, presume: bool = False) -> object:
        """The value; ``presume`` reads ``x != 'no'`` of an unknown yes/no fact as true."""
        return self._run(Run(scope.values, scope.functions, scope.yes_no, presume))

    def truth(self, scope: Scope, *, presume: bool = False) -> Truth:
        """True, False or UNKNOWN; a rule with any other value is an ``ExpressionError``."""
        return self._as_truth(self.value(scope, presume=presume))

    def evaluate(self, scope: Scope, *, presume: bool = False) -> Evaluation:
        """The value with the names and calls that were missing on the way."""
        run = Run(scope.values, scope.functions, scope.yes_no, presume)
        value = self._run(run)
        return Evaluation(value, frozenset(run.missing), frozenset(run.missing_calls), frozenset(run.presumed))

    def judge(self, scope: Scope, *, presume: bool = False) -> Evaluation:
        """Like ``evaluate``, and the value must be a truth value."""
        result = self.evaluate(scope, presume=presume)
        self._as_truth(result.value)
        return result

    def open_names(self, scope: Scope) -> frozenset[str]:
        """Unknown names that keep the rule unknown; decided parts of and/or do not count. Empty if it is known."""
        return frozenset(self._open(self.tree, Run(scope.values, scope.functions, scope.yes_no)))

    def _open(self, node: Tree, run: Run) -> set[str]:
        part = self._parts.get(id(node))
        if part is None:
            part = self._parts[id(node)] = (compile_tree(node, self.text), trees.names(node))
        closure, names = part
        if closure(run) is not UNKNOWN:
            return set()
        match node:
            case trees.Junction(parts=parts):
                return set().union(*(self._open(one, run) for one in parts))
            case trees.Not(part=one):
                return self._open(one, run)
            case _:
                return {name for name in names if run.values.get(name) is UNKNOWN}

    def _as_truth(self, value: object) -> Truth:
        if value is True or value is False or value is UNKNOWN:
            return value
        raise ExpressionError("a rule must be true, false or unknown", self.text, 0)


@lru_cache(maxsize=8192)
def parse(text: str) -> Expression:
    """The parsed rule, cached by text. Raises ``ExpressionError`` with text and position."""
    return Expression(text)
