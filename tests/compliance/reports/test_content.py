"""The contract of a frozen revision: one byte form, one hash, faults named by place."""

import hashlib
import json

import pytest

from assessments.gates.content import DecisionRecord, canonical_json, content_sha256, problems, signoff_record
from tests.compliance.reports.sample import light_content, sample_content, sample_decision, sample_draft


def test_canonical_json_sorts_keys_and_normalises_text():
    assert (
        canonical_json({"b": "e\u0301", "a": [1, True, None, {"z": "", "y": "中"}]})
        == '{"a":[1,true,null,{"y":"中","z":""}],"b":"é"}'.encode()
    )


def test_the_same_content_in_another_order_has_the_same_hash():
    assert content_sha256({"a": 1, "b": {"c": "é", "d": 2}}) == content_sha256({"b": {"d": 2, "c": "e\u0301"}, "a": 1})


def test_hash_survives_a_round_trip_through_json(catalogue):
    content = sample_content(catalogue)
    assert content_sha256(json.loads(json.dumps(content))) == content_sha256(content)


@pytest.mark.parametrize(
    ("value", "place"),
    [({"a": [0, 1.5]}, r"\$\.a\[1\]"), ({"a": {1: 2}}, r"\$\.a"), ({"a": (1,)}, r"\$\.a"), ({"a": {"b": {1}}}, r"\$\.a\.b")],
)
def test_what_is_not_plain_json_is_refused_by_place(value, place):
    with pytest.raises(TypeError, match=place):
        canonical_json(value)


def test_keys_that_fall_together_are_refused():
    with pytest.raises(ValueError, match="two keys"):
        canonical_json({"é": 1, "e\u0301": 2})


def test_the_samples_fit_the_schema(catalogue):
    content = sample_content(catalogue)
    assert problems(content) == []
    assert problems(light_content(catalogue)) == []
    assert problems(sample_decision(content), DecisionRecord) == []
    assert problems(sample_draft(content), DecisionRecord) == []


def test_problems_names_missing_foreign_and_wrong_values(catalogue):
    content = sample_content(catalogue)
    del content["items"][3]["value"]
    content["gate"]["kind"] = "half"
    content["project"]["sponsor"] = "林国强"
    content["extra"] = 1
    assert problems(content) == [
        "$.extra: not in the schema",
        "$.project.sponsor: expected an object",
        "$.gate.kind: 'half' is not one of 'full', 'delta'",
        "$.items[3].value: missing",
    ]


def test_the_record_binds_decision_to_revision(catalogue):
    content = sample_content(catalogue)
    decision = sample_decision(content)
    record = signoff_record(content, decision)
    assert record["revision_sha256"] == content_sha256(content)
    assert hashlib.sha256(canonical_json(record)).hexdigest() == content_sha256(record)
    content["project"]["purpose"] += "。"
    with pytest.raises(ValueError, match="another revision"):
        signoff_record(content, decision)
