"""What all sections share: the record, the catalogue, the voice, and names for the ids in the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from assessments.gates.content import DecisionRecord, RevisionContent
from compliance.reports.voice import Phrase, Voice
from portal.catalogue.parts import Catalogue
from portal.catalogue.words.lexicon import RESULTS, every_label
from portal.core.formats import NOTHING, decimal_of

# verdict or state → symbol that the report's font has, tone
MARKS: Mapping[str, tuple[str, str]] = {
    "pass": ("✓", "pass"),
    "attention": ("!", "attention"),
    "fail": ("×", "fail"),
    "open": ("○", "open"),
    "na": ("–", "na"),
    "waived": ("◇", "waived"),
    "review": ("◑", "review"),
}
BLOCKER = "▲"
# state of the round → tone of the decision on the cover
DECISION_TONES: Mapping[str, str] = {
    "approved": "pass",
    "approved_with_conditions": "attention",
    "returned": "attention",
    "rejected": "fail",
    "withdrawn": "na",
}


class Column(NamedTuple):
    """A column: head, width in percent of the table (0 = what is left), `kind` "n" for figures (right-aligned)."""

    label: SafeString
    width: int = 0
    kind: str = ""


@dataclass
class Table:
    """A table as the pages show it. `empty` is the sentence for no rows; `caption` names it for screen readers."""

    columns: Sequence[Column]
    rows: list[list[SafeString]]
    empty: SafeString = field(default_factory=SafeString)
    caption: str = ""
    small: bool = False
    more: SafeString = field(default_factory=SafeString)

    @property
    def body(self) -> list[list[tuple[str, SafeString]]]:
        """Rows of (kind of the column, cell)."""
        kinds = [column.kind for column in self.columns]
        return [list(zip(kinds, row, strict=True)) for row in self.rows]


@dataclass
class Record:
    """Everything the sections read. Built once per report."""

    content: RevisionContent
    decision: DecisionRecord
    catalogue: Catalogue
    voice: Voice

    @cached_property
    def items(self) -> dict[str, Mapping[str, Any]]:
        """Items of the revision by key."""
        return {item["key"]: item for item in self.content["items"]}

    @cached_property
    def evidence_numbers(self) -> dict[str, str]:
        """Evidence id → number in this report (E1, E2 … in the order of the list)."""
        return {entry["id"]: f"E{number}" for number, entry in enumerate(self.content["evidence"], 1)}

    @cached_property
    def runs(self) -> dict[str, Mapping[str, Any]]:
        """Calculator runs by id; of several runs the one without scope, else the first."""
        found: dict[str, Mapping[str, Any]] = {}
        for run in self.content["calculators"]:
            if run["id"] not in found or not run["scope"]:
                found[run["id"]] = run
        return found

    @cached_property
    def waivers(self) -> dict[str, Mapping[str, Any]]:
        """Waivers by id."""
        return {waiver["id"]: waiver for waiver in self.content["waivers"]}

    @property
    def currency(self) -> str:
        """Currency of the project."""
        return self.content["project"]["currency"]

    @property
    def asked(self) -> Any:
        """The decision asked for: as somebody wrote it, else the outcomes that the gate offers."""
        written = self.content["gate"]["asked"]
        if written:
            return written
        gate = self.content["gate"]["id"]
        known = self.catalogue.gates.get(gate)
        outcomes = self.voice.join([choice.label for choice in known.outcomes] if known else [])
        return self.voice.phrase("asked_default", gate=self.gate_label(gate), outcomes=outcomes)

    # --- names for ids -----------------------------------------------------------------------------------------------

    def gate_name(self, gate: str) -> Any:
        """Name of a gate."""
        known = self.catalogue.gates.get(gate)
        return known.name if known else Phrase("", "")

    def gate_label(self, gate: str) -> Phrase:
        """G4 上线批准."""
        name = self.gate_name(gate)
        return Phrase(*(f"{gate} {name[code]}".strip() for code in ("zh", "en")))

    def outcome(self, gate: str, outcome: str) -> Any:
        """Label of a gate's outcome."""
        known = self.catalogue.gates.get(gate)
        for choice in known.outcomes if known else ():
            if choice.value == outcome:
                return choice.label
        return Phrase(outcome, outcome)

    def role(self, role: str) -> Any:
        """Name of a project role."""
        known = self.catalogue.roles.get(role)
        return known.name if known else Phrase(role, role)

    def person(self, ref: Mapping[str, Any] | None, *, with_role: bool = True) -> SafeString:
        """吴桐（业务负责人）, or the dash."""
        if not ref:
            return SafeString(NOTHING)
        name = self.voice.say(ref["name"])
        if not with_role or not ref.get("role"):
            return name
        return self.bracket(name, self.voice.say(self.role(ref["role"])))

    def bracket(self, outer: SafeString, inner: SafeString) -> SafeString:
        """Full-width brackets where the text is Chinese."""
        return format_html("{}（{}）", outer, inner) if self.voice.wide else format_html("{} ({})", outer, inner)

    def item_label(self, key: str) -> SafeString:
        """D5.10 with its question; the bare key if the catalogue has no such item."""
        known = self.catalogue.items.get(key)
        return format_html('<b class="k">{}</b> {}', key, self.voice.say(known.question)) if known else SafeString(self.voice.say(key))

    def fact_label(self, fact: str) -> Any:
        """The question of a fact."""
        known = self.catalogue.facts.get(fact)
        return known.question if known else Phrase(fact, fact)

    def fact_value(self, fact: str, value: Any) -> Phrase:
        """A fact's value with the labels of its choices."""
        known = self.catalogue.facts.get(fact)
        if value is None:
            return self.voice.phrase("unknown")
        if isinstance(value, list):
            return self.voice.join([self.fact_value(fact, one) for one in value]) if value else self.voice.phrase("nothing")
        if known and value in known.choices:
            label = known.choices[str(value)].label
            return Phrase(label["zh"], label["en"])
        if known and known.type == "money":
            return self.voice.figure(value, "currency", self.currency if known.currency in (None, "project") else known.currency)
        if known and known.type in ("int", "number", "percent"):
            return self.voice.figure(value, "percent" if known.type == "percent" else known.unit or "", self.currency)
        return Phrase(str(value), str(value)) if not isinstance(value, bool) else self.voice.figure(value)

    def code(self, value: Any) -> Any:
        """A code that a calculator took or gave, in words; numbers and flags as they are."""
        if isinstance(value, list):
            return [self.code(one) for one in value]
        if not isinstance(value, str) or value in ("yes", "no") or decimal_of(value) is not None:
            return value
        label = every_label(self.catalogue).get(value) or RESULTS.get(value)
        return Phrase(label.zh, label.en) if label else value

    def vocabulary(self, name: str, value: str) -> Any:
        """Label of a value of a closed list."""
        known = self.catalogue.vocabularies.get(name)
        return known.label(value) if known and value in known else Phrase(value, value)

    def mark(self, verdict: str, label: Any = None) -> SafeString:
        """A verdict as symbol and word, toned."""
        symbol, tone = MARKS.get(verdict, ("–", "na"))
        word = self.voice.say(label if label is not None else self.voice.label("verdict", verdict))
        return format_html('<span class="m {}">{}\u00a0{}</span>', tone, symbol, word)

    def severity(self, level: str) -> SafeString:
        """Severity of a risk as symbol and word."""
        symbol, tone = {"low": ("△", "pass"), "medium": ("!", "attention"), "high": ("▲", "fail"), "critical": ("▲▲", "fail")}.get(
            level, ("–", "na")
        )
        word = self.voice.say(self.voice.label("severity", level)) if level else SafeString(NOTHING)
        return format_html('<span class="m {}">{}\u00a0{}</span>', tone, symbol, word)

    def sentence(self, key: str, **values: Any) -> SafeString:
        """A sentence of the wording, each language on its own line in a bilingual report."""
        phrase = self.voice.phrase(key, **values)
        return self.lines(phrase)

    def lines(self, text: Any) -> SafeString:
        """Both languages as lines of their own; one language as it is."""
        if not isinstance(text, Mapping) or len(self.voice.codes) == 1 or text["zh"] == text["en"]:
            return self.voice.say(text)
        return format_html('{}<br><span class="e" lang="en">{}</span>', self.voice.say(text["zh"]), self.voice.say(text["en"]))

    def joined(self, parts: Iterable[SafeString], separator: str = " · ") -> SafeString:
        """Parts of HTML in one line."""
        return format_html_join(separator, "{}", ((part,) for part in parts if part))

    def heads(self, *columns: tuple[str, int] | tuple[str, int, str]) -> list[Column]:
        """Columns from (wording key, width[, kind])."""
        return [Column(self.voice.word(key), *rest) for key, *rest in columns]  # type: ignore[arg-type]


def clipped(text: Any, limit: int) -> Phrase:
    """Both languages cut to `limit` half characters."""
    return Phrase(clip(text["zh"], limit)[0], clip(text["en"], limit)[0])


def text_width(text: str) -> int:
    """Width in half characters: a Chinese one counts two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def clip(text: str, limit: int) -> tuple[str, bool]:
    """Text of at most `limit` half characters, and whether something was cut."""
    width = 0
    for position, character in enumerate(text):
        width += text_width(character)
        if width > limit:
            return text[:position].rstrip() + "…", True
    return text, False
