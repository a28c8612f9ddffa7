"""“What would change this”: applying what is reported really gives the reported result, and what flips by one choice is reported."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.regimes.applicability import decide
from compliance.regimes.changing import Flip, flips
from portal.catalogue import catalogue, environment
from portal.catalogue.environment import asked_behind, with_fact
from portal.catalogue.values import validate_fact_value

TODAY = dt.date(2026, 11, 23)
SCENARIOS: list[dict[str, Any]] = yaml.load(
    (Path(__file__).resolve().parents[2] / "data" / "vectors" / "filings_scenarios.yaml").read_text(encoding="utf-8"),
    Loader=yaml.CSafeLoader,
)["scenarios"]
FACTS = {one["id"]: one["facts"] for one in SCENARIOS}


def result(facts: dict[str, Any], filing: str) -> str:
    content = catalogue()
    return decide(environment(content, facts), content.filings[filing], TODAY).result


@settings(max_examples=120)
@given(scenario=st.sampled_from(sorted(FACTS)), filing=st.sampled_from(sorted(catalogue().filings)), left_out=st.integers(0, 60))
def test_what_is_reported_is_true(scenario: str, filing: str, left_out: int) -> None:
    content = catalogue()
    facts = dict(FACTS[scenario])
    for name in sorted(facts)[left_out : left_out + 3]:
        del facts[name]  # unknown facts too
    env = environment(content, facts)
    now = decide(env, content.filings[filing], TODAY).result
    behind = asked_behind(content, content.filings[filing].applies_when)
    likely = content.filings[filing].likely_when
    behind |= asked_behind(content, likely) if likely is not None else frozenset()
    found = flips(env, content.filings[filing])
    for one in found:
        assert one.fact in behind
        assert one.result != now
        assert validate_fact_value(content.facts[one.fact], one.value) == one.value, "a value that can be answered"
        assert result({**facts, one.fact: one.value}, filing) == one.result
    assert len({(one.fact, str(one.value)) for one in found}) == len(found), "each value once"


@settings(max_examples=60)
@given(scenario=st.sampled_from(sorted(FACTS)), filing=st.sampled_from(sorted(catalogue().filings)))
def test_no_choice_that_flips_is_left_out(scenario: str, filing: str) -> None:
    content, facts = catalogue(), FACTS[scenario]
    env = environment(content, facts)
    now = decide(env, content.filings[filing], TODAY).result
    told = {(one.fact, str(one.value)) for one in flips(env, content.filings[filing])}
    for fact in content.asked_facts:
        if fact.type in ("bool3", "enum") and fact.id in asked_behind(content, content.filings[filing].applies_when):
            for value in fact.choices:
                if result({**facts, fact.id: value}, filing) != now:
                    assert (fact.id, value) in told


def test_numbers_dates_and_sets_by_their_limits() -> None:
    content = catalogue()

    def told(filing: str, **facts: Any) -> list[Flip]:
        return list(flips(environment(content, facts), content.filings[filing]))

    base = FACTS["F01"]
    small = [one for one in told("pi_officer_report", **base) if one.fact == "pi_subject_count"]
    assert [(one.value, one.result) for one in small] == [(1_000_000, "required")], "the nearest number that does it"
    large = [one for one in told("pi_officer_report", **{**base, "pi_subject_count": 5_000_000}) if one.fact == "pi_subject_count"]
    assert [(one.value, one.result) for one in large] == [(999_999, "not_applicable")]
    europe = [one for one in told("gdpr_dpia", **{**base, "dpia_high_risk": "yes"}) if one.fact == "markets" and one.result == "required"]
    assert any(set(one.added) & {"EU", "EEA"} or one.added for one in europe)
    assert all(one.removed in ((), ("CN",)) for one in europe)
    german = [one for one in told("gdpr_dpia", **{**base, "markets": ["DE", "CN"], "dpia_high_risk": "yes"}) if one.fact == "markets"]
    assert next((one.value, one.removed) for one in german if one.result == "not_applicable") == (["CN"], ("DE",)), "EU came with DE"


def test_unknown_facts_lead_to_both_results() -> None:
    content = catalogue()
    found = flips(
        environment(content, {k: v for k, v in FACTS["F01"].items() if k != "wants_voluntary"}), content.filings["iso42001_certificate"]
    )
    assert {(one.value, one.result) for one in found} == {("yes", "required"), ("no", "not_applicable")}


def test_the_budget_is_kept() -> None:
    content = catalogue()
    assert flips(environment(content, FACTS["F01"]), content.filings["genai_service_filing"], budget=0) == ()


@pytest.mark.parametrize("fact", ["markets", "audience", "personal_data", "establishments"])
def test_an_environment_with_one_other_value_is_the_environment_of_the_other_facts(fact: str) -> None:
    content = catalogue()
    for facts in list(FACTS.values())[:40]:
        kind = content.facts[fact].type
        for value in list(content.facts[fact].choices)[:6]:
            stored: Any = [value] if kind == "set" else value
            assert with_fact(environment(content, facts), fact, stored).values == environment(content, {**facts, fact: stored}).values
