"""Explanations: every result says why, in both languages."""

from __future__ import annotations

import pytest

from assessments.scoring import registry
from assessments.scoring.explain import (
    explain_criterion,
    explain_dimension,
    explain_readiness,
    explain_tier,
    explain_verdict,
    rules_of_item,
)
from assessments.scoring.gates import GateState, evaluate_gate
from assessments.scoring.readiness import readiness
from assessments.scoring.registry import NoFilingProvider, filing_provider, register_filing_provider
from assessments.scoring.tier import derive_tier
from assessments.scoring.verdicts import Verdict, judge_item
from compliance.regimes.applicability import decide_all
from portal.catalogue import environment
from tests.assessments.scoring.project import CONTENT, TODAY, answer, context, rules
from tests.factories.facts import LIGHT_FACTS

ITEMS = CONTENT.items


class TestVerdict:
    def test_says_rule_inputs_and_version(self) -> None:
        rows = [{"name": "a", "monthly_increment": "5"}, {"name": "b"}]
        given = context(answers={"D3.06": answer("D3.06", rows)})
        item = ITEMS["D3.06"]
        why = explain_verdict(given, item, judge_item(rules(answers=given.answers), item))
        assert (why.result, why.result_text.zh) == ("fail", "未通过")
        assert why.sentence.zh == "结论为“未通过”，因为没有填写任何一行，或并非每行都填写了“月增量”"
        assert why.rule_text == item.rule.fail.text
        assert [(one.label.zh, one.value.zh) for one in why.inputs] == [("行数", "2")]
        assert why.version == "2026.11.23"

    def test_facts_items_and_calculators_are_inputs(self) -> None:
        outputs = {"C-D2-TOKEN": {"annual_total": 120}}
        given = context({**LIGHT_FACTS, "approved_annual_budget": "100"}, outputs=outputs)
        item = ITEMS["D2.11"]
        judged = judge_item(rules({**LIGHT_FACTS, "approved_annual_budget": "100"}, outputs=outputs), item)
        why = explain_verdict(given, item, judged)
        assert why.result == "fail"
        assert {(one.source, one.value.en) for one in why.inputs} == {("calc", "120"), ("fact", "100")}

    def test_parameters_carry_their_origin(self) -> None:
        given = rules(outputs={"C-D10-BUDGET": {"share_pct": 9}})
        why = explain_verdict(given.context, ITEMS["D10.03"], judge_item(given, ITEMS["D10.03"]))
        assert [(one.value.en, one.origin.en) for one in why.parameters] == [("8%", "design proposal, adjustable")]

    def test_waiting_says_for_what(self) -> None:
        given = rules({**LIGHT_FACTS, "approved_annual_budget": "unknown"})
        why = explain_verdict(given.context, ITEMS["D2.11"], judge_item(given, ITEMS["D2.11"]))
        assert why.sentence.zh == "尚待：“已批准的年度预算”、“Token 与总费用”的“年总费用”"

    @pytest.mark.parametrize(
        ("verdict", "zh"),
        [
            (Verdict("D1.01", "open"), "尚未作答"),
            (Verdict("D1.01", "na"), "答案为“不适用”"),
            (Verdict("D1.01", "attention", "rule_gap"), "没有规则完全符合，请人工确认"),
            (Verdict("D1.01", "open", "error"), "规则无法计算，已通知管理员"),
        ],
    )
    def test_other_remarks(self, verdict: Verdict, zh: str) -> None:
        assert explain_verdict(context(), ITEMS["D1.01"], verdict).sentence.zh == zh

    def test_every_item_can_be_explained_unanswered_and_waiting(self) -> None:
        given = rules({})
        for item in ITEMS.values():
            why = explain_verdict(given.context, item, judge_item(given, item))
            assert why.sentence.zh
            assert why.sentence.en
            assert all(one.label.zh and one.value.zh for one in why.inputs), item.id

    def test_three_rules_in_words(self) -> None:
        assert list(rules_of_item(CONTENT, ITEMS["D1.01"])) == ["pass", "attention", "fail"]


class TestScores:
    def test_dimension(self) -> None:
        result = readiness(CONTENT, {"D1.01": "pass", "D1.05": "attention"})
        why = explain_dimension(CONTENT, result.dimensions["D1"])
        assert why.sentence.zh.startswith("100 × ")
        assert len(why.inputs) == 2
        assert explain_dimension(CONTENT, result.dimensions["D2"]).sentence.en == "no applying item counts"

    @pytest.mark.parametrize(
        ("default", "changes", "band", "zh"),
        [
            ("pass", {}, "ready", "不低于 85"),
            ("pass", {"D1.01": "fail"}, "blocked", "阻断项未通过或未答：D1.01"),
            ("attention", {}, "not_ready", "低于 70"),
        ],
    )
    def test_readiness(self, default: str, changes: dict[str, str], band: str, zh: str) -> None:
        result = readiness(CONTENT, {**dict.fromkeys(ITEMS, default), **changes})
        why = explain_readiness(CONTENT, result)
        assert why.result == band
        assert zh in why.sentence.zh
        assert len(why.inputs) == 10
        assert {one.id for one in why.parameters} == {"C-READINESS.ready", "C-READINESS.conditional", "C-READINESS.dimension_floor"}

    def test_criterion(self) -> None:
        result = evaluate_gate(CONTENT, "G4", GateState(dict.fromkeys(ITEMS, "fail"), facts_known=()))
        for one in result.criteria:
            why = explain_criterion(CONTENT, result, one)
            assert why.title.zh
            assert why.sentence.en
            assert why.result == ("met" if one.met else "not_met")

    def test_tier(self) -> None:
        for facts, zh in (
            (LIGHT_FACTS, "属于“简易档”，因为以下条件全部满足"),
            ({**LIGHT_FACTS, "face_recognition": "yes"}, "属于“完整档”，因为“较大规模的敏感个人信息，或生物识别”"),
            ({}, "属于“标准档”，因为以下条件未满足或尚不清楚"),
        ):
            env = environment(CONTENT, facts)
            why = explain_tier(env, derive_tier(env, decide_all(env, TODAY)))
            assert why.sentence.zh.startswith(zh)
            assert why.inputs
        env = environment(CONTENT, LIGHT_FACTS)
        raised = derive_tier(env, decide_all(env, TODAY), "full")
        assert explain_tier(env, raised).sentence.zh == "由人工提高为“完整档”"


def test_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_providers", [])
    with pytest.raises(NoFilingProvider):
        filing_provider()
    provider = object()
    register_filing_provider(provider)  # type: ignore[arg-type]
    assert filing_provider() is provider
