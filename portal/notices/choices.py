"""Parts of the preferences that slices above add: a form beside the list of kinds, saved with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms


@dataclass(frozen=True)
class Choice:
    """One part: its form (built for the person, bound when the page is saved) and the act that keeps what was chosen."""

    key: str
    form: Callable[[int, Any], forms.Form]
    save: Callable[[int, dict[str, Any]], None]


_choices: list[Choice] = []


def register(choice: Choice) -> None:
    """Add a part (once per key)."""
    if all(known.key != choice.key for known in _choices):
        _choices.append(choice)


def known() -> list[Choice]:
    """All parts in the order of registration."""
    return list(_choices)
