"""The fact dictionary: what is asked about a project or an organisation, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.catalogue.parts.text import Text
from portal.catalogue.parts.vocabulary import Choice
from portal.core.expressions import Expression


@dataclass(frozen=True, slots=True)
class FactGroup:
    """A group of facts on the form."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. ``choices`` holds the allowed values of yes/no, enum and set facts (selectable jurisdictions included).

    ``type``: ``bool3 enum set int number percent money date text``; ``scope``: ``organisation`` or ``project``.
    ``derived`` is the rule of a fact that is computed, never asked. ``default`` is unknown, but for the one fact whose
    default is the empty list. ``currency`` is a code, or ``project`` for the currency of the project.
    """

    id: str
    type: str
    scope: str
    group: str
    question: Text
    help: Text
    choices: Mapping[str, Choice]
    vocabulary: str | None
    default: object
    used_by: tuple[str, ...]
    display_only: bool
    unit: str | None
    currency: str | None
    least: int | None
    greatest: int | None
    derived: Expression | None
