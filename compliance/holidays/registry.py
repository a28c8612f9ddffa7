"""What slices above hang into the calendars: what a change of a year would move, and what follows once it is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.catalogue.parts import CalendarRules


@dataclass(frozen=True)
class Move:
    """One time limit whose end another calendar would move. ``old``/``new``: days."""

    title: str
    project: str
    url: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Moves:
    """What a change would move: the limits that the person may see, and how many there are in all."""

    shown: list[Move]
    total: int


# fn(calendar, year, rules, actor, slug) -> Moves: ``rules`` are those that would count.
Preview = Callable[[str, int, CalendarRules, Any, str], Moves]
# fn(calendar, year, by): runs in the transaction that saves or takes back a year.
Saved = Callable[[str, int, Any], None]
_previews: list[Preview] = []
_saved: list[Saved] = []


def register_preview(preview: Preview) -> None:
    """``preview(calendar, year, rules, actor, slug)`` says what the rules would move; it writes nothing."""
    if preview not in _previews:
        _previews.append(preview)


def previewed(calendar: str, year: int, rules: CalendarRules, actor: Any, slug: str) -> Moves:
    """All that would move."""
    found = [preview(calendar, year, rules, actor, slug) for preview in _previews]
    return Moves([move for one in found for move in one.shown], sum(one.total for one in found))


def on_saved(hook: Saved) -> None:
    """``hook(calendar, year, by)`` runs when a year was saved or taken back."""
    if hook not in _saved:
        _saved.append(hook)


def saved(calendar: str, year: int, by: Any) -> None:
    """Run the hooks."""
    for hook in _saved:
        hook(calendar, year, by)
