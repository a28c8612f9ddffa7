"""Every refusal says something, to programs too."""

from __future__ import annotations

import json

import pytest
from django.test import RequestFactory
from django.utils import translation

from portal.core import error_views, errors


@pytest.mark.parametrize("refusal", [errors.Refused, *errors.Refused.__subclasses__()])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_refusal_without_a_sentence_has_one_for_programs(refusal, language):
    with translation.override(language):
        answer = error_views.refusal_response(RequestFactory().get("/t/x/api/v1/y/"), refusal())
    body = json.loads(answer.content)
    assert answer.status_code == body["status"] == refusal.status
    assert body["title"]
    assert body["title"].isascii() is (language == "en")


@pytest.mark.parametrize(
    "view", [error_views.bad_request, error_views.permission_denied, error_views.page_not_found, error_views.server_error]
)
def test_error_pages_have_one_too(view):
    assert json.loads(view(RequestFactory().get("/api/")).content)["title"]


def test_an_action_has_the_last_word():
    assert error_views.problem_body(errors.Conflict("Taken."))["title"] == "Taken."
