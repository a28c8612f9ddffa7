"""Limited doors while the cache is away: shut, and said so."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories.cast import PASSWORD
from tests.portal.browsers import EnglishClient


@pytest.fixture
def no_cache(settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "unix:///nonexistent/redis.sock"}}


@pytest.mark.usefixtures("no_cache")
def test_signing_in_while_the_cache_is_away_is_no_matter_of_too_many_attempts(world):
    client = EnglishClient()
    answer = client.post(reverse("account_login"), {"login": "alice@tenfold.example", "password": PASSWORD})
    assert answer.status_code == 503
    assert "Try again in a moment" in answer.content.decode()
    assert client.get("/t/xinghe/notices/").status_code == 302


@pytest.mark.usefixtures("no_cache")
def test_so_is_an_invitation(world):
    assert EnglishClient().get("/invitation/nothing/").status_code == 503


def test_the_icon_is_found_at_the_usual_place(db, client):
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert answer["Location"].endswith(".svg")
    assert "max-age=86400" in answer["Cache-Control"]
