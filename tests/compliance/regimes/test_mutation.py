"""Every single change of a rule is noticed by a vector, and the entries of filings hold when they are tried out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from compliance.catalogue_check.entries import check_entries
from portal.catalogue import catalogue
from portal.catalogue.parts.filings import Period
from portal.core.expressions import parse
from tests.benchmarks.mutate_rules import Run, cases, equivalents, mutations, run, written


def test_no_change_of_a_rule_goes_unnoticed() -> None:
    score = run()
    assert [one.name for one in score.survivors] == [], "write a vector, or say in tests/data/equivalent_mutants.yaml why none can show it"
    assert score.total >= 850
    assert {one.name for one in score.equivalent} == set(equivalents()), "an excuse that is not needed any more"


def test_a_rule_without_its_vectors_is_told() -> None:
    """The run is no rubber stamp: without what the vectors say of a filing, its changes survive."""
    content = catalogue()
    found = Run(content, [])
    assert cases(content, []) == []
    assert not any(notices(parse(mutant.text)) for mutant, notices in found.mutants())


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("a == 'yes'", ["(a != 'yes')", "(a == 'no')"]),
        ("not (n < 3)", ["(n < 3)", "(not (n <= 3))", "(not (n < 2))", "(not (n < 4))"]),
        ("x in ['a', 'b'] or n >= 1", ["((x in ['a', 'b']) and (n >= 1))", "((x not in ['a', 'b']) or (n >= 1))",
          "((x in ['b']) or (n >= 1))", "((x in ['a']) or (n >= 1))", "((x in ['a', 'b']) or (n > 1))",
          "((x in ['a', 'b']) or (n >= 0))", "((x in ['a', 'b']) or (n >= 2))"]),
        ("d >= date('2026-01-01')", ["(d > date('2026-01-01'))", "(d >= date('2025-12-31'))", "(d >= date('2026-01-02'))"]),
    ],
)  # fmt: skip
def test_what_is_changed(rule: str, changes: list[str]) -> None:
    assert [written(tree) for _said, tree in mutations(parse(rule).tree)] == changes


def test_written_rules_mean_the_same() -> None:
    for filing in catalogue().filings.values():
        assert parse(written(filing.applies_when.tree)).names == filing.applies_when.names
        assert written(parse(written(filing.applies_when.tree)).tree) == written(filing.applies_when.tree)


def test_entries_of_filings_hold() -> None:
    report = check_entries(catalogue())
    assert report.mismatches == []
    assert all(number >= least for number, least in zip(report.counts.values(), (20, 60, 20, 30), strict=True)), report.counts


@pytest.mark.parametrize(
    ("name", "spoil", "fault"),
    [
        ("genai_service_filing", lambda one: {"identifier": replace(one.identifier, pattern="^never$")}, "is not recognised"),
        ("genai_service_filing", lambda one: {"identifier": replace(one.identifier, pattern=".*")}, "is taken for a number"),
        ("small_change", lambda one: {"clocks": (replace(one.clocks[0], n=5, unit="fortnight"),)}, "cannot be counted"),
        ("small_change", lambda one: {"recurring": (replace(RECURS, every=Period(20, "year"), due_on=None),)}, "it comes on"),
    ],
)  # fmt: skip
def test_an_entry_that_does_not_hold_is_named(name: str, spoil: Any, fault: str) -> None:
    content = catalogue()
    entry = content.filings.get(name) or next(one for one in content.filings.values() if one.clocks and one.clocks[0].n)
    spoilt = replace(content, filings={**content.filings, entry.id: replace(entry, **spoil(entry))})
    lines = check_entries(spoilt).mismatches
    assert lines
    assert all(line.startswith(f"filings/{entry.regime}.yaml: {entry.id}: ") for line in lines)
    assert any(fault in line for line in lines)


RECURS = next(one for filing in catalogue().filings.values() for one in filing.recurring)
