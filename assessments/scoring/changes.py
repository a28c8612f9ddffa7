"""What a change of facts, of a raise or of answers does: items that open, gates whose decision goes stale."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from portal.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Side:
    """A project before or after a change: the tier in force and the items that apply."""

    tier: str
    applying: Collection[str]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of tier and applying items.

    ``appearing`` and ``vanishing``: items that apply now and did not before, and the reverse; ``opened``: the appearing
    ones if the tier rose (they open as unanswered); ``stale``: gates decided before that ask for one of the opened items.
    """

    tier_before: str
    tier_after: str
    rises: bool
    falls: bool
    appearing: tuple[str, ...]
    vanishing: tuple[str, ...]
    opened: tuple[str, ...]
    stale: tuple[str, ...]


def compare(catalogue: Catalogue, before: Side, after: Side, decided: Iterable[str] = ()) -> Change:
    """The change between two sides; ``decided``: gates with a positive decision. A fall makes nothing stale."""
    order_before, order_after = (catalogue.tiers.tier(side.tier).order for side in (before, after))
    appearing = tuple(name for name in catalogue.items if name in after.applying and name not in before.applying)
    vanishing = tuple(name for name in catalogue.items if name in before.applying and name not in after.applying)
    opened = appearing if order_after > order_before else ()
    return Change(
        tier_before=before.tier,
        tier_after=after.tier,
        rises=order_after > order_before,
        falls=order_after < order_before,
        appearing=appearing,
        vanishing=vanishing,
        opened=opened,
        stale=stale_gates(catalogue, decided, opened),
    )


def stale_gates(catalogue: Catalogue, decided: Iterable[str], opened: Collection[str]) -> tuple[str, ...]:
    """Decided gates whose decision no longer covers the project: one of the opened items is due up to them."""
    due = {catalogue.items[name].due_gate for name in opened}
    return tuple(gate for gate in decided if due & set(catalogue.gates[gate].due_upto))
