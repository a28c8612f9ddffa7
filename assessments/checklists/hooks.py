"""Where higher slices hang on to changes of a checklist: gates watch for changes that make a sign-off stale."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

_hooks: list[tuple[int, Callable[..., None]]] = []
_removal_hooks: list[Callable[[Any, Collection[str]], None]] = []


def on_answers_changed(order: int, hook: Callable[..., None]) -> None:
    """``hook(assessment, keys={item keys})`` runs inside the transaction that changed these items' content or verdict."""
    _hooks.append((order, hook))
    _hooks.sort(key=lambda entry: entry[0])


def answers_changed(assessment: Any, keys: Collection[str]) -> None:
    """Run the hooks; called by ``rescore`` and by everything that changes an answer or its evidence."""
    for _order, hook in _hooks:
        hook(assessment, keys=set(keys))


def on_items_removed(hook: Callable[[Any, Collection[str]], None]) -> None:
    """``hook(assessment, item keys)`` runs inside the transaction that moves an assessment to a version without these items."""
    _removal_hooks.append(hook)


def items_removed(assessment: Any, keys: Collection[str]) -> None:
    """Run the hooks; the assessment is locked and on the new version."""
    for hook in _removal_hooks if keys else ():
        hook(assessment, keys)
