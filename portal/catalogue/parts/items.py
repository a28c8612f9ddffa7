"""Dimensions, items and what they ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.catalogue.parts.text import Text
from portal.catalogue.parts.vocabulary import Choice
from portal.core.expressions import Expression


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the ten dimensions; ``weight`` counts in readiness."""

    id: str
    label: Text
    summary: Text
    weight: int


@dataclass(frozen=True, slots=True)
class ArticlePoint:
    """A point of the source article and the items that cover it."""

    id: str
    dimension: str
    text: Text
    covered_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a table item, or a single field beside another answer. ``choices`` only for type ``choice``."""

    name: str
    type: str
    label: Text
    choices: Mapping[str, Choice]


@dataclass(frozen=True, slots=True)
class VerdictRule:
    """The three rules of an item, tested in the order fail, pass, attention."""

    fail: Expression
    passes: Expression
    attention: Expression

    def in_order(self) -> tuple[tuple[str, Expression], ...]:
        """(verdict, rule) in the order of testing."""
        return (("fail", self.fail), ("pass", self.passes), ("attention", self.attention))


@dataclass(frozen=True, slots=True)
class Item:
    """One checklist item. ``visible_if`` is None for items that are always visible; ``weight`` counts in its dimension.

    ``names_na``: whether its rules judge the answer *not applicable* themselves.
    """

    id: str
    dimension: str
    question: Text
    why: Text
    evidence: Text
    answer_type: str
    unit: str | None
    choices: Mapping[str, Choice]
    fields: Mapping[str, Field]
    calculator: str | None
    weight: int
    blocker: bool
    waivable: bool
    due_gate: str
    depth: str
    rule: VerdictRule
    visible_if: Expression | None
    names_na: bool
    answered_by: str
    approved_by: str
    refs: tuple[str, ...]
    article_points: tuple[str, ...]

    @property
    def computed(self) -> bool:
        """Whether the verdict follows from calculators and facts alone, so that nobody answers it."""
        return self.answer_type == "computed"
