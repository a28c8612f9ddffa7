"""The typed, unchangeable parts of a catalogue version."""

from portal.catalogue.parts.bundle import Catalogue
from portal.catalogue.parts.calculators import Calculator, Input, Output, Parameter, Step
from portal.catalogue.parts.facts import Fact, FactGroup
from portal.catalogue.parts.filings import Blocker, Clock, Document, Filing, LegalBasis, Period, Recurring, Regime
from portal.catalogue.parts.gates import Criterion, Gate, GateRules, Role, SegregationRule
from portal.catalogue.parts.items import ArticlePoint, Dimension, Field, Item, VerdictRule
from portal.catalogue.parts.reference import (
    CalendarRules,
    CalendarYear,
    DossierTemplate,
    Importer,
    ReportRules,
    ReportSection,
)
from portal.catalogue.parts.text import Text, same
from portal.catalogue.parts.tiers import Depth, Statement, Tier, TierCondition, TierRules
from portal.catalogue.parts.vocabulary import (
    Choice,
    FilingState,
    Framework,
    FunctionEntry,
    Jurisdiction,
    Source,
    Vocabulary,
)

__all__ = [
    "ArticlePoint",
    "Blocker",
    "Calculator",
    "CalendarRules",
    "CalendarYear",
    "Catalogue",
    "Choice",
    "Clock",
    "Criterion",
    "Depth",
    "Dimension",
    "Document",
    "DossierTemplate",
    "Fact",
    "FactGroup",
    "Field",
    "Filing",
    "FilingState",
    "Framework",
    "FunctionEntry",
    "Gate",
    "GateRules",
    "Importer",
    "Input",
    "Item",
    "Jurisdiction",
    "LegalBasis",
    "Output",
    "Parameter",
    "Period",
    "Recurring",
    "Regime",
    "ReportRules",
    "ReportSection",
    "Role",
    "SegregationRule",
    "Source",
    "Statement",
    "Step",
    "Text",
    "Tier",
    "TierCondition",
    "TierRules",
    "VerdictRule",
    "Vocabulary",
    "same",
]
