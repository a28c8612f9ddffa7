"""What the report writes for results, formulas, approvals and events: words that its fonts can draw, never codes."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.reports.characters import drawable
from compliance.reports.view.answers import answer_html
from compliance.reports.view.closing import changes_table, event_table
from compliance.reports.view.common import Record
from compliance.reports.view.decision import criteria_table
from compliance.reports.view.figures import _formula
from compliance.reports.voice import Voice
from portal.audit.sentences import in_words
from tests.compliance.reports.sample import sample_content, sample_decision


@pytest.fixture(params=["zh", "en"])
def record(catalogue: Any, request: pytest.FixtureRequest) -> Record:
    content = sample_content(catalogue)
    return Record(content, sample_decision(content), catalogue, Voice(request.param))


def test_every_formula_of_the_catalogue_can_be_drawn(record: Record) -> None:
    points = drawable()
    for calculator in record.catalogue.calculators.values():
        for label, text in _formula(record, calculator):
            assert not [sign for sign in f"{label}{text}" if ord(sign) not in points and not sign.isspace()], calculator.id
            assert "[U+" not in text
            assert "if_else" not in text


def test_a_result_is_said_in_words(record: Record) -> None:
    assert record.code("call_api")["en"] == "call an API"
    assert record.code("good")["en"] == "good"
    assert record.code("12.5") == "12.5"
    assert record.code("a name of one's own") == "a name of one's own"


def test_the_box_of_an_approval_has_a_name(record: Record) -> None:
    item = record.catalogue.items["D5.06"]
    assert str(answer_html(record, item, {"approved": True})) in ("已批准：是", "approved: yes")


def test_a_changed_proof_is_named_by_its_number_and_items(record: Record) -> None:
    entry = next(one for one in record.content["changes"]["entries"] if one["kind"] == "evidence")
    proof = next(one for one in record.content["evidence"] if one["id"] == entry["ref"])
    whats = [str(row[1]) for row in changes_table(record).rows]
    assert f"{record.evidence_numbers[proof['id']]} {' '.join(proof['items'])}" in whats
    entry["ref"] = "0190cd1e-0000-7000-8000-000000000000"  # taken away since: it has no number in this revision
    assert not any("0190cd1e" in str(row[1]) for row in changes_table(record).rows)


def test_an_event_is_a_sentence(record: Record) -> None:
    one = {
        "at": "2026-11-20T02:00:00Z",
        "actor": "Pam",
        "verb": "assessments.item.approved",
        "object": "D1.01",
        "detail": in_words("assessments.item.approved", {"item": "D1.01", "hash": "0" * 64}),
    }
    record.content["audit"]["extract"] = [one]  # type: ignore[index]
    row = event_table(record).rows[0]
    assert "D1.01" in row[2]
    assert "assessments." not in row[2]
    assert "0000" not in row[2]


def test_a_decided_gate_says_that_all_have_signed(record: Record) -> None:
    """The freeze comes before the signatures: its criterion still waits, the report of the decision does not."""
    gate = record.catalogue.gates[record.content["gate"]["id"]]
    key = next(one.id for one in gate.criteria if one.kind == "approvals")
    record.content["criteria"] = [{"id": key, "result": "pending", "reason": {"zh": "待签署", "en": "still to sign"}, "items": []}]  # type: ignore[typeddict-item]
    record.decision["missing"] = []
    (row,) = criteria_table(record).rows
    assert "待签署" not in row[2]
    assert "still to sign" not in row[2]
    record.decision["outcome"] = None
    (row,) = criteria_table(record).rows
    assert "待签署" in row[2] or "still to sign" in row[2]
