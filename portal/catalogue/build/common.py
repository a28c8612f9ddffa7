"""Small things every builder needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Protocol, TypeVar

from portal.catalogue.parts.tiers import Statement
from portal.catalogue.reading import Entry


class Identified(Protocol):
    """A part with an id."""

    @property
    def id(self) -> str:
        """The id."""


Part = TypeVar("Part", bound=Identified)


def build_all(entries: Iterable[Entry], build: Callable[[Entry], Part]) -> MappingProxyType[str, Part]:
    """Parts by id in listing order; reports ids used twice and keys nobody knows."""
    parts: dict[str, Part] = {}
    for entry in entries:
        part = build(entry)
        entry.done()
        if part.id in parts:
            entry.fault("id used twice")
        parts[part.id] = part
    return MappingProxyType(parts)


def statement(entry: Entry) -> Statement:
    """A numbered sentence."""
    entry.maybe_words("name")
    return Statement(entry.words("id"), entry.own_text())


def statements(entry: Entry, key: str) -> tuple[Statement, ...]:
    """A list of numbered sentences."""
    return tuple(build_all(entry.entries(key, needed=True), statement).values())
