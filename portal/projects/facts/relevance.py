"""Which open questions still make a difference: worked out from the rules themselves, no list kept by hand.

A question that is not answered matters while some rule that names it is undecided because of it. With no market in the EU the rules
on EU duties are decided already, so their questions make no difference at present; they stay reachable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from portal.catalogue import Catalogue, Env, environment
from portal.catalogue.parts import Blocker, Filing
from portal.core.expressions import UNKNOWN, Expression, ExpressionError


def _undecided(content: Catalogue, env: Env) -> Iterator[Expression]:
    """Rules that rest on facts alone: filings and when they take effect, red findings, tier conditions."""
    entries: list[Filing | Blocker] = [*content.filings.values(), *content.blockers.values()]
    for entry in entries:
        rules = [entry.applies_when] if entry.likely_when is None else [entry.applies_when, entry.likely_when]
        yield from rules
        if isinstance(entry, Filing) and entry.effective_cases and any(_truth(rule, env) is not False for rule in rules):
            yield from (case.when for case in entry.effective_cases)
    yield from (condition.expr for condition in content.tiers.conditions if condition.expr is not None)


def _truth(rule: Expression, env: Env) -> object:
    try:
        return rule.truth(env.scope)
    except ExpressionError:
        return UNKNOWN


@lru_cache(maxsize=16)
def facts_of_items(content: Catalogue) -> frozenset[str]:
    """Asked facts that rules of items and calculators read: they always matter, whatever the other facts say."""
    named: set[str] = set()
    for item in content.items.values():
        rules = [rule for _verdict, rule in item.rule.in_order()]
        for rule in (*rules, *([item.visible_if] if item.visible_if is not None else [])):
            named |= rule.names
    for calculator in content.calculators.values():
        named |= {one.of for one in calculator.inputs.values() if one.source == "fact"}
    named |= {name for gate in content.gates.values() for criterion in gate.criteria for name in criterion.facts}
    return frozenset(_asked(content, named))


def _asked(content: Catalogue, names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        fact = content.facts.get(name)
        if fact is not None:
            found |= {name} if fact.derived is None else _asked(content, fact.derived.names)
    return found


def open_questions(content: Catalogue, facts: Mapping[str, Any], env: Env | None = None) -> frozenset[str]:
    """Unanswered facts whose answer would still decide something. A rule that cannot be evaluated counts as undecided."""
    env = env or environment(content, facts)
    found: set[str] = set()
    for rule in _undecided(content, env):
        try:
            found |= env.open_facts(rule)
        except ExpressionError:
            found |= _asked(content, rule.names)
    found |= {name for name in facts_of_items(content) if not env.known(name)}
    # Facts that are only shown (names, numbers) decide nothing; they are asked all the same.
    found |= {fact.id for fact in content.asked_facts if fact.display_only and not env.known(fact.id)}
    return frozenset(found)


def settled_questions(content: Catalogue, facts: Mapping[str, Any]) -> frozenset[str]:
    """Unanswered facts whose answer makes no difference at present."""
    env = environment(content, facts)
    still_open = open_questions(content, facts, env)
    return frozenset(fact.id for fact in content.asked_facts if not env.known(fact.id) and fact.id not in still_open)
