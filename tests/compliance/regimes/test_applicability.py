"""Filings: results, presumption, what is missing, timing, clauses, counting."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from compliance.regimes.applicability import (
    Decision,
    clause_in_words,
    clauses_in_words,
    decide,
    decide_all,
    red_findings,
    rule_in_words,
    rule_on,
    timing,
)
from compliance.regimes.counting import FilingRecord, filings_counts
from compliance.regimes.provider import RuleProvider
from portal.catalogue import catalogue, environment
from portal.core.expressions import UNKNOWN, ExpressionError, parse

CONTENT = catalogue()
TODAY = dt.date(2026, 11, 23)


def one(filing: str, facts: dict[str, Any], today: dt.date = TODAY) -> Decision:
    return decide(environment(CONTENT, facts), CONTENT.filings[filing], today)


ETHICS = {"ai_rnd_activity_in_china": "yes"}


class TestResults:
    def test_required_not_applicable_undetermined(self) -> None:
        assert one("ai_ethics_review", {**ETHICS, "ethics_risk": "yes"}).result == "required"
        assert one("ai_ethics_review", {**ETHICS, "ethics_risk": "no"}).result == "not_applicable"
        assert one("ai_ethics_review", {"ethics_risk": "yes"}).result == "undetermined"

    def test_presumed(self) -> None:
        decision = one("ai_ethics_review", ETHICS)
        assert (decision.result, decision.firm) == ("likely", False)
        assert decision.presumed == decision.missing == ("ethics_risk",)

    def test_likely_by_the_second_rule(self) -> None:
        decision = one("mlps_testing", {"hosting_regions": ["CN"], "mlps_level": 2})
        assert (decision.result, decision.firm, decision.missing) == ("likely", True, ())
        decision = one("crypto_assessment", {"hosting_regions": ["CN"], "mlps_level": 3, "cii_operator": "no"})
        assert (decision.result, decision.firm, decision.presumed) == ("likely", False, ("crypto_required",))

    def test_facts_with_their_values(self) -> None:
        decision = one("ai_ethics_review", ETHICS)
        assert decision.facts == {"ai_rnd_activity_in_china": "yes", "ethics_risk": UNKNOWN}

    def test_missing_facts_are_asked_ones(self) -> None:
        decision = one("genai_service_filing", {"markets": ["CN"], "generates": ["text"], "opinion_or_mobilization": "yes"})
        assert decision.result == "undetermined"
        assert decision.missing == ("audience", "partners_serve_public", "model_origin", "modifies_upstream_model")
        assert one("ai_ethics_review", {**ETHICS, "ethics_risk": "no"}).missing == ()

    def test_errors_are_told(self) -> None:
        env = environment(CONTENT, {"mlps_level": 3})
        with pytest.raises(ExpressionError):
            rule_on(env, parse("mlps_level == 'three'"), None)


class TestTiming:
    def test_start_by_case_and_launch(self) -> None:
        filing = CONTENT.filings["eu_ai_act_conformity_declaration"]
        annex_i = environment(CONTENT, {"ai_act_class": "high_risk_annex_i"})
        assert timing(annex_i, filing, TODAY).state == "upcoming"
        later = environment(CONTENT, {"ai_act_class": "high_risk_annex_i", "launch_date": "2028-08-02"})
        assert timing(later, filing, TODAY).state == "in_force"
        assert timing(later, filing, TODAY).reference == dt.date(2028, 8, 2)

    def test_unknown_case_is_not_taken(self) -> None:
        filing = CONTENT.filings["eu_gpai_documentation"]
        assert timing(environment(CONTENT, {}), filing, TODAY).start == filing.effective_from


class TestWords:
    def test_clause(self) -> None:
        filing = CONTENT.filings["genai_service_filing"]
        assert clause_in_words(filing.legal_basis[0]).zh == "生成式人工智能服务管理暂行办法第 17 条"
        assert clauses_in_words(filing).en == (
            "Interim Measures for Generative AI Services, Art. 17; Interim Measures for Generative AI Services, Art. 2, 22"
        )
        assert "第 2、22 条" in clauses_in_words(filing).zh

    def test_both_rules(self) -> None:
        said = rule_in_words(CONTENT, CONTENT.filings["mlps_testing"])
        assert said.zh.endswith("可能须办理：“服务器是否位于境内”为“是”，且“系统的等级保护级别（1–5）”等于 2")


class TestFindings:
    def test_red_and_not(self) -> None:
        facts = {"markets": ["CN"], "face_recognition": "yes", "face_only_verification": "yes"}
        found = red_findings(environment(CONTENT, facts))
        assert found["blk_face_only_verification"].red
        assert found["blk_virtual_intimacy_minors"].result == "undetermined"
        assert not red_findings(environment(CONTENT, {"face_recognition": "no"}))["blk_face_only_verification"].red

    def test_states_of_filings_count(self) -> None:
        env = environment(CONTENT, {"number_displayed": "no"}, {"algorithm_filing": "approved"})
        assert red_findings(env)["blk_missing_public_number"].red


class TestCounting:
    FACTS: dict[str, Any] = {"hosting_regions": ["CN"], "delivery_channels": ["website"], "markets": ["CN"], "mlps_level": 2}

    def decisions(self) -> dict[str, Decision]:
        return decide_all(environment(CONTENT, self.FACTS), TODAY)

    def test_rules_alone(self) -> None:
        decisions = self.decisions()
        counts = filings_counts(CONTENT, decisions)
        wanted = [name for name, decision in decisions.items() if decision.result != "not_applicable"]
        assert counts.applicable["any"] == len(wanted) == counts.listed
        assert counts.confirmed == 0
        assert "icp_filing" in counts.open_ids["before_launch"]
        assert counts.complete == {"owner": False, "due": False, "cost": False, "renewal": False}

    def test_a_recorded_decision_prevails(self) -> None:
        decisions = self.decisions()
        before = filings_counts(CONTENT, decisions)
        assert decisions["icp_license"].result == "undetermined"
        records = {"icp_license": FilingRecord("not_applicable"), "icp_filing": FilingRecord("applies", "approved")}
        after = filings_counts(CONTENT, decisions, records)
        assert after.applicable["before_launch"] == before.applicable["before_launch"] - 1
        assert after.open["before_launch"] == before.open["before_launch"] - 2
        assert after.confirmed == 2

    def test_a_rule_that_does_not_apply_may_be_recorded_all_the_same(self) -> None:
        decisions = decide_all(environment(CONTENT, {"hosting_regions": ["DE"], "markets": ["DE"]}), TODAY)
        assert decisions["icp_filing"].result == "not_applicable"
        counts = filings_counts(CONTENT, decisions, {"icp_filing": FilingRecord("applies")})
        assert "icp_filing" in counts.open_ids["before_launch"]

    def test_upcoming_is_applicable_and_never_open(self) -> None:
        facts = {"markets": ["DE"], "org_role": ["provider"], "ai_act_class": "high_risk_annex_i"}
        decisions = {"eu_ai_act_conformity_declaration": one("eu_ai_act_conformity_declaration", facts)}
        counts = filings_counts(CONTENT, decisions)
        assert (counts.applicable["before_launch"], counts.open["before_launch"]) == (1, 0)

    def test_complete_fields(self) -> None:
        decisions = {"cii_annual_assessment": one("cii_annual_assessment", {"cii_operator": "yes"})}
        counts = filings_counts(CONTENT, decisions, {"cii_annual_assessment": FilingRecord("applies", filled={"owner", "due"})})
        assert counts.complete == {"owner": True, "due": True, "cost": False, "renewal": False}
        assert filings_counts(CONTENT, {}).complete["cost"] is True

    def test_provider(self) -> None:
        provider = RuleProvider(lambda project: {"icp_filing": FilingRecord("applies", "approved")})
        env = environment(CONTENT, self.FACTS)
        assert "icp_filing" not in provider.counts(uuid.uuid4(), env, TODAY).open_ids["before_launch"]
        assert set(provider.decisions(env, TODAY)) == set(CONTENT.filings)
        assert set(provider.red_findings(env)) == set(CONTENT.blockers)
