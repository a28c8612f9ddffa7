"""The environment of rules: the facts of one project made ready, derived facts computed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from portal.catalogue.parts.bundle import Catalogue
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
    values: dict[str, object] = {}
    for fact in catalogue.asked_facts:
        value = engine_value(fact, facts[fact.id]) if fact.id in facts else fact.default
        if fact.vocabulary == JURISDICTIONS and isinstance(value, list):
            value = close_jurisdictions(value, implied)
        values[fact.id] = value
    functions = {**BASIC, "filing_done": _filing_done(catalogue, states)}
    scope = Scope(values, functions, catalogue.yes_no_facts)
    for fact in catalogue.derived_facts:
        if fact.derived is not None:
            truth = fact.derived.truth(scope)
            values[fact.id] = UNKNOWN if truth is UNKNOWN else "yes" if truth is True else "no"
    return Env(catalogue, values, scope, states)


def _filing_done(catalogue: Catalogue, states: Mapping[str, str]) -> Callable[[object], bool]:
    done = catalogue.done_states
    return lambda filing: states.get(str(filing), "") in done


def _implied(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    choices = catalogue.vocabularies[JURISDICTIONS].choices.values()
    return {choice.value: choice.implies for choice in choices if isinstance(choice, Jurisdiction)}
