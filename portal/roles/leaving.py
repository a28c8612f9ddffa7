"""Where upper slices hang on when a membership ends: what ends with it, and what the person leaves for somebody else to take over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Left:
    """What still hangs on a person: ``lines`` as far as the reader may see them; ``hidden`` counts the rest."""

    lines: list[dict[str, Any]]
    hidden: int = 0


_ending: list[Callable[..., None]] = []
_left: list[Callable[[Any, Any], Left]] = []


def on_member_end(hook: Callable[..., None]) -> None:
    """``hook(user, by=user)`` runs inside the act that ends a membership."""
    _ending.append(hook)


def member_ends(user: Any, *, by: Any) -> None:
    """Run the hooks for a membership that ends."""
    for hook in _ending:
        hook(user, by=by)


def register_left(provider: Callable[[Any, Any], Left]) -> None:
    """``provider(user, actor)`` says what hangs on the person, for the page of the member."""
    _left.append(provider)


def left_by(user: Any, actor: Any) -> Left:
    """Everything that hangs on the person, as far as ``actor`` may see it."""
    parts = [provider(user, actor) for provider in _left]
    return Left([line for part in parts for line in part.lines], sum(part.hidden for part in parts))
