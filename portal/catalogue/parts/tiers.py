"""Assessment tiers: conditions, depths, effects."""

from __future__ import annotations

from dataclasses import dataclass

from portal.catalogue.parts.text import Text
from portal.catalogue.parts.vocabulary import Choice
from portal.core.expressions import Expression


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier; ``order`` 1 is the lightest; items of the named ``depths`` are asked in it."""

    id: str
    order: int
    label: Text
    depths: frozenset[str]
    meaning: Text


@dataclass(frozen=True, slots=True)
class Depth(Choice):
    """A depth of items with its meaning."""

    meaning: Text


@dataclass(frozen=True, slots=True)
class TierCondition:
    """A condition of a tier: a rule on facts (``expr``), or a test over the results of the filings of a list.

    ``kind``: ``rule`` or ``filings``; ``filings``: ``raises_to_full`` or ``raises_to_standard``; ``test``:
    ``any_applies`` or ``none_applies``.
    """

    id: str
    kind: str
    label: Text
    explanation: Text
    expr: Expression | None
    filings: str | None
    test: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A numbered sentence of the catalogue that people read (how something is evaluated, what follows a change)."""

    id: str
    text: Text


@dataclass(frozen=True, slots=True)
class TierRules:
    """Everything of tiers.yaml. ``tiers`` are in order from the lightest."""

    purpose: Text
    tiers: tuple[Tier, ...]
    depths: tuple[Depth, ...]
    full_when: tuple[TierCondition, ...]
    light_when: tuple[TierCondition, ...]
    raises_to_full: tuple[str, ...]
    raises_to_standard: tuple[str, ...]
    no_effect: tuple[tuple[Text, tuple[str, ...]], ...]
    effect_gates: tuple[str, ...]
    filing_conditions: tuple[Choice, ...]
    raise_roles: tuple[str, ...]
    raise_reasons: tuple[Choice, ...]
    evaluation: tuple[Statement, ...]
    open_facts: tuple[Statement, ...]
    applying: tuple[Statement, ...]
    raising: tuple[Statement, ...]
    change_rules: tuple[Statement, ...]

    @property
    def conditions(self) -> tuple[TierCondition, ...]:
        """All conditions, those of full first."""
        return self.full_when + self.light_when

    def tier(self, tier_id: str) -> Tier:
        """The tier of that id. Raises ``KeyError``."""
        for tier in self.tiers:
            if tier.id == tier_id:
                return tier
        raise KeyError(tier_id)

    def filings_of(self, condition: TierCondition) -> tuple[str, ...]:
        """The filings whose results the condition reads; none for a rule on facts."""
        lists = {"raises_to_full": self.raises_to_full, "raises_to_standard": self.raises_to_standard}
        return lists[condition.filings] if condition.filings is not None else ()
