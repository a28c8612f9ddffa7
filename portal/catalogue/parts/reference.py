"""Working days, report sections, importers, dossier templates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.catalogue.parts.text import Text
from portal.catalogue.parts.tiers import Statement


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """Days off on weekdays and make-up working days of a year; ``official``: taken from the notice of the state."""

    year: int
    official: bool
    note: Text
    holidays: frozenset[dt.date]
    makeup_working_days: frozenset[dt.date]


@dataclass(frozen=True, slots=True)
class CalendarRules:
    """The counting rules in words, and the years of China by number; ``others``: years that an organisation entered, by calendar."""

    rules: tuple[Statement, ...]
    years: Mapping[int, CalendarYear]
    others: Mapping[str, Mapping[int, CalendarYear]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A section of the sign-off report."""

    id: str
    order: int
    title: Text
    content: Text


@dataclass(frozen=True, slots=True)
class ReportRules:
    """Sections in order, acceptance tests, and the sentence that stands on every report."""

    sections: tuple[ReportSection, ...]
    acceptance_tests: tuple[Statement, ...]
    disclaimer: Text


@dataclass(frozen=True, slots=True)
class Importer:
    """How to read a result file: keys that identify it, and the path of each figure."""

    id: str
    kind: str
    detect: tuple[str, ...]
    map: Mapping[str, str]
    notes: Text


@dataclass(frozen=True, slots=True)
class TemplateControl:
    """One quantity of a dossier template with its editable limits."""

    id: str
    text: Text
    limits: Mapping[str, int]
    confidence: str


@dataclass(frozen=True, slots=True)
class DossierTemplate:
    """Quantities that a standard asks for, editable by the tenant."""

    id: str
    name: Text
    standard: str
    predecessor: str | None
    editable: bool
    controls: tuple[TemplateControl, ...]
    review: Text | None
