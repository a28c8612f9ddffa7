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

    ``kind``, what is at stake: red_finding, red_finding_gone, tier_rises, tier_falls, tier_grounds (same tier, other grounds),
    item_opens, item_leaves, filing_appears (required or likely now), filing_undetermined, filing_leaves, decision_lapses,
    gate_stale; for a project to be: tier_set, items_ahead (key: dimension), gate_ahead, and filings as above.
    ``text`` and ``reason`` are bilingual; ``weight`` orders lines (blockers first); ``data`` is plain data for pages and the API
    (``result``, ``gate``, ``clauses``, ``count``, ``old``, ``new`` …).
    """

    kind: str
    key: str
    text: Mapping[str, str]
    reason: Mapping[str, str] = field(default_factory=dict)
    weight: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)


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


@dataclass(frozen=True)
class Panel:
    """A part of the overview page that an upper app brings.

    ``build(request, project)`` returns (template, context) or None when there is nothing to show; ``place`` is ``main`` or ``side``.
    """

    order: int
    key: str
    permission: str
    build: Callable[[Any, Any], tuple[str, Mapping[str, Any]] | None]
    place: str = "main"


@dataclass(frozen=True)
class NextStep:
    """What the person should do next in a project: a sentence and, where there is one, the button that leads there."""

    sentence: Any
    url: str = ""
    label: Any = ""
    tone: str = "info"


ClockTile = Callable[[Any, Any], tuple[Mapping[str, Any], list[dict[str, Any]]]]

_effects: list[tuple[int, EffectsProvider]] = []
_panels: list[Panel] = []
_next_steps: list[tuple[int, Callable[[Any, Any], NextStep | None]]] = []
_clock_tiles: list[ClockTile] = []
_workload: list[tuple[int, Callable[[Any], list[Mapping[str, Any]]]]] = []
_registered: list[tuple[int, Callable[..., None]]] = []
_facts_saved: list[tuple[int, Callable[..., None]]] = []
_stage_refusals: list[Callable[[Any, str], str]] = []
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


def refuse_stage(check: Callable[[Any, str], str]) -> None:
    """``check(project, to_stage)`` says why the project, locked, cannot move to a stage, or "". Asked by every act that moves one."""
    _stage_refusals.append(check)


def stage_refusal(project: Any, to_stage: str) -> str:
    """The first reason against a stage; empty for none."""
    return next((said for said in (check(project, to_stage) for check in _stage_refusals) if said), "")


def register_tab(tab: Tab) -> None:
    """Add a tab (once per key)."""
    if all(known.key != tab.key for known in _tabs):
        _tabs.append(tab)
        _tabs.sort(key=lambda entry: entry.order)


def tabs() -> list[Tab]:
    """All tabs in order; the page shows those the person may use."""
    return list(_tabs)


def register_panel(panel: Panel) -> None:
    """Add a panel to the overview page (once per key)."""
    if all(known.key != panel.key for known in _panels):
        _panels.append(panel)
        _panels.sort(key=lambda entry: entry.order)


def panels(place: str) -> list[Panel]:
    """The panels of one place in order; the page shows those the person may use."""
    return [panel for panel in _panels if panel.place == place]


def register_next_step(order: int, provider: Callable[[Any, Any], NextStep | None]) -> None:
    """``provider(request, project)`` says what comes next, or None; the first that answers wins.

    Every project page asks, so a provider reads ``project.summary`` and costs no query of its own.
    """
    _next_steps.append((order, provider))
    _next_steps.sort(key=lambda entry: entry[0])


def next_step(request: Any, project: Any) -> NextStep | None:
    """The next step for this person in this project."""
    for _order, provider in _next_steps:
        step = provider(request, project)
        if step is not None:
            return step
    return None


def register_workload(order: int, provider: Callable[[Any], list[Mapping[str, Any]]]) -> None:
    """``provider(actor)`` returns at most 20 people with their open work: ``user_id, name, open, overdue`` (numbers of items)."""
    _workload.append((order, provider))
    _workload.sort(key=lambda entry: entry[0])


def workload(actor: Any) -> list[Mapping[str, Any]]:
    """Open work per person as the assessing app counts it; empty while no app has registered."""
    return [row for _order, provider in _workload for row in provider(actor)]


def register_clock_tile(provider: ClockTile) -> None:
    """``provider(request, beside)`` fills the portfolio's tile of legal time limits (context of ``ui/tile.html``) with one query.

    ``beside`` is a query set of dicts that the same query answers too (plain JSON), so that the tile costs the page no query of its own:
    returns (tile, rows). The compliance app knows working days and what each limit is for; without it the tile goes by dates alone.
    """
    _clock_tiles.append(provider)


def clock_tile(request: Any, beside: Any) -> tuple[Mapping[str, Any], list[dict[str, Any]]] | None:
    """The tile of the first provider with the rows of ``beside``; None where nobody registered."""
    return _clock_tiles[0](request, beside) if _clock_tiles else None
