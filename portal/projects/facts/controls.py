"""Facts as fields of a form: what each looks like, what is in it, and reading it back.

Names in the form: ``f-<id>`` the value (several for sets), ``was-<id>`` the stored value it was opened with (JSON), ``v-<id>`` the
version of that, ``s-<id>`` the source, ``ws-<id>`` the source it was opened with. ``""`` means unknown, ``-`` in a set means
"none of these".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portal.catalogue import Catalogue
from portal.catalogue.parts.facts import Fact
from portal.catalogue.parts.text import Text
from portal.catalogue.values import UNKNOWN_MARKER
from portal.catalogue.words import say_fact_value
from portal.projects.facts import dictionary
from portal.projects.facts.queries import FactState

NONE_OF_THESE = "-"
# Units of the content that are words; symbols such as s stay.
_UNITS = {"people": _("people"), "level": _("level")}
_FEW = 5  # so many options stand side by side as buttons; more become a list
_MANY = 20  # sets with more options get a search of their own


@dataclass
class Control:
    """One fact of a form. ``kind``: buttons, select, boxes, number, date, text. ``value``: as in the form's fields.

    ``settled``: makes no difference at present; ``inherited``: answered for the organisation, shown and not asked;
    ``summed``: adds up from the parts of projects, shown and not asked.
    """

    fact: Fact
    kind: str
    value: Any
    was: str
    version: int = 0
    source: str = ""
    was_source: str = ""
    by: str = ""
    at: Any = None
    known: bool = False
    settled: bool = False
    inherited: bool = False
    summed: bool = False
    tier: bool = False
    options: Sequence[tuple[str, Text]] = ()
    errors: list[str] = field(default_factory=list)
    words: Text | None = None

    @property
    def id(self) -> str:
        """Id of the fact."""
        return self.fact.id

    @property
    def none_chosen(self) -> bool:
        """A set that is known to be empty."""
        return self.value == [NONE_OF_THESE]

    @property
    def searchable(self) -> bool:
        """So many options that a search helps."""
        return self.kind == "boxes" and len(self.options) > _MANY

    @property
    def search_text(self) -> str:
        """What the filter of the page looks through, both languages."""
        texts = [self.fact.question, self.fact.help, *(label for _value, label in self.options[:20])]
        return " ".join([self.fact.id.replace("_", " "), *(part for text in texts for part in (text.zh, text.en))]).lower()

    @property
    def unit(self) -> str | None:
        """Unit or currency behind the field."""
        if self.fact.type == "money":
            return self.fact.currency
        return str(_UNITS.get(self.fact.unit or "", self.fact.unit or "")) or None


def kind_of(fact: Fact) -> str:
    """Which field a fact gets."""
    if fact.type == "set":
        return "boxes"
    if fact.type == "bool3" or (fact.type == "enum" and len(fact.choices) <= _FEW):
        return "buttons"
    if fact.type == "enum":
        return "select"
    return fact.type if fact.type in ("date", "text") else "number"


def control_of(state: FactState, *, settled: bool = False, currency: str = "") -> Control:
    """The field of a fact as it is stored."""
    fact = state.fact
    options = [(choice.value, choice.label) for choice in fact.choices.values()] if fact.type != "bool3" else _YES_NO
    if fact.type == "set" and len(options) > _MANY and isinstance(state.value, list):
        # What is chosen must not hide further down in a long list.
        options = sorted(options, key=lambda option: option[0] not in state.value)
    return Control(
        fact=fact,
        kind=kind_of(fact),
        value=field_value(fact, state.value),
        was=json.dumps(state.value, ensure_ascii=False),
        version=state.version,
        source=state.source,
        was_source=state.source,
        by=state.by,
        at=state.at,
        known=state.known,
        settled=settled and not state.known,
        inherited=state.inherited,
        tier=any(use.startswith("tier:") for use in fact.used_by),
        options=options,
        words=say_fact_value(fact, state.value),
    )


_YES_NO = (("yes", Text("是", "Yes")), ("no", Text("否", "No")))


def field_value(fact: Fact, stored: Any) -> Any:
    """A stored value as the form's fields hold it."""
    if stored is None or stored == UNKNOWN_MARKER:
        return [] if fact.type == "set" else ""
    if fact.type == "set":
        return list(stored) or [NONE_OF_THESE]
    return str(stored)


@dataclass
class Typed:
    """What came back from a form: raw values of the facts whose value or source was changed, what they were, versions and sources."""

    values: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    was: dict[str, str] = field(default_factory=dict)
    was_sources: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values)


def read_form(facts: Iterable[Fact], data: QueryDict) -> Typed:
    """The facts of a form whose value or source differs from what it was opened with. Fields that are not there are left alone."""
    typed = Typed()
    for fact in facts:
        was = data.get(f"was-{fact.id}")
        if was is None:
            continue
        raw = read_field(fact, data)
        source = data.get(f"s-{fact.id}", "")
        was_source = data.get(f"ws-{fact.id}", source)
        if raw is None or (_same(fact, raw, was) and source.strip() == was_source.strip()):
            continue
        version = data.get(f"v-{fact.id}", "0")
        typed.values[fact.id] = raw
        typed.versions[fact.id] = int(version) if version.isdecimal() else 0
        typed.sources[fact.id] = source
        typed.was[fact.id] = was
        typed.was_sources[fact.id] = was_source
    return typed


def read_field(fact: Fact, data: QueryDict) -> Any:
    """The raw value of one fact, None if it is not in the form (an empty set of boxes reads as unknown)."""
    name = f"f-{fact.id}"
    if fact.type != "set":
        return data.get(name)
    chosen = data.getlist(name)
    named = [value for value in chosen if value not in ("", NONE_OF_THESE)]
    if named:
        return named
    return [] if NONE_OF_THESE in chosen else UNKNOWN_MARKER


def _same(fact: Fact, raw: Any, was: str) -> bool:
    """Whether the field still holds what it was opened with."""
    try:
        stored = json.loads(was)
    except ValueError:
        return False
    if fact.type == "set":
        if raw == UNKNOWN_MARKER or stored == UNKNOWN_MARKER:
            return bool(raw == stored)
        return isinstance(stored, list) and set(raw) == set(stored)
    return bool(str(raw).strip() == field_value(fact, stored))


def fill_in(
    controls: Iterable[Control], values: Mapping[str, Any], faults: Mapping[str, Sequence[str]], sources: Mapping[str, str]
) -> None:
    """Put what was typed back into the fields, with the faults beside them."""
    for control in controls:
        if control.id in values:
            raw = values[control.id]
            if control.fact.type == "set":
                control.value = [] if raw == UNKNOWN_MARKER else (list(raw) or [NONE_OF_THESE])
            else:
                control.value = "" if raw == UNKNOWN_MARKER else str(raw)
            control.source = sources.get(control.id, control.source)
        control.errors = list(faults.get(control.id, ()))


@dataclass(frozen=True)
class ControlGroup:
    """A group of the form with its fields and how many are known."""

    id: str
    label: Text
    controls: list[Control]

    @property
    def known(self) -> int:
        """Answered fields."""
        return sum(control.known for control in self.controls)

    @property
    def settled(self) -> int:
        """Fields that make no difference at present."""
        return sum(control.settled for control in self.controls)


def grouped(content: Catalogue, controls: Iterable[Control]) -> list[ControlGroup]:
    """The fields in their groups, in the order of the dictionary, without empty groups."""
    by_id = {control.id: control for control in controls}
    found = []
    for entry in dictionary.asked_groups(content):
        inside = [by_id[fact.id] for fact in entry.facts if fact.id in by_id]
        if inside:
            found.append(ControlGroup(entry.group.id, entry.group.label, inside))
    return found
