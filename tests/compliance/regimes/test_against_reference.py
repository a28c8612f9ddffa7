"""The engine against the content's own reference evaluator, on random facts; skipped where that is not beside the project."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.scoring.applying import visibility
from assessments.scoring.context import ProjectContext
from assessments.scoring.functions import ItemRules
from assessments.scoring.tier import derive_tier
from compliance.catalogue_check.common import DEFAULT_DAY
from compliance.regimes.applicability import decide_all, red_findings
from compliance.regimes.counting import filings_counts
from portal.catalogue import catalogue, environment
from portal.catalogue.parts import Fact
from portal.core.expressions import UNKNOWN
from portal.core.expressions.tree import literals

SHARED = Path(__file__).resolve().parents[4] / "shared" / "catalogue"
pytestmark = pytest.mark.skipif(not (SHARED / "check.py").is_file(), reason="the reference evaluator is not beside the project")

CONTENT = catalogue()
DATES = ["2024-01-01", "2025-08-01", "2025-08-02", "2026-07-14", "2026-07-15", "2026-08-02", "2026-12-02", "2028-08-02"]


@cache
def reference() -> tuple[ModuleType, Any]:
    spec = importlib.util.spec_from_file_location("reference_evaluator", SHARED / "check.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module, module.Catalogue(SHARED)


# Above this the reference reckons in binary floats: 10**25 as a whole number lies below its 1e25.
EXACT_UP_TO = 10**15


def limits() -> dict[str, list[int | float]]:
    """Numbers that rules compare a fact with, and their neighbours: where results change."""
    found: dict[str, set[int]] = {}
    rules = [one.applies_when for one in CONTENT.filings.values()]
    rules += [one.expr for one in CONTENT.tiers.conditions if one.expr is not None]
    rules += [one.derived for one in CONTENT.derived_facts if one.derived is not None]
    for rule in rules:
        numbers = {int(value) for value in literals(rule.tree) if not isinstance(value, (str, bool))}
        for name in rule.names:
            for number in numbers:
                found.setdefault(name, set()).update((number - 1, number, number + 1))
    return {
        name: sorted({number if number <= EXACT_UP_TO else float(number) for number in numbers if number >= 0})
        for name, numbers in found.items()
    }


LIMITS = limits()


def values(fact: Fact) -> st.SearchStrategy[Any]:
    choices = sorted(fact.choices)
    if fact.type == "set":
        return st.lists(st.sampled_from(choices), max_size=3, unique=True)
    if choices:
        return st.sampled_from(choices)
    if fact.type == "date":
        return st.sampled_from(DATES)
    if fact.type == "text":
        return st.just("text")
    numbers = [number for number in LIMITS.get(fact.id, [0, 1, 5]) if fact.greatest is None or number <= fact.greatest]
    return st.sampled_from(numbers or [1])


def fact_sets() -> st.SearchStrategy[dict[str, Any]]:
    optional = {fact.id: st.one_of(values(fact), values(fact), st.just("unknown")) for fact in CONTENT.asked_facts}
    full = {fact.id: values(fact) for fact in CONTENT.asked_facts}
    return st.one_of(st.fixed_dictionaries({}, optional=optional), st.fixed_dictionaries(full))


STATES = st.dictionaries(
    st.sampled_from(["algorithm_filing", "genai_service_filing", "genai_service_registration"]),
    st.sampled_from(["approved", "published", "submitted", "expired"]),
    max_size=2,
)
BOUNDED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def same_value(ours: Any, theirs: Any) -> bool:
    """Whether a fact is the same on both sides: unknown, a list in any order, a float as its decimal, or the value."""
    if ours is UNKNOWN or repr(theirs) == "UNKNOWN":
        return ours is UNKNOWN and repr(theirs) == "UNKNOWN"
    if isinstance(theirs, list):
        return sorted(ours) == sorted(theirs)
    return float(ours) == theirs if isinstance(theirs, float) else bool(ours == theirs)


@given(facts=fact_sets(), states=STATES)
@BOUNDED
def test_filings_and_findings(facts: dict[str, Any], states: dict[str, str]) -> None:
    _, other = reference()
    env = environment(CONTENT, facts, states)
    theirs, functions = other.env(facts, states)
    for fact in CONTENT.facts:
        assert same_value(env.values[fact], theirs[fact]), fact
    for name, decision in decide_all(env, DEFAULT_DAY).items():
        result, _ = other.decide(other.filings[name], theirs, functions)
        assert decision.result == result, name
        assert set(decision.open_facts) == other.filing_open_facts(other.filings[name], theirs, functions), name
        assert decision.timing.state == other.timing(other.filings[name], theirs, functions, "2026-11-23"), name
    for name, finding in red_findings(env).items():
        assert finding.result == other.decide(other.blockers[name], theirs, functions)[0], name


@given(facts=fact_sets(), raised=st.sampled_from([None, "light", "standard", "full"]))
@BOUNDED
def test_tiers(facts: dict[str, Any], raised: str | None) -> None:
    _, other = reference()
    env = environment(CONTENT, facts)
    ours = derive_tier(env, decide_all(env, DEFAULT_DAY), raised)
    theirs = other.tier(facts, raised)
    for key in ("computed", "tier", "raise_accepted"):
        assert getattr(ours, key) == theirs[key], key
    for key in ("because", "could_lower", "could_raise"):
        assert sorted(getattr(ours, key)) == sorted(theirs[key]), key


@given(facts=fact_sets())
@settings(parent=BOUNDED, max_examples=20)
def test_items_shown(facts: dict[str, Any]) -> None:
    _, other = reference()
    env = environment(CONTENT, facts)
    decisions = decide_all(env, DEFAULT_DAY)
    given_rules = ItemRules(ProjectContext(env, DEFAULT_DAY, filings=filings_counts(CONTENT, decisions)))
    context = other.tier_context(facts)
    for item in CONTENT.items.values():
        assert visibility(given_rules, item).state == other.visible(other.items[item.id], context), item.id
