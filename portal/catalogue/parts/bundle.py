"""One version of the catalogue as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from portal.catalogue.parts.calculators import Calculator
from portal.catalogue.parts.facts import Fact, FactGroup
from portal.catalogue.parts.filings import Blocker, Filing, Regime
from portal.catalogue.parts.gates import Gate, GateRules, Role, SegregationRule
from portal.catalogue.parts.items import ArticlePoint, Dimension, Item
from portal.catalogue.parts.reference import CalendarRules, DossierTemplate, Importer, ReportRules
from portal.catalogue.parts.text import Text
from portal.catalogue.parts.tiers import TierRules
from portal.catalogue.parts.vocabulary import Choice, FilingState, Framework, FunctionEntry, Source, Vocabulary


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Facts, items, filings and everything else of one version. Mappings are by id, in listing order.

    ``sha256`` is taken over the data in a canonical form, so that layout and comments of the files do not count.
    Two catalogues are equal only if they are the same object.
    """

    version: str
    sha256: str
    fact_groups: Mapping[str, FactGroup]
    facts: Mapping[str, Fact]
    evaluation: Text
    dimensions: Mapping[str, Dimension]
    article_points: Mapping[str, ArticlePoint]
    items: Mapping[str, Item]
    owasp_2025_to_2026: Mapping[str, str]
    tiers: TierRules
    gates: Mapping[str, Gate]
    gate_rules: GateRules
    roles: Mapping[str, Role]
    segregation: Mapping[str, SegregationRule]
    calculators: Mapping[str, Calculator]
    parameter_origins: tuple[Choice, ...]
    input_sources: tuple[Choice, ...]
    regimes: Mapping[str, Regime]
    filings: Mapping[str, Filing]
    blockers: Mapping[str, Blocker]
    calendar: CalendarRules
    report: ReportRules
    importers: Mapping[str, Importer]
    templates: Mapping[str, DossierTemplate]
    frameworks: Mapping[str, Framework]
    sources: Mapping[str, Source]
    functions: Mapping[str, FunctionEntry]
    vocabularies: Mapping[str, Vocabulary]

    def __repr__(self) -> str:
        return f"<Catalogue {self.version}>"

    def version_for(self, filing: Filing) -> str:
        """What a record of the filing keeps as the version of its rule: that of the content, with ``+3`` for the third of an own file."""
        regime = self.regimes.get(filing.regime)
        return f"{self.version}+{regime.own}" if regime is not None and regime.own else self.version

    @cached_property
    def asked_facts(self) -> tuple[Fact, ...]:
        """Facts that people answer, in listing order."""
        return tuple(fact for fact in self.facts.values() if fact.derived is None)

    @cached_property
    def derived_facts(self) -> tuple[Fact, ...]:
        """Facts that follow from others, in the order in which they are computed."""
        return tuple(fact for fact in self.facts.values() if fact.derived is not None)

    @cached_property
    def yes_no_facts(self) -> frozenset[str]:
        """Ids of the facts for which ``x != 'no'`` may be presumed."""
        return frozenset(fact.id for fact in self.facts.values() if fact.type == "bool3")

    @cached_property
    def done_states(self) -> frozenset[str]:
        """States of a filing that count as done."""
        states = self.vocabularies["filing_states"].choices.values()
        return frozenset(state.value for state in states if isinstance(state, FilingState) and state.counts_as_done)

    @cached_property
    def items_by_dimension(self) -> Mapping[str, tuple[Item, ...]]:
        """Items of each dimension, in listing order."""
        return {dimension: tuple(item for item in self.items.values() if item.dimension == dimension) for dimension in self.dimensions}
