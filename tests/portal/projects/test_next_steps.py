"""The sentence that says what comes next, from the counters alone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from portal.projects import next_steps


def project(**counters: Any) -> SimpleNamespace:
    """A live project with these counters; all others are nought."""
    usual = {"stale_gates": 0, "gate_waiting": False, "open_blockers": 0, "items_total": 0, "items_answered": 0, "next_gate": "G5"}
    return SimpleNamespace(pk=1, stage="live", stage_reason="", summary=SimpleNamespace(**{**usual, **counters}))


@pytest.mark.parametrize(
    ("counters", "words"),
    [
        ({"stale_gates": 1}, "a delta round renews it"),
        ({"stale_gates": 1, "gate_waiting": True}, "a round is open and waits"),
        ({"gate_waiting": True}, "G5 waits for signatures"),
    ],
)
def test_a_renewal_under_way_is_not_asked_for_again(counters: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(next_steps, "project_permissions_of", lambda _actor, _project: frozenset())
    step = next_steps.default_step(SimpleNamespace(actor=None), project(**counters))
    assert step is not None
    assert words in step.sentence
