"""How long the engine takes: loading the content, and judging everything about one project.

The limits are far above what a busy machine needs: only another order of magnitude fails. Run with ``-s`` to see the figures.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from assessments.calculators.project import ProjectInputs, outputs_of, run_all
from assessments.scoring.answers import ItemAnswer
from assessments.scoring.applying import applying_items
from assessments.scoring.context import ProjectContext
from assessments.scoring.functions import ItemRules
from assessments.scoring.gates import GateState, evaluate_gate
from assessments.scoring.readiness import readiness
from assessments.scoring.tier import derive_tier
from assessments.scoring.verdicts import judge_items
from compliance.catalogue_check.wording import every_text
from compliance.regimes.applicability import decide_all, red_findings
from compliance.regimes.counting import filings_counts
from portal.catalogue import catalogue, environment, load_catalogue
from portal.catalogue.installed import DATA
from tests.assessments.calculators.test_calculators import project
from tests.assessments.scoring.project import TODAY, answer
from tests.factories.facts import LIGHT_FACTS

CONTENT = catalogue()
LONG = "说明" * 60


def fastest(act: Callable[[], Any], times: int = 5) -> float:
    """The least of several runs, in milliseconds: what the code costs when the machine lets it."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - start)
    return best * 1000


def every_item_answered() -> dict[str, ItemAnswer]:
    """An answer of the right type for every item."""
    row: dict[str, Any] = {"number": "5", "percent": "90", "money": "100", "date": "2027-01-01", "text": "文字", "file": "f"}
    found: dict[str, ItemAnswer] = {}
    for item in CONTENT.items.values():
        cells = {name: next(iter(column.choices)) if column.choices else row[column.type] for name, column in item.fields.items()}
        value: Any = {
            "text": LONG, "number": "3", "percent": "90", "money": "100", "date": "2027-01-01", "yes_no_na": "yes",
            "single_choice": next(iter(item.choices), None), "multi_choice": list(item.choices),
            "table": [cells] * 6, "file": {"approved": True}, "computed": None,
        }[item.answer_type]  # fmt: skip
        found[item.id] = answer(item.id, value, files=1, evidence=1)
    return found


def test_cold_load() -> None:
    took = fastest(lambda: load_catalogue(DATA / CONTENT.version), 3)
    print(f"\nload: {took:.0f} ms")
    assert took < 15_000


def test_everything_about_one_project() -> None:
    answers = every_item_answered()
    facts = {**LIGHT_FACTS, "audience": ["public"], "personal_data": "sensitive", "approved_annual_budget": "100000"}

    def judge() -> None:
        env = environment(CONTENT, facts)
        decisions = decide_all(env, TODAY)
        red_findings(env)
        tier = derive_tier(env, decisions)
        rules = ItemRules(ProjectContext(env, TODAY, answers, filings=filings_counts(CONTENT, decisions)))
        verdicts = {name: one.verdict for name, one in judge_items(rules, applying_items(rules, tier.tier)).items()}
        readiness(CONTENT, verdicts)
        for gate in CONTENT.gates:
            evaluate_gate(CONTENT, gate, GateState(verdicts))

    took = fastest(judge, 10)
    print(f"\nfilings, tier, items, readiness, six gates: {took:.1f} ms")
    assert took < 400


def test_nothing_known_is_no_slower() -> None:
    def judge() -> None:
        env = environment(CONTENT, {})
        derive_tier(env, decide_all(env, TODAY))

    took = fastest(judge, 10)
    print(f"\nfilings and tier with no fact: {took:.1f} ms")
    assert took < 400


def test_calculators() -> None:
    given: ProjectInputs = project()
    outputs_of(run_all(given))
    took = fastest(lambda: run_all(given))
    print(f"\n21 calculators: {took:.1f} ms")
    assert took < 800


def test_words() -> None:
    said = list(every_text(CONTENT))
    took = fastest(lambda: [say() for _, _, say, _ in said], 2)
    print(f"\n{len(said)} rules in words: {took:.0f} ms")
    assert took / len(said) < 20
