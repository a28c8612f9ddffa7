"""Which items apply to a project: deep enough for its tier, and not hidden."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.scoring.functions import ItemRules
from assessments.scoring.verdicts import NOTHING_MISSING, Waiting, waiting_for
from portal.catalogue.parts import Item
from portal.core.expressions import UNKNOWN, ExpressionError

VISIBLE, VISIBLE_WAITING, HIDDEN = "visible", "visible_waiting", "hidden"


@dataclass(frozen=True, slots=True)
class Visibility:
    """Whether an item is shown. ``visible_waiting``: shown because what would decide it is unknown (``waiting``)."""

    state: str
    waiting: Waiting = NOTHING_MISSING
    error: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """Whether an item applies, and why not: its depth is beyond the tier, or its condition is false."""

    item: str
    applies: bool
    within_depth: bool
    visibility: Visibility

    @property
    def not_applying(self) -> str:
        """``condition``, ``depth`` or empty."""
        if self.applies:
            return ""
        return "condition" if self.visibility.state == HIDDEN else "depth"


_ALWAYS = Visibility(VISIBLE)


def visibility(rules: ItemRules, item: Item) -> Visibility:
    """Whether an item is shown: true shows it, false hides it, unknown shows it. A broken rule never hides an item."""
    if item.visible_if is None:
        return _ALWAYS
    scope = rules.for_visibility()
    try:
        value = item.visible_if.truth(scope)
    except ExpressionError as error:
        return Visibility(VISIBLE_WAITING, error=str(error))
    if value is UNKNOWN:
        names = item.visible_if.open_names(scope)
        return Visibility(VISIBLE_WAITING, waiting_for(rules, item.visible_if.evaluate(scope), names))
    return _ALWAYS if value is True else Visibility(HIDDEN)


def applications(rules: ItemRules, tier: str) -> dict[str, Application]:
    """For every item whether it applies in the tier in force. Raises ``KeyError`` for an unknown tier."""
    catalogue = rules.context.catalogue
    depths = catalogue.tiers.tier(tier).depths
    found: dict[str, Application] = {}
    for item in catalogue.items.values():
        shown = visibility(rules, item)
        within = item.depth in depths
        found[item.id] = Application(item.id, within and shown.state != HIDDEN, within, shown)
    return found


def applying_items(rules: ItemRules, tier: str) -> tuple[Item, ...]:
    """The items that apply, in listing order."""
    catalogue = rules.context.catalogue
    return tuple(catalogue.items[name] for name, one in applications(rules, tier).items() if one.applies)
