"""The fact dictionary of a project's version of the content: which facts are asked where, and what hangs on each.

The version is the one of the project's assessment; the assessing app says which (``register_version_source``), since this
slice lies below it. A project without one, and the organisation, use the newest published version.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from portal.catalogue import Catalogue, catalogue
from portal.catalogue.parts.facts import Fact, FactGroup
from portal.catalogue.parts.text import Text
from portal.projects.models import Project

VersionSource = Callable[[Project], str | None]
_sources: list[VersionSource] = []


def register_version_source(source: VersionSource) -> None:
    """Let an upper app say which version a project is on (None: no assessment yet)."""
    if source not in _sources:
        _sources.append(source)


def version_of(project: Project | None) -> str | None:
    """The version of the project's assessment, or None for the newest."""
    if project is None:
        return None
    for source in _sources:
        if version := source(project):
            return version
    return None


def content_of(project: Project | None) -> Catalogue:
    """The content the project is judged on."""
    return catalogue(version_of(project))


@dataclass(frozen=True)
class Use:
    """One thing that reads a fact. ``kind``: item, filing, blocker, tier, derived, gate, timing."""

    kind: str
    key: str
    label: Text


@dataclass(frozen=True)
class AskedGroup:
    """A group of the form with the facts that people answer there."""

    group: FactGroup
    facts: tuple[Fact, ...]


def asked(content: Catalogue, scope: str | None = None) -> tuple[Fact, ...]:
    """Facts that people answer (not derived, not kept by the portal), of one scope or of both."""
    return tuple(fact for fact in content.asked_facts if fact.group != "system" and scope in (None, fact.scope))


def asked_groups(content: Catalogue, scope: str | None = None) -> tuple[AskedGroup, ...]:
    """The groups of the form in order, without empty ones."""
    facts = asked(content, scope)
    found = (AskedGroup(group, tuple(fact for fact in facts if fact.group == group.id)) for group in content.fact_groups.values())
    return tuple(entry for entry in found if entry.facts)


def uses(content: Catalogue, fact: Fact) -> tuple[Use, ...]:
    """What reads the fact, in the order tier, filing, item, other."""
    return _uses(content.version, fact.id)


@cache
def _uses(version: str, fact_id: str) -> tuple[Use, ...]:
    content = catalogue(version)
    found = [use for entry in content.facts[fact_id].used_by if (use := _use(content, entry))]
    order = {"tier": 0, "blocker": 1, "filing": 2, "item": 3}
    return tuple(sorted(found, key=lambda use: (order.get(use.kind, 9), use.key)))


_TIMING = Text("备案登记事项自何时起适用", "From when filings apply")


def _use(content: Catalogue, entry: str) -> Use | None:
    kind, _, key = entry.partition(":")
    labels: dict[str, Any] = {
        "item": lambda: content.items[key].question,
        "filing": lambda: content.filings[key].name,
        "timing": lambda: _TIMING,
        "blocker": lambda: content.blockers[key].name,
        "derived": lambda: content.facts[key].question,
        "gate": lambda: content.gates[key.split(".")[0]].name,
        "tier": lambda: next(condition.label for condition in content.tiers.conditions if condition.id == key),
    }
    try:
        return Use(kind, key, labels[kind]())
    except (KeyError, StopIteration):
        return None
