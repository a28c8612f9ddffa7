"""Closed lists with labels, functions of the language, sources, frameworks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.catalogue.parts.text import Text


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a closed list with its label."""

    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class Jurisdiction(Choice):
    """A country, region or city; ``implies`` names the levels above it."""

    implies: tuple[str, ...] = ()
    selectable: bool = True


@dataclass(frozen=True, slots=True)
class FilingState(Choice):
    """A state of a filing, the states that may follow, and whether it counts as done."""

    next: tuple[str, ...] = ()
    counts_as_done: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A closed list; ``choices`` by value, in listing order."""

    id: str
    choices: Mapping[str, Choice]

    def __contains__(self, value: object) -> bool:
        return value in self.choices

    def label(self, value: str) -> Text:
        """The label of a value. Raises ``KeyError`` if the list lacks it."""
        return self.choices[value].label


@dataclass(frozen=True, slots=True)
class FunctionEntry:
    """A function that rules of the named scopes may call."""

    name: str
    scopes: frozenset[str]
    text: Text


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement of the catalogue comes from (English only)."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Framework:
    """A standard that items refer to by prefix."""

    id: str
    prefix: str
    name: Text
    confidence: str
