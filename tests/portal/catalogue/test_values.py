"""Facts as typed, stored and read; the environment of rules."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from portal.catalogue import FactValueError, catalogue, environment, validate_fact_value
from portal.catalogue.values import engine_value
from portal.core.expressions import UNKNOWN, ExpressionError, parse

CONTENT = catalogue()


def stored(fact: str, raw: object) -> object:
    return validate_fact_value(CONTENT.facts[fact], raw)


class TestValidation:
    @pytest.mark.parametrize(
        ("fact", "raw", "wanted"),
        [
            ("face_recognition", "yes", "yes"),
            ("face_recognition", True, "yes"),
            ("face_recognition", ["no"], "no"),
            ("face_recognition", "", "unknown"),
            ("face_recognition", None, "unknown"),
            ("markets", ["DE", "CN", "CN"], ["CN", "DE"]),
            ("markets", "CN", ["CN"]),
            ("markets", [], []),
            ("markets", ["unknown"], "unknown"),
            ("registered_users", "12,000", 12000),
            ("registered_users", "１２０００", 12000),
            ("registered_users", 0, 0),
            ("mlps_level", "3", 3),
            ("training_flops", "1e25", "10000000000000000000000000"),
            ("annual_revenue_usd", "1 250 000.50", "1250000.5"),
            ("annual_revenue_usd", 0.1, "0.1"),
            ("launch_date", "2026-11-23", "2026-11-23"),
            ("launch_date", "2026/1/5", "2026-01-05"),
            ("launch_date", "2026年1月5日", "2026-01-05"),
            ("launch_date", dt.date(2026, 1, 5), "2026-01-05"),
            ("province", "  广东 ", "广东"),
        ],
    )
    def test_stored_form(self, fact: str, raw: object, wanted: object) -> None:
        got = stored(fact, raw)
        assert got == wanted
        assert json.loads(json.dumps(got)) == got
        assert stored(fact, got) == got

    @pytest.mark.parametrize(
        ("fact", "raw", "code"),
        [
            ("public_facing", "yes", "derived"),
            ("face_recognition", "perhaps", "not_a_choice"),
            ("entity_type", ["private", "public_body"], "one_only"),
            ("markets", ["XX"], "not_a_choice"),
            ("markets", ["INT"], "not_a_choice"),
            ("markets", [["CN"]], "not_a_choice"),
            ("markets", [7], "not_a_choice"),
            ("entity_type", [["private"]], "one_only"),
            ("markets", 7, "not_a_list"),
            ("registered_users", "many", "not_a_number"),
            ("registered_users", "1.5", "not_whole"),
            ("registered_users", "-1", "too_small"),
            ("registered_users", True, "not_a_number"),
            ("mlps_level", "6", "too_great"),
            ("training_flops", "1e99", "too_great"),
            ("annual_revenue_usd", "1.12345678", "too_many_places"),
            ("launch_date", "2026-02-30", "not_a_date"),
            ("launch_date", "1066-01-01", "date_out_of_range"),
            ("province", ["a", "b"], "one_only"),
            ("province", 5, "not_text"),
            ("province", "x" * 2001, "too_long"),
        ],
    )
    def test_refused_with_a_code_and_a_text(self, fact: str, raw: object, code: str) -> None:
        with pytest.raises(FactValueError) as caught:
            stored(fact, raw)
        assert caught.value.code == code
        assert caught.value.fact_id == fact
        assert "{" not in caught.value.text.zh + caught.value.text.en

    def test_every_choice_of_every_fact_is_accepted(self) -> None:
        for fact in CONTENT.asked_facts:
            for value in fact.choices:
                wanted = [value] if fact.type == "set" else value
                assert validate_fact_value(fact, wanted) == wanted


class TestEngineValues:
    def test_numbers_are_exact_and_dates_are_dates(self) -> None:
        assert engine_value(CONTENT.facts["annual_revenue_usd"], "0.10") == Decimal("0.1")
        assert engine_value(CONTENT.facts["annual_revenue_usd"], 0.1) == Decimal("0.1")
        assert engine_value(CONTENT.facts["launch_date"], "2026-01-05") == dt.date(2026, 1, 5)
        assert engine_value(CONTENT.facts["registered_users"], "unknown") is UNKNOWN
        with pytest.raises(ExpressionError, match="fact launch_date"):
            engine_value(CONTENT.facts["launch_date"], "soon")


class TestEnvironment:
    def test_absent_null_and_unknown_are_unknown(self) -> None:
        env = environment(CONTENT, {"face_recognition": None, "cii_operator": "unknown", "a_fact_of_old": "yes"})
        for fact in ("face_recognition", "cii_operator", "markets"):
            assert not env.known(fact)
        assert env.values["open_events"] == ()
        assert "a_fact_of_old" not in env.values

    def test_jurisdictions_are_closed(self) -> None:
        env = environment(CONTENT, {"markets": ["DE", "US-NYC"]})
        assert set(env.values["markets"]) == {"DE", "EU", "EEA", "US-NYC", "US-NY", "US"}  # type: ignore[call-overload]

    def test_derived_facts(self) -> None:
        env = environment(CONTENT, {"markets": ["CN"], "audience": ["partner"], "public_facing": "yes"})
        assert env.values["serves_mainland_china"] == "yes"
        assert env.values["public_facing"] is UNKNOWN  # a derived fact is never taken from outside
        assert environment(CONTENT, {"audience": ["internal_staff"]}).values["public_facing"] == "no"

    def test_open_facts_are_those_to_ask(self) -> None:
        env = environment(CONTENT, {"audience": ["partner"]})
        rule = parse("public_facing == 'yes' and serves_mainland_china == 'yes' and open_events == []")
        assert env.open_facts(rule) == {"partners_serve_public", "markets"}

    def test_filing_states(self) -> None:
        rule = parse("filing_done('icp_filing')")
        done = {state: rule.truth(environment(CONTENT, {}, {"icp_filing": state}).scope) for state in ("published", "submitted")}
        assert done == {"published": True, "submitted": False}

    def test_facts_are_not_changed(self) -> None:
        facts: dict[str, Any] = {"markets": ["DE"]}
        environment(CONTENT, facts)
        assert facts == {"markets": ["DE"]}
