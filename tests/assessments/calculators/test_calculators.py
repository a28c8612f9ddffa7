# ruff: noqa: E501 - rows of a table stand on one line
"""Calculators: exact runs, formulas, inputs gathered from answers, values entered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from assessments.calculators.bindings import Binding, CalculatorBinding, bindings_for, check_bindings
from assessments.calculators.entered import EnteredValueError, engine_input, validate_entered
from assessments.calculators.formulas import input_in_words, output_in_words, parameter_in_words, show_formula, show_steps
from assessments.calculators.gather import gather_inputs
from assessments.calculators.project import ProjectInputs, outputs_of, run_all, run_calculator
from assessments.calculators.run import CalculatorRun, run
from assessments.scoring.answers import read_answer
from portal.catalogue import CatalogueError, catalogue, environment
from portal.core.expressions import EMPTY, UNKNOWN
from portal.core.expressions.values import fraction_of

CONTENT = catalogue()
CALCULATORS = CONTENT.calculators


def calculate(name: str, **inputs: object) -> CalculatorRun:
    return run(CALCULATORS[name], inputs, version=CONTENT.version)


class TestRun:
    def test_money_is_exact(self) -> None:
        result = calculate(
            "C-D2-TOKEN",
            requests_per_day=24000, days_per_month=30, in_tokens=1800, out_tokens=400, price_in_per_million=2.0,
            price_out_per_million=8, cached_share_pct=30, cache_price_factor=0.4, cloud_monthly=6500, monthly_growth_pct=5,
        )  # fmt: skip
        assert result.outputs["month_total"].value == Decimal("12568.856")
        assert result.outputs["input_cost"].value == Decimal("2125.44")
        assert result.outputs["month_total"].exact

    def test_ceilings_are_exact(self) -> None:
        assert calculate("C-D9-INST", concurrency=0.3).outputs["instances"].value == 1
        assert calculate("C-D9-INST", concurrency=Decimal("4.5")).outputs["instances"].value == 3
        assert calculate("C-D9-INST", concurrency=3).outputs["instances"].value == 2

    def test_a_rounded_output_says_so(self) -> None:
        result = calculate("C-D7-RACI", route="rag", hosting="cloud_api", audience=["internal_staff"], covered_roles=8)
        coverage = result.outputs["coverage"]
        assert not coverage.exact
        assert str(coverage.value).startswith("88.888888888888888888888888")

    def test_missing_default_and_left_out(self) -> None:
        result = calculate("C-D4-DQ", rows=1000, key_fields=2, missing_key_cells=200, duplicate_rows=100)
        assert {name: one.origin for name, one in result.inputs.items() if one.origin != "given"} == {
            "is_full_set": "default",
            "invalid_values": "left_out",
            "values_checked": "left_out",
            "inconsistent_rows": "left_out",
            "stale_rows": "left_out",
            "dirty_rows": "missing",
            "pii_kinds_undeclared": "missing",
        }
        assert result.status == "missing"
        assert result.missing == ("dirty_rows", "pii_kinds_undeclared")
        assert result.outputs["validity"].value is EMPTY
        assert result.outputs["dirty_rate"].value is UNKNOWN
        assert result.outputs["score"].value == 90

    def test_parameters_of_the_tenant(self) -> None:
        own = run(CALCULATORS["C-D9-INST"], {"concurrency": 12}, overrides={"per_instance": 3, "ghost": 1})
        assert own.outputs["instances"].value == 4
        assert own.overridden == ("per_instance",)
        assert own.parameters == {"per_instance": 3}

    def test_a_step_that_fails_ends_the_run(self) -> None:
        result = calculate("C-D9-INST", concurrency="many")
        assert result.status == "error"
        assert "instances" in result.error
        assert result.outputs["tpm_units"].value is UNKNOWN


class TestFormulas:
    def test_symbols_labels_and_numbers(self) -> None:
        steps = {one.id: one for one in show_steps(CONTENT, calculate("C-D9-INST", concurrency=12))}
        shown = steps["instances"]
        assert shown.formula.zh == "⌈并发 ÷ 每实例并发⌉"
        assert shown.formula.en == "⌈concurrency ÷ concurrent per instance⌉"
        assert shown.numbers.en == "⌈12 ÷ 1.5⌉ = 8"
        assert shown.is_output

    def test_precedence(self) -> None:
        assert show_formula(CONTENT, CALCULATORS["C-D4-DQ"], "uniqueness").zh == "100 × (1 − 重复行数 ÷ 样本行数)"

    def test_branches_say_what_decided(self) -> None:
        run_ = calculate("C-D1-SIZE", mau=30000, dau_ratio_pct=20, requests_per_active_day=4, peak_hour_share_pct=20, mean_latency_s=6)
        steps = {one.id: one for one in show_steps(CONTENT, run_)}
        assert steps["base_index"].numbers.zh == "2 < 1：不成立；2 < 10：成立 → 1"
        assert steps["base_index"].label.en == "intermediate value ①"
        assert steps["dau"].numbers.zh == "30,000 × 20 ÷ 100 = 6,000 人"

    def test_rounded_values_are_marked(self) -> None:
        steps = {one.id: one for one in show_steps(CONTENT, calculate("C-D9-CAP", max_qps=5, mean_time_s=6, failed=14, total=4080))}
        assert steps["error_rate"].numbers.en == "100 × 14 ÷ 4,080 ≈ 0.3431%"
        assert steps["headroom_pct"].value.en == "unknown"

    def test_every_step_of_every_calculator_without_inputs(self) -> None:
        for name in CALCULATORS:
            for shown in show_steps(CONTENT, calculate(name)):
                assert shown.formula.zh
                assert shown.numbers.en

    def test_values_in_words(self) -> None:
        result = calculate("C-D5-ROUTE", data_class="C1", hosting="cloud_api", external_transfer_banned="no", region_ok="yes")
        assert output_in_words(CONTENT, result, "status").zh == "允许"
        assert input_in_words(CONTENT, CALCULATORS["C-D5-ROUTE"], "hosting", "cloud_api").en == "cloud API"
        assert parameter_in_words(CALCULATORS["C-D2-TOKEN"], "contingency_pct", 15).en == "15%"


ANSWERS: dict[str, Any] = {
    "D1.06": [
        {"horizon": "launch", "mau": "1000", "dau_ratio": "10", "requests_per_active_day": "1", "peak_hour_share": "10"},
        {"horizon": "12m", "mau": "30000", "dau_ratio": "20", "requests_per_active_day": "4", "peak_hour_share": "20"},
    ],
    "D2.09": [
        {"scenario": "a", "requests_per_day": "24000", "in_tokens": "1800", "out_tokens": "400", "days_per_month": "30", "cached_share": "30"},
        {"scenario": "b", "requests_per_day": "1000", "in_tokens": "100", "out_tokens": "100", "days_per_month": "22"},
    ],
    "D2.10": [{"monthly_cost": "6000"}, {"monthly_cost": "500"}, {"resource": "未定价"}],
    "D3.01": [
        {"volume": "400000", "volume_unit": "files", "data_class": "C2"},
        {"volume": "1800", "volume_unit": "gb", "data_class": "C3"},
    ],
    "D3.06": [
        {"monthly_increment": "15000", "unit": "份", "growth": "linear"},
        {"monthly_increment": "90", "unit": "gb", "growth": "compound"},
    ],
    "D5.02": "C3",
    "D5.08": ["no_training", "retention"],
    "D5.09": "completed",
    "D6.01": [{"phase": "serving", "gpu": "8 × A100", "storage_gb": "10000", "network_mbps": "200"}],
    "D7.03": [
        {"role": "test", "person": "甲", "task": "t1", "raci": "A"},
        {"role": "security", "person": "", "task": "t1", "raci": "R"},
        {"role": "ux", "person": "乙", "task": "t2", "raci": "R"},
    ],
    "D9.01": [{"scenario": "a", "accuracy_target": "90"}, {"scenario": "b", "accuracy_target": "82"}],
    "D9.08": "undecided",
    "D9.09": [{"max_qps": "5", "latency_s": "6"}, {"max_qps": "1", "latency_s": "12"}],
    "D10.02": [{"planned": "80000", "spent": "1"}, {"planned": "60000.5", "spent": "2"}],
}  # fmt: skip
ENTERED: dict[str, dict[str, object]] = {
    "C-D2-TOKEN": {"price_in_per_million": "2", "price_out_per_million": "8", "cache_price_factor": "0.4"},
    "C-D5-ROUTE": {"external_transfer_banned": "no", "masked_to_c2": "yes"},
    "C-D2-ROUTE": {"private_knowledge": "yes"},
    "C-D8-MODE": {"instance_month_price": "20000"},
}


def project(facts: Mapping[str, Any] | None = None, **entered: Any) -> ProjectInputs:
    given = {"route": "bare", "hosting": "cloud_api", "audience": ["public"], **(facts or {})}
    answers = {name: read_answer(CONTENT.items[name], value) for name, value in ANSWERS.items()}
    return ProjectInputs(environment(CONTENT, given), answers, {**ENTERED, **entered})


def gathered(name: str, given: ProjectInputs | None = None) -> dict[str, object]:
    return {one.id: one.value for one in run_calculator(given or project(), CALCULATORS[name], {}).gathered.inputs.values()}


class TestGathering:
    def test_the_row_that_is_meant(self) -> None:
        found = gathered("C-D1-SIZE")
        assert (found["mau"], found["dau_ratio_pct"], found["mean_latency_s"]) == (30000, 20, 7)  # latency weighted by QPS

    def test_sums_by_unit_and_highest_class(self) -> None:
        assert gathered("C-D3-GROWTH")["documents"] == 400000
        assert gathered("C-D3-GROWTH")["documents_per_month"] == 15000
        assert gathered("C-D3-GROWTH")["growth"] == "compound"
        assert gathered("C-D6-STORE")["raw_gb"] == 1800
        assert gathered("C-D6-STORE")["monthly_increment_gb"] == 90
        assert gathered("C-D5-ROUTE")["max_inventory_class"] == "C3"

    def test_answers_mapped_to_values(self) -> None:
        assert gathered("C-D5-ROUTE")["region_ok"] == "yes"
        assert gathered("C-D8-MODE")["guarantee_needed"] == "no"  # undecided maps to nothing: the default holds
        assert gathered("C-D5-ROUTE")["terms_agreed"] == ["no_training", "retention"]

    def test_people_and_tasks(self) -> None:
        found = gathered("C-D7-RACI")
        assert (found["covered_roles"], found["tasks"], found["tasks_with_exactly_one_A"]) == (2, 2, 1)

    def test_lists_of_money(self) -> None:
        assert gathered("C-D10-BUDGET")["planned_lines"] == [80000, Decimal("60000.5")]
        assert gathered("C-D10-BUDGET")["spent_total"] == 3

    def test_free_text_must_be_entered(self) -> None:
        one = run_calculator(project(), CALCULATORS["C-D6-GPU"], {}).gathered.inputs["available"]
        assert one.origin == "default"
        entered = run_calculator(project(**{"C-D6-GPU": {"available": "8"}}), CALCULATORS["C-D6-GPU"], {}).gathered.inputs["available"]
        assert (entered.origin, entered.value) == ("entered", 8)

    def test_what_is_missing_says_what_to_do(self) -> None:
        found = run_calculator(ProjectInputs(environment(CONTENT, {})), CALCULATORS["C-D8-FT"], {}).gathered
        assert found.missing == ("q1_domain", "q2_labelled", "q3_evolves", "chosen_route")
        notes = {name: one.note for name, one in found.inputs.items()}
        assert notes["q1_domain"].zh == "请先回答检查项 D8.04"
        assert notes["chosen_route"].zh == "请填写事实“选定的技术路线”"
        size = run_calculator(project(), CALCULATORS["C-D4-DQ"], {}).gathered.inputs["rows"]
        assert size.note.en == "answer item D4.01 first"

    def test_entered_stands_above_the_answer(self) -> None:
        found = gathered("C-D1-SIZE", project(**{"C-D1-SIZE": {"mau": "5"}}))
        assert found["mau"] == 5

    def test_fields_beside_a_file(self) -> None:
        given = project()
        profile = {"approved": True, "rows": 1200, "key_fields": 3, "missing_key_cells": 72, "duplicate_rows": 30, "dirty_rows": 78}
        answers = {**given.answers, "D4.01": read_answer(CONTENT.items["D4.01"], profile, files=1)}
        result = run_calculator(replace(given, answers=answers), CALCULATORS["C-D4-DQ"], {})
        assert result.outputs["completeness"] == 98


class TestProject:
    def test_one_run_per_scenario_added_up(self) -> None:
        result = run_all(project())["C-D2-ROUTE"]
        assert len(result.rows) == 2
        assert result.outputs["below_recommended"] == 2  # bare model against retrieval, twice
        assert result.outputs["bare_above_80"] == 2

    def test_cost_of_other_scenarios_enters_the_first(self) -> None:
        result = run_all(project())["C-D2-TOKEN"]
        second = Decimal("1000") * 22 * 100 / 1000000 * (2 + 8)
        assert result.outputs["token_cost_month"] == Decimal("4429.44") + second
        assert result.run.status == "ok"

    def test_values_of_other_calculators(self) -> None:
        runs = run_all(project())
        assert runs["C-D9-INST"].gathered.inputs["concurrency"].value == 42
        mode = runs["C-D8-MODE"]
        assert mode.gathered.inputs["forbidden_modes"].value == ["cloud_api"]
        requests = 24000 * 30 + 1000 * 22
        cost = runs["C-D2-TOKEN"].outputs["token_cost_month"]
        per_request = mode.gathered.inputs["cost_per_request"].value
        assert fraction_of(per_request) * requests == fraction_of(cost)
        assert outputs_of(runs)["C-D8-MODE"]["excluded"] == ["cloud_api"]

    def test_nothing_known_is_no_error(self) -> None:
        runs = run_all(ProjectInputs(environment(CONTENT, {})))
        assert {one.run.status for one in runs.values()} <= {"ok", "missing"}


class TestBindings:
    def test_fit_the_content(self) -> None:
        assert check_bindings(CONTENT, bindings_for(CONTENT)) == []

    def test_faults_are_named(self) -> None:
        lines = CalculatorBinding(
            inputs={"mau": Binding(columns=("ghost",), take="guess"), "x": Binding()}, each_row_of="D0.1", lead="y", add_up=("z",)
        )
        faults = check_bindings(CONTENT, {"C-D1-SIZE": lines, "C-NONE": CalculatorBinding()})
        assert [line.partition(": ")[2] for line in faults] == [
            "C-D1-SIZE: unknown item D0.1",
            "C-D1-SIZE: unknown input y",
            "C-D1-SIZE: unknown output z",
            "C-D1-SIZE: mau: unknown take guess",
            "C-D1-SIZE: mau: item D1.06 has no column ghost",
            "C-D1-SIZE: unknown input x",
            "C-NONE: unknown calculator",
        ]

    def test_older_than_every_binding(self) -> None:
        with pytest.raises(CatalogueError, match="no file for version"):
            bindings_for(replace(CONTENT, version="2000.01.01"))

    def test_every_input_from_an_item_is_bound_or_obvious(self) -> None:
        """The general rule alone gives the whole answer or a column of the same name; everything else needs a line."""
        bound = bindings_for(CONTENT)
        for calculator in CALCULATORS.values():
            for one in calculator.inputs.values():
                item = CONTENT.items.get(one.of) if one.source == "item" else None
                line = bound.get(calculator.id, CalculatorBinding()).inputs.get(one.id)
                if item is not None and item.answer_type == "table" and line is None:
                    into = bound[calculator.id].others_into
                    assert one.id in item.fields or one.id == into, (calculator.id, one.id)


class TestEntered:
    @pytest.mark.parametrize(
        ("calculator", "name", "raw", "stored", "value"),
        [
            ("C-D2-TOKEN", "price_in_per_million", "1,200.50", "1200.5", Decimal("1200.5")),
            ("C-D2-ROUTE", "private_knowledge", "yes", "yes", "yes"),
            ("C-D4-DQ", "is_full_set", "true", True, True),
            ("C-D6-GPU", "sizes", "1, 2；4", ["1", "2", "4"], [1, 2, 4]),
            ("C-D3-RETUNE", "expected", "0.5 0.5", ["0.5", "0.5"], [Decimal("0.5"), Decimal("0.5")]),
            ("C-D7-SOURCE", "time_pressure", "５", "5", 5),
            ("C-D5-ROUTE", "hosting", "cloud_api", "cloud_api", "cloud_api"),
            ("C-D8-MODE", "forbidden_modes", ["cloud_api"], ["cloud_api"], ["cloud_api"]),
        ],
    )
    def test_accepted(self, calculator: str, name: str, raw: object, stored: object, value: object) -> None:
        one = CALCULATORS[calculator].inputs[name]
        got = validate_entered(one, raw)
        assert got == stored
        assert engine_input(one, got) == value

    @pytest.mark.parametrize(
        ("calculator", "name", "raw", "code"),
        [
            ("C-D2-TOKEN", "price_in_per_million", "dear", "not_a_number"),
            ("C-D2-TOKEN", "price_in_per_million", "-1", "negative"),
            ("C-D2-TOKEN", "price_in_per_million", " ", "empty"),
            ("C-D2-TOKEN", "price_in_per_million", "1e40", "out_of_range"),
            ("C-D7-SOURCE", "time_pressure", "6", "out_of_range"),
            ("C-D2-ROUTE", "private_knowledge", "perhaps", "not_yes_no"),
            ("C-D3-RETUNE", "expected", "0.5; half", "not_a_number"),
        ],
    )
    def test_refused(self, calculator: str, name: str, raw: object, code: str) -> None:
        with pytest.raises(EnteredValueError) as caught:
            validate_entered(CALCULATORS[calculator].inputs[name], raw)
        assert caught.value.code == code
        assert caught.value.text.zh


def test_gather_without_binding_takes_the_answer_itself() -> None:
    env = environment(CONTENT, {})
    answers = {"D8.04": read_answer(CONTENT.items["D8.04"], "yes")}
    found = gather_inputs(CALCULATORS["C-D8-FT"], answers, env, {}, {}, CalculatorBinding())
    assert found.inputs["q1_domain"].value == "yes"
    assert found.inputs["q1_domain"].note.zh == "检查项 D8.04"
