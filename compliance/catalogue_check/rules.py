"""Vectors of expressions, filings and tiers."""

from __future__ import annotations

from assessments.scoring.applying import applying_items
from assessments.scoring.changes import Side, compare
from assessments.scoring.context import ProjectContext
from assessments.scoring.functions import ItemRules
from assessments.scoring.tier import TierResult, derive_tier
from assessments.scoring.verdicts import ERROR
from compliance.catalogue_check.common import DEFAULT_DAY, Fault, Vector, check_facts, day_of, expect, plain
from compliance.catalogue_check.items import read_answers
from compliance.regimes.applicability import decide, decide_all, red_findings, timing
from compliance.regimes.counting import filings_counts
from portal.catalogue import Catalogue, environment
from portal.core.expressions import ExpressionError, parse


def expression(catalogue: Catalogue, vector: Vector, fault: Fault) -> None:
    """A rule on facts: its value, or ``error``."""
    got: object
    try:
        env = environment(catalogue, vector.get("facts") or {}, vector.get("filing_states"))
        got = plain(parse(vector["expr"]).truth(env.scope, presume=bool(vector.get("presume"))))
    except ExpressionError:
        got = ERROR
    expect(fault, "value", vector["expected"], got)


def scenario(catalogue: Catalogue, vector: Vector, fault: Fault) -> None:
    """Results of filings, timing, red findings, derived facts, and which limits and turns of an entry apply, on a set of facts."""
    check_facts(catalogue, vector["facts"], fault)
    env = environment(catalogue, vector["facts"], vector.get("filing_states"))
    today = day_of(vector, "as_of")
    for name, wanted in vector["expected"].items():
        if name not in catalogue.filings:
            fault(f"unknown filing {name}")
            continue
        decision = decide(env, catalogue.filings[name], today)
        if decision.result != wanted:
            missing = f" (missing {', '.join(decision.missing)})" if decision.missing else ""
            fault(f"{name} expected {wanted}, got {decision.result}{missing}")
    for name, wanted in (vector.get("timing") or {}).items():
        expect(fault, f"timing of {name}", wanted, timing(env, catalogue.filings[name], today).state)
    complete = vector.get("expected_complete")
    if complete is not None:
        shown = {name for name, one in decide_all(env, today).items() if one.result in complete["results"]}
        differing = sorted(shown ^ set(complete["ids"]))
        if differing:
            fault(f"the complete list differs: {', '.join(differing)}")
    findings = red_findings(env)
    for name, wanted in (vector.get("blockers") or {}).items():
        expect(fault, name, wanted, findings[name].result)
    for name, wanted in (vector.get("derived") or {}).items():
        expect(fault, f"derived {name}", wanted, plain(env.values[name]))
    for key in ("clocks", "recurring"):
        for name, wanted in (vector.get(key) or {}).items():
            filing, _slash, number = name.partition("/")
            when = getattr(catalogue.filings[filing], key)[int(number) - 1].when
            expect(fault, f"{key} {name}", wanted, True if when is None else plain(when.truth(env.scope)))


def _tier(catalogue: Catalogue, vector: Vector) -> TierResult:
    env = environment(catalogue, vector["facts"], vector.get("filing_states"))
    return derive_tier(env, decide_all(env, DEFAULT_DAY), vector.get("raised"))


def tier_case(catalogue: Catalogue, vector: Vector, fault: Fault) -> None:
    """The tier, its grounds and the facts that could change it."""
    check_facts(catalogue, vector["facts"], fault)
    result = _tier(catalogue, vector)
    for name, wanted in vector["expected"].items():
        got = getattr(result, name)
        if isinstance(wanted, list):
            wanted, got = sorted(wanted), sorted(got)
        expect(fault, name, wanted, got)


def _applying(catalogue: Catalogue, vector: Vector, tier: str) -> set[str]:
    env = environment(catalogue, vector["facts"], vector.get("filing_states"))
    context = ProjectContext(
        env,
        today=DEFAULT_DAY,
        answers=read_answers(catalogue, vector.get("answers") or {}),
        filings=filings_counts(catalogue, decide_all(env, DEFAULT_DAY)),
    )
    return {item.id for item in applying_items(ItemRules(context), tier)}


def tier_count(catalogue: Catalogue, vector: Vector, fault: Fault) -> None:
    """How many items apply, and which."""
    check_facts(catalogue, vector["facts"], fault)
    wanted = vector["expected"]
    tier = _tier(catalogue, vector).tier
    expect(fault, "tier", wanted["tier"], tier)
    applying = _applying(catalogue, vector, tier)
    expect(fault, "applying", wanted["applying"], len(applying))
    if "visible" in wanted:
        highest = catalogue.tiers.tiers[-1].id
        expect(fault, "visible", wanted["visible"], len(_applying(catalogue, vector, highest)))
    for dimension, number in (wanted.get("by_dimension") or {}).items():
        got = sum(1 for name in applying if catalogue.items[name].dimension == dimension)
        expect(fault, dimension, number, got)
    for name in wanted.get("includes") or []:
        if name not in applying:
            fault(f"{name} does not apply")
    for name in wanted.get("excludes") or []:
        if name in applying:
            fault(f"{name} applies")


def tier_change(catalogue: Catalogue, vector: Vector, fault: Fault) -> None:
    """What a change of facts opens, and which decisions it makes stale."""
    sides = []
    for key in ("before", "after"):
        check_facts(catalogue, vector[key]["facts"], fault)
        tier = _tier(catalogue, vector[key]).tier
        sides.append(Side(tier, _applying(catalogue, vector[key], tier)))
    change = compare(catalogue, sides[0], sides[1], vector.get("decided") or [])
    wanted = vector["expected"]
    expect(fault, "from", wanted["from"], change.tier_before)
    expect(fault, "to", wanted["to"], change.tier_after)
    expect(fault, "opened", wanted["opened"], len(change.opened))
    expect(fault, "stale", sorted(wanted["stale"]), sorted(change.stale))
