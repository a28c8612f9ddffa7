"""Regimes that an organisation writes itself, in the YAML of the content: reading an upload safely and checking it with the content's
own loader and checks; every fault with its line. Nothing is written here.

    checked = check(name, text, base, others)      # others: the organisation's further files in use, key → text
    checked.faults                                 # [Fault(line, text)]; empty: the file can be used
    checked.filings, checked.regime                # its entries, typed
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import yaml
from django.utils.translation import gettext as _

from portal.catalogue import Catalogue, CatalogueError
from portal.catalogue.installed import DATA
from portal.catalogue.loader import FOLDER_OF_FILINGS, assembled, read_files, read_text
from portal.catalogue.parts.filings import Filing, Regime
from portal.catalogue.words import Lexicon, say_rule
from portal.core.expressions import parse

PREFIX = "own_"
KEY = re.compile(r"own_[a-z0-9_]{1,36}")
ENTRY = re.compile(r"own_[a-z0-9_]{1,56}")
LARGEST = 256 * 1024  # bytes
MOST_NODES, DEEPEST, MOST_ENTRIES = 20_000, 20, 60
LONGEST_PATTERN = 200
# A repeated group can take longer than a life to compare: "(a+)+" and its like are refused, as are references back.
_COMMON = frozenset(
    {"the", "of", "in", "is", "not", "no", "an", "to", "or", "and", "as", "by", "be", "has", "must", "from", "with", "rule"}
    | {"vocabulary", "unknown", "value", "list", "differs", "missing"}
)
_COSTLY = re.compile(r"\)\s*(?:[*+]|\{\d*,)|\\[1-9]|\(\?P=")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and in which line (counted from 1; 0 for the file as a whole). ``detail``: words of the YAML reader."""

    line: int
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was read: what is wrong with it, or what is in it."""

    key: str
    faults: tuple[Fault, ...] = ()
    regime: Regime | None = None
    filings: Mapping[str, Filing] = field(default_factory=dict)


class _Hostile(ValueError):
    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.fault = Fault(line, text)


def key_of(name: str) -> str:
    """The name of the file without folder and ending, in small letters."""
    return re.sub(r"\.ya?ml$", "", name.replace("\\", "/").rpartition("/")[2].strip().lower())


def check(name: str, text: str, base: Catalogue, others: Mapping[str, str]) -> Checked:
    """Read and check one file against the shipped content ``base``; ``name`` is the key or the name of the file."""
    key = key_of(name)
    if not KEY.fullmatch(key):
        return Checked(key, (Fault(0, _("Name the file like own_name.yaml: own_ and then small letters, digits and underscores.")),))
    try:
        root = _composed(text)
        data = read_text(text)
    except _Hostile as hostile:
        return Checked(key, (hostile.fault,))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = error.problem or error.context or ""
        return Checked(key, (Fault(mark.line + 1 if mark else 0, _("This is no valid YAML."), said),))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return Checked(key, (Fault(0, _("This is no valid YAML."), " ".join(str(error).split())[:200]),))
    faults = _house_rules(root, data, base, others)
    if faults:
        return Checked(key, tuple(faults))
    return _assembled(key, root, data, base, others)


def _composed(text: str) -> yaml.Node:
    """The tree of nodes with their lines, after a look at the bare events: nothing is built from a file that could blow up."""
    if len(text.encode()) > LARGEST:
        raise _Hostile(0, _("The file is larger than {n} kB.").format(n=LARGEST // 1024))
    depth = nodes = 0
    documents = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Hostile(line, _("Anchors and aliases (& and *) are not allowed. Write it out."))
        if getattr(event, "tag", None) not in (None, "!"):
            raise _Hostile(line, _("Tags (!) are not allowed."))
        documents += isinstance(event, yaml.DocumentStartEvent)
        nodes += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST or nodes > MOST_NODES or documents > 1:
            raise _Hostile(line, _("The file is nested too deeply, too long, or holds more than one document."))
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise _Hostile(1, _("A mapping with regime and entries is expected."))
    return root


def _house_rules(root: yaml.Node, data: Any, base: Catalogue, others: Mapping[str, str]) -> list[Fault]:
    """What is asked of an own file beyond what the content's checks ask: names of its own, patterns that are quick to compare."""
    found = []
    entries = data.get("entries") if isinstance(data, dict) else None
    if not isinstance(entries, list) or not entries or len(entries) > MOST_ENTRIES:
        line = line_of(root, ["entries"])
        return [Fault(line, _("entries must be a list of 1 to {n} filings.").format(n=MOST_ENTRIES))]
    elsewhere = {one for text in others.values() for one in ids_of(text)}
    for place, entry in enumerate(entries, start=1):
        at = [f"entries {place}"]
        given = str(entry.get("id")) if isinstance(entry, dict) else ""
        if not isinstance(entry, dict):
            found.append(Fault(line_of(root, at), _("A filing is a mapping.")))
            continue
        if not ENTRY.fullmatch(given):
            text = _("The id must be own_ and then small letters, digits and underscores, not “{id}”.").format(id=given[:60])
            found.append(Fault(line_of(root, [*at, "id"]), text))
        elif given in base.filings or given in base.blockers or given in elsewhere:
            found.append(Fault(line_of(root, [*at, "id"]), _("The id “{id}” is in use already.").format(id=given)))
        identifier = entry.get("identifier")
        pattern = identifier.get("pattern") if isinstance(identifier, dict) else None
        if isinstance(pattern, str) and (len(pattern) > LONGEST_PATTERN or _COSTLY.search(pattern)):
            text = _("The pattern is too long, repeats a group or refers back; such patterns can take very long to compare.")
            found.append(Fault(line_of(root, [*at, "identifier", "pattern"]), text))
    return found


def ids_of(text: str) -> tuple[str, ...]:
    """Ids of the entries of a file that was checked before."""
    data = read_text(text)
    return tuple(str(entry["id"]) for entry in data["entries"]) if isinstance(data, dict) else ()


def _assembled(key: str, root: yaml.Node, data: dict[str, Any], base: Catalogue, others: Mapping[str, str]) -> Checked:
    file = f"{FOLDER_OF_FILINGS}/{key}.yaml"
    files = {f"{FOLDER_OF_FILINGS}/{name}.yaml": _versioned(read_text(text), base) for name, text in others.items() if name != key}
    raw = {**_raw(base.version), **files, file: _versioned(data, base)}
    whole, lines = assembled(raw)
    # What the shipped files miss about an own filing (who uses a fact, its effect on the tier) is no fault of it.
    own = [one for one in lines if one.startswith(f"{file}: ") and " used_by of fact " not in one]
    if own:
        return Checked(key, tuple(_located(root, one.removeprefix(f"{file}: ")) for one in own))
    found = {name: one for name, one in whole.filings.items() if one.regime == key}
    unsaid = [fault for one in found.values() for fault in _unsaid(root, whole, one)]
    return Checked(key, tuple(unsaid), whole.regimes[key], found)


def _versioned(data: Any, base: Catalogue) -> Any:
    return {**data, "catalogue_version": base.version} if isinstance(data, dict) else data


@lru_cache(maxsize=2)
def _raw(version: str) -> dict[str, object]:
    faults: list[str] = []
    data = read_files(DATA / version, faults)
    if faults:
        raise CatalogueError(faults)
    return data


def _unsaid(root: yaml.Node, content: Catalogue, entry: Filing) -> list[Fault]:
    """Rules that have no words would reach people as code."""
    found = []
    for key, rule in (("applies_when", entry.applies_when), ("likely_when", entry.likely_when)):
        try:
            if rule is not None:
                say_rule(rule, Lexicon(content))
        except (KeyError, ValueError, TypeError):
            found.append(Fault(line_of(root, [entry.id, key]), _("{key} cannot be said in words.").format(key=key)))
    return found


def _located(root: yaml.Node, fault: str) -> Fault:
    """A fault of the content's checks (“own_x: clocks 1: unit must be text”) with its line in the file."""
    path = [] if fault.startswith("-: ") else fault.split(": ")
    text = fault.removeprefix("-: ")
    return Fault(line_of(root, path, text), text)


def line_of(root: yaml.Node, path: list[str], text: str = "") -> int:
    """The line of what a path of names leads to as far as it leads; of a key or a value that ``text`` names below that, if there is one."""
    node, line = root, root.start_mark.line
    for step in path:
        found = _child(node, step)
        if found is None:
            break
        line, node = found
    words = re.findall(r"[\w.-]+", text.rpartition(": ")[2] if path else text)
    if isinstance(node, yaml.MappingNode):
        lines = {key.value: key.start_mark.line for key, _value in node.value}
        named = next((word for word in words[:3] if word in lines), None)
        if named is not None:
            return lines[named] + 1
    for word in reversed(words):
        if len(word) > 1 and word not in _COMMON and (at := _mention(node, word)) is not None:
            return at + 1
    return line + 1


def _child(node: yaml.Node, step: str) -> tuple[int, yaml.Node] | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    name, _space, number = step.rpartition(" ")
    for key, value in node.value:
        if key.value == step:
            return key.start_mark.line, value
        if isinstance(value, yaml.SequenceNode):
            if key.value == name and number.isdecimal() and 0 < int(number) <= len(value.value):
                item = value.value[int(number) - 1]
                return item.start_mark.line, item
            for item in value.value:
                if isinstance(item, yaml.MappingNode) and any(
                    part.value in ("id", "value", "name") and isinstance(said, yaml.ScalarNode) and said.value == step
                    for part, said in item.value
                ):
                    return item.start_mark.line, item
    return None


def _mention(node: yaml.Node, word: str) -> int | None:
    """Line of the first value below the node that is the word, or holds it as a whole word."""
    if isinstance(node, yaml.ScalarNode):
        return node.start_mark.line if re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w.-])", node.value) else None
    parts = [value for _key, value in node.value] if isinstance(node, yaml.MappingNode) else list(node.value)
    return next((line for part in parts if (line := _mention(part, word)) is not None), None)


def out_of_use(entry: Filing) -> Filing:
    """The entry of a file that was retired, or that its newest version left out: it applies to nothing and keeps its records readable."""
    return replace(entry, applies_when=parse("False"), likely_when=None, facts=())
