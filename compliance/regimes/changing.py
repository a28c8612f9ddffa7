"""What would change the result of a filing: the facts whose other values flip it, one at a time; pure functions.

    flips(env, filing) -> tuple[Flip, ...]

Every asked fact behind the rules is tried with the values that the rules can tell apart: each choice, each member put in or taken
out, the numbers and dates on both sides of a written limit. What two facts would do together is not asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from compliance.regimes.applicability import rule_on
from portal.catalogue import Catalogue, Env
from portal.catalogue.environment import JURISDICTIONS, asked_behind, with_fact
from portal.catalogue.parts import Filing
from portal.catalogue.parts.facts import Fact
from portal.catalogue.parts.vocabulary import Jurisdiction
from portal.core.expressions import UNKNOWN, Expression
from portal.core.expressions.tree import Call, Comparison, Literal, Tree, names, walk
from portal.core.years import YEARS

Stored = str | int | list[str]
BUDGET = 400  # values tried for one filing
_NUMBERS = ("int", "number", "percent", "money")


@dataclass(frozen=True, slots=True)
class Flip:
    """With ``value`` (in stored form) instead of what ``fact`` has now, the result would be ``result``.

    Of a set, ``added`` and ``removed`` say what differs from now. Of a number or date it is the nearest value that does it.
    """

    fact: str
    value: Stored
    result: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def flips(env: Env, filing: Filing, *, budget: int = BUDGET) -> tuple[Flip, ...]:
    """Every other value of one fact that leads to another result, in the order of the dictionary.

    Stops after ``budget`` values. Raises ``ExpressionError`` if a rule cannot be evaluated.
    """
    rules = [rule for rule in (filing.applies_when, filing.likely_when) if rule is not None]
    now = rule_on(env, filing.applies_when, filing.likely_when).result
    asked = frozenset[str]().union(*(asked_behind(env.catalogue, rule) for rule in rules))
    found: list[Flip] = []
    for name in env.in_order(asked):
        fact = env.catalogue.facts[name]
        seen: set[str] = set()
        for value in _values(env, fact, _reading(env.catalogue, rules, name)):
            if budget <= 0:
                return tuple(found)
            budget -= 1
            result = rule_on(with_fact(env, name, value), filing.applies_when, filing.likely_when).result
            # The nearest number or day is enough for each result; every choice counts.
            if result == now or (fact.type in (*_NUMBERS, "date") and result in seen):
                continue
            seen.add(result)
            found.append(_flip(env, fact, value, result))
    return tuple(one for one in found if not any(_says_less(other, one) for other in found))


def _says_less(other: Flip, one: Flip) -> bool:
    """Whether ``other`` leads to the same by changing fewer members of the same set."""
    if (other.fact, other.result) != (one.fact, one.result) or not isinstance(one.value, list):
        return False
    return (set(other.added), set(other.removed)) != (set(one.added), set(one.removed)) and (
        set(other.added) <= set(one.added) and set(other.removed) <= set(one.removed)
    )


def _flip(env: Env, fact: Fact, value: Stored, result: str) -> Flip:
    if not isinstance(value, list):
        return Flip(fact.id, value, result)
    has = _members(env, fact)
    return Flip(fact.id, value, result, tuple(one for one in value if one not in has), tuple(one for one in has if one not in value))


def _reading(catalogue: Catalogue, rules: Iterable[Expression], name: str) -> list[Expression]:
    """The rules and derivations in which the fact itself is named, reached from these rules."""
    found: dict[str, Expression] = {}
    todo = list(rules)
    while todo:
        rule = todo.pop()
        if rule.text in found:
            continue
        found[rule.text] = rule
        for one in rule.names:
            fact = catalogue.facts.get(one)
            if fact is not None and fact.derived is not None and name in asked_behind(catalogue, fact.derived):
                todo.append(fact.derived)
    return [rule for rule in found.values() if name in rule.names]


def _values(env: Env, fact: Fact, rules: list[Expression]) -> Iterator[Stored]:
    """Other values worth trying, each once; the unknown is never one of them."""
    now = env.values.get(fact.id, UNKNOWN)
    match fact.type:
        case "bool3" | "enum":
            yield from (value for value in fact.choices if value != now)
        case "set":
            yield from _sets(env, fact, rules)
        case "date":
            limits = [day for day in _written(rules, fact.id, dt.date) if isinstance(day, dt.date)]
            days = {day + dt.timedelta(step) for day in limits for step in (-1, 0, 1)}
            known = [day for day in days if day != now and day.year in YEARS]
            at = now if isinstance(now, dt.date) else min(known, default=dt.date.min)
            yield from (day.isoformat() for day in sorted(known, key=lambda day: (abs(day - at), day)))
        case kind if kind in _NUMBERS:
            yield from _numbers(fact, now, rules)


def _numbers(fact: Fact, now: object, rules: list[Expression]) -> Iterator[Stored]:
    least = Decimal(fact.least if fact.least is not None else 0)
    limits = [number for number in _written(rules, fact.id, int | Decimal) if isinstance(number, int | Decimal)]
    found = {Decimal(number) + step for number in limits for step in (-1, 0, 1)}
    known = [
        number
        for number in found
        if number != now and number >= least and (fact.greatest is None or number <= fact.greatest) and number == number.to_integral_value()
    ]
    at = Decimal(str(now)) if isinstance(now, int | Decimal) else min(known, default=Decimal(0))
    for number in sorted(known, key=lambda number: (abs(number - at), number)):
        yield int(number) if fact.type == "int" else format(number, "f")


def _written(rules: Iterable[Expression], name: str, kind: type | object) -> Iterator[object]:
    """The limits that rules compare the fact with."""
    for rule in rules:
        for node in walk(rule.tree):
            if isinstance(node, Comparison | Call) and name in names(node):
                yield from (value for value in _constants(node) if isinstance(value, kind) and not isinstance(value, bool))  # type: ignore[arg-type]


def _constants(node: Tree) -> Iterator[object]:
    for part in walk(node):
        if isinstance(part, Call) and part.function == "date" and isinstance(part.arguments[0], Literal):
            yield dt.date.fromisoformat(str(part.arguments[0].value))
        elif isinstance(part, Literal):
            yield part.value


def _sets(env: Env, fact: Fact, rules: list[Expression]) -> Iterator[list[str]]:
    """The set with one member more or less, or emptied: members that the rules name, or that imply one they name."""
    has = _members(env, fact)
    named = {str(value) for value in _written(rules, fact.id, str)}
    parts = (node for rule in rules for node in walk(rule.tree))
    counted = any(isinstance(node, Call) and node.function == "len" and fact.id in names(node) for node in parts)
    tried: set[tuple[str, ...]] = {tuple(has)}
    for members in _variants(env, fact, has, named, counted=counted):
        value = [one for one in fact.choices if one in members]
        if tuple(value) not in tried:
            tried.add(tuple(value))
            yield value


def _variants(env: Env, fact: Fact, has: list[str], named: set[str], *, counted: bool) -> Iterator[set[str]]:
    above = _above(env.catalogue) if fact.vocabulary == JURISDICTIONS else {}
    for one in sorted(named):
        carriers = [member for member in has if one == member or one in above.get(member, ())]
        if carriers:
            yield set(has) - set(carriers)
            if len(has) > len(carriers):
                yield set(carriers)
            continue
        added = one if one in fact.choices else next((code for code in fact.choices if one in above.get(code, ())), None)
        if added is not None:
            yield {*has, added}
            if has:
                yield {added}
    if has and (counted or named):
        yield set()
    elif counted and fact.choices:
        yield {next(iter(fact.choices))}


def _members(env: Env, fact: Fact) -> list[str]:
    """What the set holds as answered: without the levels that jurisdictions imply where they are implied by another member."""
    value = env.values.get(fact.id, UNKNOWN)
    if not isinstance(value, list):
        return []
    if fact.vocabulary != JURISDICTIONS:
        return [one for one in fact.choices if one in value]
    above = _above(env.catalogue)
    implied = {upper for one in value for upper in above.get(str(one), ())}
    return [one for one in fact.choices if one in value and one not in implied]


def _above(catalogue: Catalogue) -> dict[str, frozenset[str]]:
    """All levels above each jurisdiction."""
    choices = catalogue.vocabularies[JURISDICTIONS].choices.values()
    direct = {choice.value: choice.implies for choice in choices if isinstance(choice, Jurisdiction)}

    def all_above(code: str) -> frozenset[str]:
        found = frozenset(direct.get(code, ()))
        return found.union(*(all_above(upper) for upper in found)) if found else found

    return {code: all_above(code) for code in direct}
