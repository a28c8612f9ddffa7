"""Verdicts of items, visibility, and answers as rules read them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from assessments.scoring.answers import read_answer
from assessments.scoring.applying import applications, applying_items, visibility
from assessments.scoring.context import FilingCounts
from assessments.scoring.verdicts import Waiting, judge_item, judge_items
from portal.core.expressions import EMPTY, ExpressionError, parse
from tests.assessments.scoring.project import CONTENT, answer, rules
from tests.factories.facts import LIGHT_FACTS

ITEMS = CONTENT.items


def verdict(item: str, given: object, **rest: object) -> tuple[str, str]:
    judged = judge_item(rules(answers={item: answer(item, given, **rest)}), ITEMS[item])
    return judged.verdict, judged.remark


class TestAnswers:
    def test_by_type(self) -> None:
        assert read_answer(ITEMS["D3.04"], "82.5").value == Decimal("82.5")
        assert read_answer(ITEMS["D8.07"], {"amount": "1200.10", "currency": "CNY"}).value == Decimal("1200.1")
        assert read_answer(ITEMS["D10.11"], {"value": "2027-03-01", "triggers": "新模型"}).value == dt.date(2027, 3, 1)
        assert read_answer(ITEMS["D1.08"], ["queue"]).value == ["queue"]
        table = read_answer(ITEMS["D1.02"], [{"metric": "用时", "target": "3.5", "due": "2027-01-01", "baseline": None}])
        assert table.rows == ({"metric": "用时", "target": Decimal("3.5"), "due": dt.date(2027, 1, 1), "baseline": None},)
        assert table.value is EMPTY

    def test_answered(self) -> None:
        assert not read_answer(ITEMS["D1.01"], None).answered
        assert read_answer(ITEMS["D1.02"], []).answered
        assert read_answer(ITEMS["D2.01"], None, files=1).answered
        assert read_answer(ITEMS["D2.01"], {"approved": True}).approved
        assert read_answer(ITEMS["D2.06"], {"approved": False, "testers": "7"}, files=1).fields == {"testers": 7}
        assert read_answer(ITEMS["D2.11"], None).answered  # computed items answer themselves

    def test_wrong_kind(self) -> None:
        with pytest.raises(ExpressionError, match=r"D1\.02: a table is a list of rows"):
            read_answer(ITEMS["D1.02"], "three")
        with pytest.raises(ExpressionError):
            read_answer(ITEMS["D3.04"], "most")


class TestVerdicts:
    def test_order_of_rules(self) -> None:
        long = "x" * 80
        assert verdict("D1.01", "too short") == ("fail", "")
        assert verdict("D1.01", long, evidence=1) == ("pass", "")
        assert verdict("D1.01", long) == ("attention", "")

    def test_unanswered_is_open(self) -> None:
        assert judge_item(rules(), ITEMS["D1.01"]).verdict == "open"
        assert verdict("D1.01", None) == ("open", "")

    def test_not_applicable(self) -> None:
        assert verdict("D2.13", "na") == ("na", "")
        assert verdict("D1.11", "na") == ("fail", "")  # its rules judge the answer themselves

    def test_rule_gap(self) -> None:
        nothing = parse("answer == 'never'")
        item = replace(ITEMS["D1.04"], rule=replace(ITEMS["D1.04"].rule, fail=nothing, passes=nothing, attention=nothing))
        judged = judge_item(rules(answers={"D1.04": answer("D1.04", "some")}), item)
        assert (judged.verdict, judged.remark) == ("attention", "rule_gap")

    def test_waiting_names_what_is_missing(self) -> None:
        facts = {**LIGHT_FACTS, "approved_annual_budget": "unknown"}
        judged = judge_item(rules(facts), ITEMS["D2.11"])
        assert (judged.verdict, judged.remark) == ("open", "waiting")
        assert judged.waiting == Waiting(facts=("approved_annual_budget",), outputs=("C-D2-TOKEN.annual_total",))
        judged = judge_item(rules(answers={"D1.03": answer("D1.03", "text_to_video")}), ITEMS["D1.03"])
        assert judged.waiting.items == ("D1.04",)
        judged = judge_item(rules(), ITEMS["D1.10"])
        assert judged.waiting.filings
        assert judged.waiting.names() == ("filings",)

    def test_waiting_asks_for_the_facts_behind_derived_ones(self) -> None:
        shown = visibility(rules({**LIGHT_FACTS, "audience": "unknown"}), ITEMS["D9.13"])
        assert shown.state == "visible_waiting"
        assert shown.waiting.facts == ("audience", "partners_serve_public")

    def test_broken_rule_is_an_error_of_that_item_alone(self) -> None:
        broken = replace(ITEMS["D1.04"], rule=replace(ITEMS["D1.04"].rule, fail=parse("answer > 3")))
        good = ITEMS["D1.05"]
        given = rules(answers={"D1.04": answer("D1.04", "some"), "D1.05": answer("D1.05", ["public"])})
        judged = judge_items(given, [broken, good])
        assert (judged["D1.04"].verdict, judged["D1.04"].remark) == ("open", "error")
        assert "answer > 3" in judged["D1.04"].error
        assert judged["D1.05"].verdict == "pass"

    def test_exact_shares(self) -> None:
        rows = [{"scenario": str(n), "acceptance": "x" if n < 4 else ""} for n in range(5)]
        assert verdict("D2.07", rows) == ("attention", "")  # exactly 80 %
        assert verdict("D2.07", [*rows[:4], {}, {}])[0] == "fail"

    def test_one_accountable_person_per_task(self) -> None:
        roles = ["product_owner", "business_expert", "data_engineer", "app_engineer", "test", "operations"]
        rows = [{"role": role, "person": role, "task": "t", "raci": "R"} for role in roles]
        assert verdict("D7.03", rows)[0] == "attention"
        rows[0]["raci"] = "RA"
        assert verdict("D7.03", rows)[0] == "pass"
        rows[1]["raci"] = "A"
        assert verdict("D7.03", rows)[0] == "attention"

    def test_review_date(self) -> None:
        assert verdict("D10.11", {"value": "2027-05-25", "triggers": "新模型"})[0] == "pass"
        assert verdict("D10.11", {"value": "2027-05-25"})[0] == "attention"
        assert verdict("D10.11", {"value": "2028-05-25", "triggers": "x"})[0] == "fail"
        assert verdict("D10.11", {"value": "2026-11-22", "triggers": "x"})[0] == "fail"


class TestApplying:
    def test_depth_and_condition(self) -> None:
        found = applications(rules(answers={"D7.07": answer("D7.07", "explore")}), "light")
        assert found["D1.01"].applies
        assert (found["D1.02"].applies, found["D1.02"].not_applying) == (False, "depth")
        assert (found["D5.06"].applies, found["D5.06"].not_applying) == (False, "condition")
        assert found["D7.09"].visibility.state == "hidden"

    def test_unknown_shows(self) -> None:
        found = applications(rules({}), "full")
        assert all(one.applies for one in found.values())
        assert found["D5.06"].visibility.waiting.facts == ("personal_data",)
        assert found["D1.10"].visibility.waiting.filings

    def test_a_broken_condition_never_hides(self) -> None:
        broken = replace(ITEMS["D5.06"], visible_if=parse("personal_data > 'none'"))
        shown = visibility(rules(), broken)
        assert shown.state == "visible_waiting"
        assert "no order" in shown.error

    def test_counts_of_filings(self) -> None:
        counts = FilingCounts(applicable={"before_launch": 0, "any": 2})
        names = {one.id for one in applying_items(rules(filings=counts), "standard")}
        assert "D1.10" not in names
        assert "D10.09" in names

    def test_unknown_tier(self) -> None:
        with pytest.raises(KeyError):
            applications(rules(), "gigantic")
