"""These tests speak English: the sentences they look for, and the browsers of strangers."""

from __future__ import annotations

import pytest
from django.utils import translation

from tests.portal.browsers import EnglishClient


@pytest.fixture(autouse=True)
def in_english():
    """Sentences of actions in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def client() -> EnglishClient:
    """A stranger who reads English."""
    return EnglishClient()
