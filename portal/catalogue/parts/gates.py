"""Stage gates, roles and the separation of duties."""

from __future__ import annotations

from dataclasses import dataclass

from portal.catalogue.parts.text import Text
from portal.catalogue.parts.vocabulary import Choice


@dataclass(frozen=True, slots=True)
class Criterion:
    """One machine-checkable condition of a gate; which of the other fields are set depends on ``kind``.

    ``due``: gates up to which items count; ``items``: named items; ``accept`` and ``accept_with_condition``: verdicts;
    ``least`` and ``fallback_least``: points of readiness; flags are confirmations that people record.
    """

    id: str
    kind: str
    text: Text
    due: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    accept_with_condition: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    flag: str | None = None
    flags: tuple[str, ...] = ()
    least: int | None = None
    fallback_least: int | None = None
    fallback_flag: str | None = None
    filing_gates: tuple[str, ...] = ()
    or_flag: str | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """A stage gate: criteria, roles that sign, possible outcomes. ``due_upto``: items due up to it count."""

    id: str
    name: Text
    from_stage: str
    to_stage: str
    due_upto: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    approvers: tuple[str, ...]
    outcomes: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class GateRules:
    """Everything of gates.yaml besides the gates: kinds of criteria and the sentences on counting."""

    criterion_kinds: tuple[Choice, ...]
    applying_items: Text
    tier_change: Text
    waiver_effect: Text
    filing_counting: Text


@dataclass(frozen=True, slots=True)
class Role:
    """A role on a project: what it signs and what it may not do."""

    id: str
    name: Text
    signs: Text
    may_not: Text
    read_only: bool


@dataclass(frozen=True, slots=True)
class SegregationRule:
    """A rule of separation; ``kind`` says which check enforces it. ``max_days`` limits waivers."""

    id: str
    kind: str
    text: Text
    gates: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    max_days: int | None = None
