"""facts.yaml and vocabularies.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from portal.catalogue.build.common import build_all
from portal.catalogue.parts.facts import Fact, FactGroup
from portal.catalogue.parts.vocabulary import Choice, FilingState, FunctionEntry, Jurisdiction, Source, Vocabulary
from portal.catalogue.reading import Entry
from portal.core.expressions import UNKNOWN

VOCABULARIES = (
    "fact_types",
    "results",
    "timing",
    "rule_status",
    "filing_kinds",
    "filing_gates",
    "events",
    "actions",
    "units",
    "bases",
    "calendars",
    "directions",
    "answer_types",
    "verdicts",
    "item_states",
    "filing_states",
    "jurisdictions",
)
SCOPES = ("organisation", "project")


def vocabularies(file: Entry) -> Mapping[str, Vocabulary]:
    """The closed lists by name."""
    found: dict[str, Vocabulary] = {}
    for name in VOCABULARIES:
        choices: dict[str, Choice] = {}
        for entry in file.entries(name, needed=True):
            choice = _choice(name, entry)
            entry.done()
            if choice.value in choices:
                entry.fault("value used twice")
            choices[choice.value] = choice
        found[name] = Vocabulary(name, MappingProxyType(choices))
        _check_steps(file, name, choices)
    return MappingProxyType(found)


def _choice(vocabulary: str, entry: Entry) -> Choice:
    value, label = entry.words("value"), entry.own_text()
    if vocabulary == "jurisdictions":
        return Jurisdiction(value, label, entry.strings("implies"), entry.flag("selectable", default=True))
    if vocabulary == "filing_states":
        return FilingState(value, label, entry.strings("next"), entry.flag("counts_as_done", default=False))
    return Choice(value, label)


def _check_steps(file: Entry, vocabulary: str, choices: Mapping[str, Choice]) -> None:
    for choice in choices.values():
        targets: tuple[str, ...] = ()
        if isinstance(choice, Jurisdiction):
            targets = choice.implies
        elif isinstance(choice, FilingState):
            targets = choice.next
        for target in targets:
            if target not in choices:
                file.fault(f"{vocabulary} {choice.value}: names unknown {target}")


def groups(file: Entry) -> Mapping[str, FactGroup]:
    """The groups of facts."""
    return build_all(file.entries("groups", needed=True), lambda entry: FactGroup(entry.words("id"), entry.own_text()))


def facts(file: Entry, vocabulary: Mapping[str, Vocabulary], group_ids: Mapping[str, FactGroup]) -> Mapping[str, Fact]:
    """All facts, derived ones included, in listing order."""
    file.raw("merged_from")  # history of the merge: for people who know the old names, not for the portal
    if file.words("unknown_marker") != "unknown":
        file.fault("unknown_marker must be 'unknown'")

    def build(entry: Entry) -> Fact:
        fact_type, scope, group = entry.words("type"), entry.words("scope"), entry.words("group")
        if fact_type not in vocabulary["fact_types"]:
            entry.fault(f"type {fact_type} is not in the vocabulary")
        if scope not in SCOPES:
            entry.fault(f"scope {scope} is neither organisation nor project")
        if group not in group_ids:
            entry.fault(f"unknown group {group}")
        list_name = entry.maybe_words("vocabulary")
        choices = dict(entry.choices("values"))
        if list_name is not None:
            choices = _selectable(entry, list_name, vocabulary)
        if fact_type == "bool3" and set(choices) != {"yes", "no"}:
            entry.fault("a yes/no fact has exactly the values yes and no")
        if fact_type in ("enum", "set") and not choices:
            entry.fault("no allowed values")
        fact = Fact(
            id=entry.words("id"),
            type=fact_type,
            scope=scope,
            group=group,
            question=entry.text("question"),
            help=entry.text("help"),
            choices=MappingProxyType(choices),
            vocabulary=list_name,
            default=_default(entry),
            used_by=entry.strings("used_by"),
            display_only=entry.flag("display_only", default=False),
            unit=entry.maybe_words("unit"),
            currency=entry.maybe_words("currency"),
            least=entry.maybe_whole("min"),
            greatest=entry.maybe_whole("max"),
            derived=entry.maybe_rule("derived"),
        )
        if not fact.used_by and not fact.display_only:
            entry.fault("used by no rule and not marked display_only")
        return fact

    return build_all(file.entries("facts", needed=True), build)


def _selectable(entry: Entry, name: str, vocabulary: Mapping[str, Vocabulary]) -> dict[str, Choice]:
    if name not in vocabulary:
        entry.fault(f"unknown vocabulary {name}")
        return {}
    choices = vocabulary[name].choices.values()
    return {choice.value: choice for choice in choices if not isinstance(choice, Jurisdiction) or choice.selectable}


def _default(entry: Entry) -> object:
    derived = entry.has("derived")
    if not entry.has("default"):
        if not derived:
            entry.fault("no default")
        return UNKNOWN
    value = entry.raw("default")
    if value == "unknown":
        return UNKNOWN
    if value != []:
        entry.fault("a default is 'unknown' or the empty list")
    return ()


def functions(file: Entry) -> Mapping[str, FunctionEntry]:
    """functions.yaml: the closed list as the version states it."""
    found: dict[str, FunctionEntry] = {}
    for entry in file.entries("functions", needed=True):
        function = FunctionEntry(entry.words("name"), frozenset(entry.strings("scopes")), entry.own_text())
        entry.done()
        if function.name in found:
            entry.fault("name used twice")
        found[function.name] = function
    return MappingProxyType(found)


def sources(file: Entry) -> Mapping[str, Source]:
    """sources.yaml (English only)."""
    return build_all(file.entries("sources", needed=True), lambda entry: Source(entry.words("id"), entry.words("text")))
