"""The character NUL: no address, form or JSON of ours holds it, and the database keeps none."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def alice(world, client):
    type(world.alice).objects.filter(pk=world.alice.pk).update(language="en")
    client.force_login(world.alice, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_form_field_with_nul_is_refused_in_words(world, alice):
    url = f"/t/xinghe/projects/{world.project.pk}/facts/"
    answer = alice.post(url, {"public_facing": "a\x00b"})
    assert answer.status_code == 400
    assert "The request could not be understood" in answer.text
    part = alice.post(url, {"public_facing": "a\x00b"}, headers={"HX-Request": "true"})
    assert part.status_code == 400
    assert "NUL" in part.text


@pytest.mark.parametrize("text", ["a\x00b", "half \ud800"])
@pytest.mark.parametrize("wrap", [lambda text: text, lambda text: {"deep": ["x", text]}, lambda text: {"deep": {text: 1}}])
def test_json_with_a_text_that_cannot_be_kept_names_the_field(world, alice, text, wrap):
    url = f"/t/xinghe/api/v1/projects/{world.project.pk}/facts/"
    answer = alice.patch(url, json.dumps({"facts": wrap(text)}), content_type="application/json")
    assert answer.status_code == 422, answer.content
    assert list(answer.json()["fields"]) == ["facts"]


def test_json_nested_without_end_is_refused(world, alice):
    url = f"/t/xinghe/api/v1/projects/{world.project.pk}/facts/"
    assert alice.patch(url, "[" * 200_000, content_type="application/json").status_code == 400
