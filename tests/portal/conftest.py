"""Fixtures of the ground's tests."""

from __future__ import annotations

from uuid import uuid4

import pytest


@pytest.fixture
def own_cache(settings):
    """A cache space of its own, so that counters of limits start at nothing and no other test sees them."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": f"test-{uuid4().hex}"}}
