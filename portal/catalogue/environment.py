"""The environment of rules: the facts of one project made ready, derived facts computed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from portal.catalogue.parts.bundle import Catalogue
from portal.catalogue.parts.facts import Fact
from portal.catalogue.parts.vocabulary import Jurisdiction
from portal.catalogue.values import close_jurisdictions, engine_value
from portal.core.expressions import UNKNOWN, Expression, Scope
from portal.core.expressions.functions import BASIC

JURISDICTIONS = "jurisdictions"


@dataclass(frozen=True, slots=True)
class Env:
    """Facts as rules read them. ``scope`` is the scope of rules on facts; ``filing_states`` the states by filing id."""

    catalogue: Catalogue
    values: Mapping[str, object]
    scope: Scope
    filing_states: Mapping[str, str]

    def known(self, fact_id: str) -> bool:
        """Whether the fact has a value."""
        return self.values.get(fact_id, UNKNOWN) is not UNKNOWN

    def in_order(self, facts: Collection[str]) -> tuple[str, ...]:
        """Facts in the order of the dictionary."""
        return tuple(name for name in self.catalogue.facts if name in facts) if facts else ()

    def open_facts(self, rule: Expression) -> frozenset[str]:
        """Asked facts whose being unknown keeps the rule unknown; derived facts are replaced by those behind them."""
        found: set[str] = set()
        seen: set[str] = set()
        todo = set(rule.open_names(self.scope))
        while todo:
            name = todo.pop()
            seen.add(name)
            fact = self.catalogue.facts.get(name)
            if fact is None or fact.derived is None:
                found.add(name)
            else:
                todo |= fact.derived.open_names(self.scope) - seen
        return frozenset(found)


def environment(catalogue: Catalogue, facts: Mapping[str, object], filing_states: Mapping[str, str] | None = None) -> Env:
    """The environment of a project.

    ``facts``: stored values by fact id (see ``portal.catalogue.values``). None and ``unknown`` are unknown, and so is an
    absent one unless its default is the empty list; ids that the version does not know and derived ones are not read.
    Sets of jurisdictions are closed under what they imply. Derived facts are computed strictly, in listing order: true
    is ``yes``, false ``no``, unknown stays unknown.
    """
    states = dict(filing_states or {})
    implied = _implied(catalogue)
    values = {fact.id: _read(fact, facts[fact.id], implied) if fact.id in facts else fact.default for fact in catalogue.asked_facts}
    functions = {**BASIC, "filing_done": _filing_done(catalogue, states)}
    scope = Scope(values, functions, catalogue.yes_no_facts)
    _derive(catalogue.derived_facts, values, scope)
    return Env(catalogue, values, scope, states)


def with_fact(env: Env, fact_id: str, stored: object) -> Env:
    """The same environment with another value of one asked fact: what follows from it is computed anew, nothing else."""
    catalogue = env.catalogue
    values = {**env.values, fact_id: _read(catalogue.facts[fact_id], stored, _implied(catalogue))}
    scope = Scope(values, env.scope.functions, env.scope.yes_no)
    _derive(_following(catalogue, fact_id), values, scope)
    return Env(catalogue, values, scope, env.filing_states)


def asked_behind(catalogue: Catalogue, rule: Expression) -> frozenset[str]:
    """The asked facts that a rule reads, derived ones replaced by those they rest on."""
    found: set[str] = set()
    for name in rule.names:
        fact = catalogue.facts.get(name)
        if fact is not None:
            found |= {name} if fact.derived is None else asked_behind(catalogue, fact.derived)
    return frozenset(found)


def _read(fact: Fact, stored: object, implied: Mapping[str, tuple[str, ...]]) -> object:
    value = engine_value(fact, stored)
    return close_jurisdictions(value, implied) if fact.vocabulary == JURISDICTIONS and isinstance(value, list) else value


def _derive(facts: Iterable[Fact], values: dict[str, object], scope: Scope) -> None:
    for fact in facts:
        if fact.derived is not None:
            truth = fact.derived.truth(scope)
            values[fact.id] = UNKNOWN if truth is UNKNOWN else "yes" if truth is True else "no"


@lru_cache(maxsize=1024)
def _following(catalogue: Catalogue, fact_id: str) -> tuple[Fact, ...]:
    """Derived facts that rest on an asked one, in the order of computing."""
    return tuple(fact for fact in catalogue.derived_facts if fact.derived is not None and fact_id in asked_behind(catalogue, fact.derived))


def _filing_done(catalogue: Catalogue, states: Mapping[str, str]) -> Callable[[object], bool]:
    done = catalogue.done_states
    return lambda filing: states.get(str(filing), "") in done


@lru_cache(maxsize=16)
def _implied(catalogue: Catalogue) -> Mapping[str, tuple[str, ...]]:
    choices = catalogue.vocabularies[JURISDICTIONS].choices.values()
    return {choice.value: choice.implies for choice in choices if isinstance(choice, Jurisdiction)}
