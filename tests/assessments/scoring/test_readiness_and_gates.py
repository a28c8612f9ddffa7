"""Scores, readiness, band, and the criteria of gates with their reasons."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from assessments.calculators.run import run
from assessments.scoring.gates import GateState, evaluate_gate
from assessments.scoring.readiness import readiness, rounded_down, shortened
from tests.assessments.scoring.project import CONTENT

ALL_PASS = dict.fromkeys(CONTENT.items, "pass")
EVERY_FLAG = {flag for gate in CONTENT.gates.values() for one in gate.criteria for flag in (one.flag, *one.flags) if flag}


def state(**changes: object) -> GateState:
    verdicts = {**ALL_PASS, **changes.pop("verdicts", {})}  # type: ignore[dict-item]
    signed = {role for gate in CONTENT.gates.values() for role in gate.approvers}
    return GateState(verdicts=verdicts, flags=changes.pop("flags", EVERY_FLAG), signed=changes.pop("signed", signed), **changes)  # type: ignore[arg-type]


class TestReadiness:
    def test_all_pass(self) -> None:
        result = readiness(CONTENT, ALL_PASS)
        assert (result.value, result.band, len(result.dimensions)) == (100, "ready", 10)

    def test_weights_and_half_points(self) -> None:
        items = CONTENT.items_by_dimension["D1"]
        verdicts = {item.id: "attention" if item.id == "D1.02" else "pass" for item in items}
        score = readiness(CONTENT, verdicts).dimensions["D1"]
        total = sum(item.weight for item in items)
        assert score.score == 100 * (total - Fraction(CONTENT.items["D1.02"].weight, 2)) / total
        assert score.shown == Decimal(score.score.numerator * 100 // score.score.denominator) / 100

    def test_what_lies_below_a_limit_never_reads_as_the_limit(self) -> None:
        just_below = replace(readiness(CONTENT, ALL_PASS), value=Fraction(84999, 1000))
        assert str(just_below.shown) == "84.99"
        assert str(replace(just_below, value=Fraction(85)).shown) == "85.00"
        assert rounded_down(Fraction(59998, 1000)) == Decimal("59.99")

    def test_not_applicable_is_left_out_and_empty_dimensions_too(self) -> None:
        result = readiness(CONTENT, {"D1.12": "na", "D2.13": "pass"})
        assert result.dimensions["D1"].score is None
        assert result.value == 100
        assert readiness(CONTENT, {}).value == 0
        assert readiness(CONTENT, {}).band == "not_ready"

    def test_only_items_due_so_far(self) -> None:
        late = next(item for item in CONTENT.items.values() if item.due_gate == "G4")
        assert readiness(CONTENT, {**ALL_PASS, late.id: "fail"}, due=["G0", "G1"]).value == 100
        assert readiness(CONTENT, {**ALL_PASS, late.id: "fail"}).value < 100

    def test_waivers(self) -> None:
        waivable = next(item for item in CONTENT.items.values() if item.blocker and item.waivable)
        fixed = next(item for item in CONTENT.items.values() if item.blocker and not item.waivable)
        verdicts = {**ALL_PASS, waivable.id: "fail"}
        assert readiness(CONTENT, verdicts).band == "blocked"
        waived = readiness(CONTENT, verdicts, waived=[waivable.id])
        assert waived.band == "ready"
        assert waived.dimensions[waivable.dimension].verdicts["waived"] == 1
        assert readiness(CONTENT, {**ALL_PASS, fixed.id: "fail"}, waived=[fixed.id]).band == "blocked"

    def test_floor_of_a_dimension(self) -> None:
        verdicts = {item.id: "fail" if item.dimension == "D10" and not item.blocker else "pass" for item in CONTENT.items.values()}
        result = readiness(CONTENT, verdicts)
        assert result.value > 85
        assert result.below_floor == ("D10",)
        assert result.band == "conditional"

    def test_agrees_with_the_calculator_of_the_content(self) -> None:
        verdicts = {name: ("pass", "attention", "fail", "open")[number % 4] for number, name in enumerate(CONTENT.items)}
        result = readiness(CONTENT, verdicts)
        dimensions = result.dimensions.values()
        calculated = run(
            CONTENT.calculators["C-READINESS"],
            {
                "dimension_weights": [one.weight for one in dimensions],
                "dimension_scores": [one.score for one in dimensions],
                "blockers_failed": len(result.blockers_failed),
                "blockers_open": len(result.blockers_open),
            },
        )
        assert calculated.steps["readiness"] == result.value
        assert calculated.outputs["band"].value == result.band


class TestGates:
    def test_open(self) -> None:
        for gate in CONTENT.gates:
            result = evaluate_gate(CONTENT, gate, state())
            assert result.open, result.failed
            assert all(one.reason.zh and one.reason.en for one in result.criteria)

    @pytest.mark.parametrize(
        ("gate", "changes", "failed", "zh"),
        [
            ("G0", {"verdicts": {"D1.11": "open"}}, "G0.1", "D1.11"),
            ("G0", {"facts_known": ["audience"]}, "G0.2", "用户、受影响的人或服务位于哪些法域"),
            ("G0", {"flags": ()}, "G0.3", "尚未确认"),
            ("G0", {"signed": ()}, "G0.4", "PMO"),
            ("G1", {"verdicts": {"D3.01": "fail"}}, "G1.2", "1 个阻断项未通过：D3.01"),
            ("G1", {"verdicts": {"D4.01": "attention"}}, "G1.3", "没有书面条件：D4.01"),
            ("G2", {"verdicts": {"D2.11": "attention"}}, "G2.5", "D2.11 为“关注”，须附书面条件"),
            ("G2", {"filings_open": {"before_activity": ("cybersecurity_review",)}, "flags": ()}, "G2.7", "“网络安全审查”"),
            ("G4", {"filings_open": {"before_launch": ("icp_filing",)}}, "G4.6", "1 项未办结"),
            ("G4", {"red_findings": ("blk_face_only_verification",)}, "G4.8", "人脸识别作为唯一验证方式"),
        ],
    )  # fmt: skip
    def test_reason(self, gate: str, changes: dict[str, object], failed: str, zh: str) -> None:
        result = evaluate_gate(CONTENT, gate, state(**changes))
        assert failed in result.failed
        reason = next(one.reason for one in result.criteria if one.id == failed)
        assert zh in reason.zh
        assert reason.en

    def test_conditions_and_flags_excuse(self) -> None:
        assert evaluate_gate(CONTENT, "G1", state(verdicts={"D4.01": "attention"}, conditions=["D4.01"])).open
        excused = state(filings_open={"practice_gate": ("algorithm_filing",)}, flags={*EVERY_FLAG, "practice_condition"})
        result = evaluate_gate(CONTENT, "G4", excused)
        assert result.open
        assert "已有书面条件" in next(one.reason.zh for one in result.criteria if one.id == "G4.7")

    def test_fallback_of_readiness(self) -> None:
        half = {item.id: "attention" if item.depth != "core" else "pass" for item in CONTENT.items.values()}
        assert 70 <= readiness(CONTENT, half).value < 85
        flags = EVERY_FLAG - {"exec_acceptance"}
        result = evaluate_gate(CONTENT, "G4", state(verdicts=half, flags=flags))
        criterion = next(one for one in result.criteria if one.kind == "readiness")
        assert not criterion.met
        assert criterion.flags == ("exec_acceptance",)
        assert "须书面接受" in criterion.reason.zh
        accepted = evaluate_gate(CONTENT, "G4", state(verdicts=half, flags={*flags, "exec_acceptance"}))
        assert next(one for one in accepted.criteria if one.kind == "readiness").met

    def test_items_that_do_not_apply_are_passed_over(self) -> None:
        light = {item.id: "pass" for item in CONTENT.items.values() if item.depth == "core" and item.id != "D2.11"}
        result = evaluate_gate(CONTENT, "G2", GateState(light, flags=EVERY_FLAG, signed=CONTENT.gates["G2"].approvers))
        assert result.open
        assert "不适用" in next(one.reason.zh for one in result.criteria if one.id == "G2.5")

    def test_only_signatures_missing(self) -> None:
        result = evaluate_gate(CONTENT, "G2", state(signed=()))
        assert not result.open
        assert result.ready_to_sign
        assert result.criteria[-1].roles == CONTENT.gates["G2"].approvers

    def test_long_lists_are_shortened(self) -> None:
        names = list(CONTENT.items)[:20]
        assert shortened(names).en.endswith("and 8 more")
        assert shortened(names[:12]).zh.endswith("D1.12")
