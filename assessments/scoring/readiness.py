"""Scores of dimensions, readiness of the project, and its band.

Only applying items due at or before the gate count; *not applicable* is left out. Limits are parameters of the readiness
calculator of the catalogue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from assessments.scoring.verdicts import ATTENTION, FAIL, NA, OPEN, PASS
from portal.catalogue import Catalogue, Text
from portal.catalogue.parts import Item, same
from portal.catalogue.words import listed
from portal.core.expressions.values import fraction_of

CALCULATOR = "C-READINESS"
WAIVED = "waived"
POINTS: Mapping[str, Fraction] = {
    PASS: Fraction(1),
    ATTENTION: Fraction(1, 2),
    WAIVED: Fraction(1, 2),
    FAIL: Fraction(0),
    OPEN: Fraction(0),
}
_HALVES = {verdict: int(2 * points) for verdict, points in POINTS.items()}
READY, CONDITIONAL, NOT_READY, BLOCKED = "ready", "conditional", "not_ready", "blocked"
_CENT = Decimal("0.01")
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class CountedItem:
    """An item in a score: its verdict (``waived`` where a waiver counts), its weight, and 0, ½ or 1."""

    item: str
    verdict: str
    weight: int
    points: Fraction


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """Score 0–100 of a dimension (None if nothing counted) and the verdicts behind it, ``waived`` among them."""

    dimension: str
    weight: int
    score: Fraction | None
    items: tuple[CountedItem, ...]
    verdicts: Mapping[str, int]
    blockers_failed: tuple[str, ...]
    blockers_open: tuple[str, ...]

    @property
    def shown(self) -> Decimal | None:
        """The score to two places, rounded down."""
        return None if self.score is None else rounded_down(self.score)

    @property
    def applying(self) -> int:
        """Number of applying items due so far."""
        return sum(self.verdicts.values())

    @property
    def answered(self) -> int:
        """Number of those that are not open."""
        return self.applying - self.verdicts.get(OPEN, 0)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Readiness 0–100 (0 if no dimension counted), its band, and the dimensions."""

    value: Fraction
    band: str
    upto: tuple[str, ...]
    dimensions: Mapping[str, DimensionScore]
    blockers_failed: tuple[str, ...]
    blockers_open: tuple[str, ...]
    ready_from: Fraction
    conditional_from: Fraction
    floor: Fraction

    @property
    def shown(self) -> Decimal:
        """Readiness to two places, rounded down."""
        return rounded_down(self.value)

    @property
    def below_floor(self) -> tuple[str, ...]:
        """Dimensions whose score is below the floor."""
        return tuple(one.dimension for one in self.dimensions.values() if one.score is not None and one.score < self.floor)


def two_places(number: Fraction) -> Decimal:
    """A number rounded to two places, halves up."""
    return (Decimal(number.numerator) / Decimal(number.denominator)).quantize(_CENT, ROUND_HALF_UP)


def rounded_down(points: Fraction) -> Decimal:
    """Points from 0 to 100 to two places, rounded down: what lies below a limit never reads as the limit."""
    return Decimal(points.numerator * 100 // points.denominator).scaleb(-2)


def shortened(names: Sequence[str]) -> Text:
    """Ids in one line: the first twelve, and how many more there are."""
    said = listed([same(name) for name in names[:_MOST_NAMED]])
    rest = len(names) - _MOST_NAMED
    if rest <= 0:
        return said
    return Text("{said} 等", "{said} and {n} more").fill(said=said, n=str(rest))


def effective_verdict(item: Item, verdict: str, waived: Collection[str]) -> str:
    """The verdict that counts: a waiver covers fail, attention and open of an item that may be waived."""
    if item.id in waived and item.waivable and verdict in (FAIL, ATTENTION, OPEN):
        return WAIVED
    return verdict


def parameter(catalogue: Catalogue, name: str) -> Fraction:
    """A limit of the readiness calculator."""
    return fraction_of(catalogue.calculators[CALCULATOR].parameters[name].value)


def readiness(
    catalogue: Catalogue,
    verdicts: Mapping[str, str],
    *,
    waived: Collection[str] = (),
    due: Collection[str] | None = None,
) -> Readiness:
    """Readiness over the verdicts of the applying items, those due at one of the ``due`` gates (all by default)."""
    upto = tuple(gate for gate in catalogue.gates if due is None or gate in due)
    dimensions: dict[str, DimensionScore] = {}
    for dimension in catalogue.dimensions.values():
        items = [item for item in catalogue.items_by_dimension[dimension.id] if item.id in verdicts and item.due_gate in upto]
        dimensions[dimension.id] = _dimension(dimension.id, dimension.weight, items, verdicts, waived)
    scored = [(one.weight, one.score) for one in dimensions.values() if one.score is not None]
    total = sum(weight for weight, _ in scored)
    value = sum((weight * score for weight, score in scored), Fraction(0)) / total if total else Fraction(0)
    failed = tuple(name for one in dimensions.values() for name in one.blockers_failed)
    open_ = tuple(name for one in dimensions.values() for name in one.blockers_open)
    ready, conditional, floor = (parameter(catalogue, name) for name in ("ready", "conditional", "dimension_floor"))
    if failed or open_:
        band = BLOCKED
    elif value >= ready and all(score >= floor for _, score in scored):
        band = READY
    else:
        band = CONDITIONAL if value >= conditional else NOT_READY
    return Readiness(value, band, upto, dimensions, failed, open_, ready, conditional, floor)


def _dimension(dimension: str, weight: int, items: list[Item], verdicts: Mapping[str, str], waived: Collection[str]) -> DimensionScore:
    effective = {item.id: effective_verdict(item, verdicts[item.id], waived) for item in items}
    counted = tuple(
        CountedItem(item.id, effective[item.id], item.weight, POINTS[effective[item.id]]) for item in items if effective[item.id] != NA
    )
    total = sum(one.weight for one in counted)
    halves = sum(one.weight * _HALVES[one.verdict] for one in counted)
    return DimensionScore(
        dimension=dimension,
        weight=weight,
        score=Fraction(100 * halves, 2 * total) if total else None,
        items=counted,
        verdicts=Counter(effective.values()),
        blockers_failed=tuple(item.id for item in items if item.blocker and effective[item.id] == FAIL),
        blockers_open=tuple(item.id for item in items if item.blocker and effective[item.id] == OPEN),
    )
