"""Where upper apps hang on: what a change of facts leads to, what happens after it, and the tabs of a project page.

Lower slices never call up; the assessing and compliance apps register here from ``AppConfig.ready``. Hooks run in the order
of their number, inside the transaction of the act that triggers them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Effect:
    """One line of the difference that a change makes, for people.

    ``kind``: item_opens, item_leaves, filing_appears, filing_leaves, filing_undetermined, tier_rises, tier_falls,
    gate_stale, red_finding, gate_ahead. ``text`` and ``reason`` are bilingual; ``weight`` orders lines (blockers first).
    """

    kind: str
    key: str
    text: Mapping[str, str]
    reason: Mapping[str, str] = field(default_factory=dict)
    weight: int = 0


class EffectsProvider(Protocol):
    """Says what a project with facts ``after`` has that one with facts ``before`` has not. ``before`` is None for a new project."""

    def __call__(self, project: Any | None, before: Facts | None, after: Facts) -> list[Effect]:
        """Lines of the difference; writes nothing."""
        ...


@dataclass(frozen=True)
class Tab:
    """One tab of the project page."""

    order: int
    key: str
    label: Any
    url_name: str
    permission: str


_effects: list[tuple[int, EffectsProvider]] = []
_registered: list[tuple[int, Callable[..., None]]] = []
_facts_saved: list[tuple[int, Callable[..., None]]] = []
_tabs: list[Tab] = []


def register_effects(order: int, provider: EffectsProvider) -> None:
    """Add a provider of difference lines."""
    _effects.append((order, provider))
    _effects.sort(key=lambda entry: entry[0])


def effects(project: Any | None, before: Facts | None, after: Facts) -> list[Effect]:
    """The whole difference, in order of the providers, weightiest lines first within each."""
    return [line for _order, provider in _effects for line in sorted(provider(project, before, after), key=lambda line: -line.weight)]


def on_project_registered(order: int, hook: Callable[..., None]) -> None:
    """``hook(project, by=user)`` runs when a project has been registered (facts and people are in place)."""
    _registered.append((order, hook))
    _registered.sort(key=lambda entry: entry[0])


def on_facts_saved(order: int, hook: Callable[..., None]) -> None:
    """``hook(project, changed={fact: (old, new)}, by=user)`` runs when facts of a project have been saved."""
    _facts_saved.append((order, hook))
    _facts_saved.sort(key=lambda entry: entry[0])


def project_registered(project: Any, *, by: Any) -> None:
    """Run the hooks for a new project."""
    for _order, hook in _registered:
        hook(project, by=by)


def facts_saved(project: Any, *, changed: Mapping[str, tuple[Any, Any]], by: Any) -> None:
    """Run the hooks for changed facts."""
    for _order, hook in _facts_saved:
        hook(project, changed=changed, by=by)


def register_tab(tab: Tab) -> None:
    """Add a tab (once per key)."""
    if all(known.key != tab.key for known in _tabs):
        _tabs.append(tab)
        _tabs.sort(key=lambda entry: entry.order)


def tabs() -> list[Tab]:
    """All tabs in order; the page shows those the person may use."""
    return list(_tabs)
