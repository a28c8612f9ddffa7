"""Checks of one rule: names, functions, what literals refer to, and kinds of values.

A kind is worked out without facts: a comparison of a number with a text, an order between texts or a bare yes/no fact
as a truth value is found here, at load, and not on the day the branch is reached.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from portal.catalogue.functions import SIGNATURES, Signature
from portal.catalogue.parts.facts import Fact
from portal.core.expressions import Expression
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
    literals,
    walk,
)
from portal.core.expressions.values import kind

TRUTH, NUMBER, TEXT, DATE, LIST = "truth value", "number", "text", "date", "list"
_FACT_KINDS = {
    "bool3": TEXT,
    "enum": TEXT,
    "text": TEXT,
    "set": LIST,
    "int": NUMBER,
    "number": NUMBER,
    "percent": NUMBER,
    "money": NUMBER,
    "date": DATE,
}


def kind_of_fact(fact: Fact) -> str | None:
    """Kind of the values of a fact."""
    return _FACT_KINDS.get(fact.type)


@dataclass(frozen=True)
class RuleScope:
    """What a rule may name. ``names``: kind by name (None: not known); ``allowed``: values that literals may take.

    ``references``: for what a leading literal argument names (``item``, ``field`` …), a check that gives a fault or "".
    """

    functions: frozenset[str]
    names: Mapping[str, str | None]
    allowed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    references: Mapping[str, Callable[[tuple[object, ...]], str]] = field(default_factory=dict)
    strict: bool = False  # whether x != 'no' below a not is a fault


def check_rule(rule: Expression, scope: RuleScope, *, truth: bool = True) -> list[str]:
    """The faults of a rule, each with its text. ``truth``: the rule as a whole must be a truth value."""
    checker = _Checker(rule, scope)
    found = checker.kind(rule.tree)
    if truth and found not in (TRUTH, None):
        checker.fault(f"gives a {found}, not true or false")
    if scope.strict:
        checker.no_presumption_below_not()
    return checker.faults


def kind_of_rule(rule: Expression, scope: RuleScope) -> str | None:
    """Kind of the value of a rule, None if it cannot be told."""
    return _Checker(rule, scope).kind(rule.tree)


class _Checker:
    def __init__(self, rule: Expression, scope: RuleScope) -> None:
        self.rule, self.scope, self.faults = rule, scope, list[str]()

    def fault(self, text: str) -> None:
        self.faults.append(f"{text} in: {self.rule.text}")

    def kind(self, node: Tree) -> str | None:
        match node:
            case Literal():
                return kind(node.value)
            case Name():
                if node.id not in self.scope.names:
                    self.fault(f"unknown name {node.id}")
                return self.scope.names.get(node.id)
            case ListOf():
                for part in node.parts:
                    self.kind(part)
                return LIST
            case Not():
                self.truth(node.part)
                return TRUTH
            case Negative():
                self.number(node.part)
                return NUMBER
            case Junction():
                for part in node.parts:
                    self.truth(part)
                return TRUTH
            case Arithmetic():
                self.number(node.left)
                self.number(node.right)
                return NUMBER
            case Comparison():
                self.comparison(node)
                return TRUTH
            case Call():
                return self.call(node)

    def truth(self, node: Tree) -> None:
        found = self.kind(node)
        if found not in (TRUTH, None):
            self.fault(f"a {found} stands where true or false is needed")

    def number(self, node: Tree) -> None:
        found = self.kind(node)
        if found not in (NUMBER, None):
            self.fault(f"a {found} stands where a number is needed")

    def comparison(self, node: Comparison) -> None:
        left, right = self.kind(node.left), self.kind(node.right)
        if node.op in ("in", "not in"):
            if right not in (LIST, None):
                self.fault(f"'{node.op}' needs a list on the right, not a {right}")
            if isinstance(node.left, Name):
                self.values(node.left, node.right)
            if isinstance(node.right, Name):
                self.values(node.right, node.left)
            return
        if left is not None and right is not None and left != right:
            self.fault(f"a {left} is compared with a {right}")
        elif node.op not in ("==", "!=") and not {left, right} <= {NUMBER, DATE, None}:
            self.fault(f"'{node.op}' needs numbers or dates, not a {left}")
        if isinstance(node.left, Name):
            self.values(node.left, node.right)
        elif isinstance(node.right, Name):
            self.values(node.right, node.left)

    def values(self, name: Name, other: Tree) -> None:
        """Texts compared with a name must be among its values."""
        allowed = self.scope.allowed.get(name.id)
        if allowed is None or not isinstance(other, (Literal, ListOf)):
            return
        for value in literals(other):
            if value not in allowed:
                self.fault(f"{name.id} has no value {value!r}")

    def call(self, node: Call) -> str | None:
        signature = SIGNATURES.get(node.function)
        if signature is None or node.function not in self.scope.functions:
            self.fault(f"function {node.function} is not allowed here")
            return None
        count = len(node.arguments)
        if not signature.least <= count <= signature.most:
            self.fault(f"{node.function} takes {signature.least} arguments, not {count}")
        for argument in node.arguments[len(signature.names) :]:
            self.kind(argument)
        if node.function in ("any_of", "all_of") and count == 2 and isinstance(node.arguments[0], Name):
            self.values(node.arguments[0], node.arguments[1])
        if signature.names and count >= len(signature.names):
            self.references(node, signature)
        return signature.result

    def references(self, node: Call, signature: Signature) -> None:
        given: list[object] = []
        for argument in node.arguments[: len(signature.names)]:
            if not isinstance(argument, Literal):
                self.fault(f"{node.function} needs written texts as arguments")
                return
            given.append(argument.value)
        for position, name in enumerate(signature.names):
            check = self.scope.references.get(name)
            problem = check(tuple(given[: position + 1])) if check is not None else ""
            if problem:
                self.fault(problem)

    def no_presumption_below_not(self) -> None:
        for node in walk(self.rule.tree):
            if isinstance(node, Not):
                for part in walk(node.part):
                    match part:
                        case Comparison(op="!=", left=Name(), right=Literal(value="no")):
                            self.fault("x != 'no' stands below a not")
