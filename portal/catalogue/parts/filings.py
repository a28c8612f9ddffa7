"""Filings: duties to authorities, and red findings that stop a launch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from portal.catalogue.parts.text import Text
from portal.core.expressions import Expression


@dataclass(frozen=True, slots=True)
class Authority:
    """Who receives it. ``level``: provincial, national, city; ``portal``: address or name of the web portal."""

    name: Text
    level: tuple[str, ...]
    portal: str | None


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A clause. ``in_force``: since when; ``confidence``: H, M or L."""

    instrument: Text
    article: str | None
    in_force: dt.date | None
    confidence: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Clock:
    """A time limit. ``n`` None: no number fixed; 0 after the event: without delay. ``when``: only if that is true."""

    event: str
    direction: str
    n: int | None
    unit: str | None
    action: str
    basis: str
    calendar: str
    roll_forward: bool
    when: Expression | None
    note: Text | None


@dataclass(frozen=True, slots=True)
class Period:
    """A number of units (``working_day``, ``calendar_day``, ``week``, ``month``, ``year``, ``hour``)."""

    n: int
    unit: str


@dataclass(frozen=True, slots=True)
class AuthorityClock:
    """How long the authority has, and from when."""

    period: Period
    from_event: Text


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the dossier."""

    id: str
    label: Text
    required: bool
    note: Text | None


@dataclass(frozen=True, slots=True)
class Identifier:
    """The number that the authority issues. ``samples``: (value, made up to fit the pattern)."""

    pattern: str | None
    strict: bool
    display: Text
    samples: tuple[tuple[str, bool], ...]
    counter_samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Validity:
    """How long a result holds; ``months`` None: no fixed length."""

    months: int | None
    text: Text
    recheck_months: int | None
    renew_before: Period | None


@dataclass(frozen=True, slots=True)
class Recurring:
    """Something to do again and again: ``every`` so often, or ``due_on`` month and day ``MM-DD``."""

    text: Text
    basis: str
    every: Period | None
    due_on: str | None
    when: Expression | None


@dataclass(frozen=True, slots=True)
class EffectiveCase:
    """Another start of effect for the projects for which ``when`` is strictly true."""

    when: Expression
    start: dt.date


@dataclass(frozen=True, slots=True)
class TypicalTime:
    """How long it takes in practice."""

    text: Text
    basis: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Filing:
    """One regime: when it applies, to whom, by which clause, until when, with which documents."""

    id: str
    regime: str
    kind: str
    name: Text
    jurisdiction: tuple[str, ...]
    authority: Authority
    status: str
    legal_basis: tuple[LegalBasis, ...]
    applies_when: Expression
    likely_when: Expression | None
    facts: tuple[str, ...]
    gate: str
    clocks: tuple[Clock, ...]
    authority_clock: AuthorityClock | None
    typical_time: TypicalTime | None
    documents: tuple[Document, ...]
    identifier: Identifier | None
    validity: Validity | None
    recurring: tuple[Recurring, ...]
    consequences: Text
    depends_on: tuple[str, ...]
    related: tuple[str, ...]
    replaces: tuple[str, ...]
    superseded_by: tuple[str, ...]
    effective_from: dt.date | None
    effective_to: dt.date | None
    effective_cases: tuple[EffectiveCase, ...]
    alternative_effective: tuple[tuple[dt.date, Text], ...]
    parameters: Mapping[str, int]
    confidence: str
    sources: tuple[str, ...]
    note: Text | None
    review: Text | None


@dataclass(frozen=True, slots=True)
class Blocker:
    """A red finding: not a filing, but a reason to stop."""

    id: str
    name: Text
    jurisdiction: tuple[str, ...]
    applies_when: Expression
    likely_when: Expression | None
    facts: tuple[str, ...]
    reason: Text
    remedy: Text
    closes_gates: tuple[str, ...]
    confidence: str
    sources: tuple[str, ...]
    review: Text | None


@dataclass(frozen=True, slots=True)
class Regime:
    """A file of filings. ``own``: version of the file where an organisation wrote it, 0 for those that ship with the content."""

    id: str
    name: Text
    as_of: dt.date | None
    own: int = 0
