"""What browsers and programs send that cannot be used: a sentence at the field, nothing lost, never a fault of ours."""

from __future__ import annotations

import json

import pytest

from assessments.checklists.actions import evidence as evidence_actions
from assessments.checklists.actions.evidence import add_evidence
from tests.assessments.checklists.doors import client_of, stored


@pytest.mark.parametrize("body", [[], ["x"], "text", 7, {"items": "D1.01"}, {"items": [1]}, {"items": {"a": 1}}])
def test_the_api_refuses_bodies_of_another_shape(checklist, body):
    client = client_of(checklist.alice)
    base = f"/t/xinghe/api/v1/projects/{checklist.project.pk}"
    send = {"content_type": "application/json"}
    text = json.dumps({"kind": "note", "text": "x", **body} if isinstance(body, dict) else body)
    assert client.post(f"{base}/evidence/", text, **send).status_code == 422
    if not isinstance(body, dict):
        assert client.post(f"{base}/items/D1.01/comments/", text, **send).status_code == 422
        assert client.put(f"{base}/items/D1.01/answer/", text, **send).status_code == 422


def test_null_items_are_none_and_a_comment_is_text(checklist):
    client = client_of(checklist.alice)
    base = f"/t/xinghe/api/v1/projects/{checklist.project.pk}"
    send = {"content_type": "application/json"}
    note = json.dumps({"kind": "note", "text": "x", "items": None, "expires_on": None})
    assert client.post(f"{base}/evidence/", note, **send).status_code == 201
    said = client.post(f"{base}/items/D1.01/comments/", json.dumps({"body": ["x"], "mentioned": None}), **send)
    assert said.status_code == 422
    assert list(said.json()["fields"]) == ["body"]


@pytest.mark.parametrize("count", ["²", "9" * 5000])
def test_a_strange_number_of_rows_is_no_fault_of_ours(checklist, base, count):
    typed = {"rows-count": count, "version": "1", "rows-0-baseline": "much"}
    assert client_of(checklist.alice).post(f"{base}/items/D1.02/answer/", typed).status_code < 500


def test_a_proof_that_cannot_be_changed_like_this_keeps_what_was_typed(checklist, base):
    client = client_of(checklist.alice)
    with checklist.actor(checklist.alice) as alice:
        proof = add_evidence(checklist.project, kind="note", text="x", by=alice)
    typed = {"name": "A better name", "expires_on": "2001-01-01", "personal_data": "on"}
    page = client.post(f"{base}/evidence/{proof.pk}/change/", typed)
    assert page.status_code == 422
    for words in ('value="A better name"', 'value="2001-01-01"', "This date is past", f'id="x-{proof.pk}-fault"'):
        assert words in page.text
    page = client.post(f"{base}/evidence/{proof.pk}/change/", {"name": " ", "expires_on": "soon"})
    assert page.status_code == 422
    assert 'value="soon"' in page.text


def test_attaching_several_proofs_scores_once(checklist, base, monkeypatch):
    client = client_of(checklist.alice)
    with checklist.actor(checklist.alice) as alice:
        proofs = [add_evidence(checklist.project, kind="note", text=text, by=alice) for text in "abc"]
    scored = []
    right = evidence_actions.rescore
    monkeypatch.setattr(evidence_actions, "rescore", lambda *given, **more: scored.append(1) or right(*given, **more))
    chosen = {"evidence": [str(proof.pk) for proof in proofs]}
    assert client.post(f"{base}/items/D1.01/evidence/attach/", chosen).status_code == 303
    assert scored == [1]
    assert stored(checklist, "D1.01").evidence_count == 3
