"""What all tests with a browser share: patience that a busy machine needs."""

from __future__ import annotations

from playwright.sync_api import expect

__all__ = ["PATIENCE_MS", "expect"]
PATIENCE_MS = 30_000
# Playwright's own five seconds are too short while other tests keep the machine busy.
expect.set_options(timeout=PATIENCE_MS)
