"""What the names in a rule are called: labels of facts, options, columns, calculators, outputs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from portal.catalogue.parts.bundle import Catalogue
from portal.catalogue.parts.calculators import Calculator, Input
from portal.catalogue.parts.facts import Fact
from portal.catalogue.parts.items import Field, Item
from portal.catalogue.parts.text import Text, same
from portal.catalogue.parts.vocabulary import Choice
from portal.catalogue.words.numbers import say_date, say_number
from portal.core.expressions import EMPTY, UNKNOWN
from portal.core.expressions.values import kind

YES, NO, NOT_APPLICABLE = Text("是", "yes"), Text("否", "no"), Text("不适用", "not applicable")
YES_NO_NA = {"yes": YES, "no": NO, "na": NOT_APPLICABLE}
UNKNOWN_TEXT = Text("未知", "unknown")
EMPTY_TEXT = Text("未填", "blank")
NOTHING = Text("无", "none")

# Values that calculators produce and for which the catalogue keeps no labels.
RESULTS: dict[str, Text] = {
    "allowed": Text("允许", "allowed"),
    "conditions": Text("附条件允许", "allowed with conditions"),
    "forbidden": Text("禁止", "forbidden"),
    "good": Text("良好", "good"),
    "needs_work": Text("需要治理", "needs work"),
    "not_usable": Text("不可用", "not usable"),
    "ready": Text("就绪", "ready"),
    "conditional": Text("附条件", "conditional"),
    "not_ready": Text("未就绪", "not ready"),
    "blocked": Text("受阻", "blocked"),
    "call_api": Text("直接调用接口", "call an API"),
    "linear": Text("线性", "linear"),
    "compound": Text("复合", "compound"),
    "waived": Text("已豁免", "waived"),
    "light": Text("简易档", "light"),
    "standard": Text("标准档", "standard"),
    "full": Text("完整档", "full"),
}
# These are results of calculators even where an item has an option of the same name.
_OWN_RESULTS = frozenset({"allowed", "conditions", "forbidden", "good", "ready", "conditional", "blocked"})
# "结论（closed/open_low/open_high）", "kind (structured, document …)": the values are listed by the column anyway.
_LISTED_VALUES = re.compile(r"\s*(（[^（）]*/[^（）]*）|\([^()]*[,/][^()]*\))$")


def quoted(text: Text) -> Text:
    """The text in the quotation marks of each language; quotation marks inside become those of the second level."""
    inner = text.zh.replace("“", "‘").replace("”", "’")
    return Text(f"“{inner}”", f"‘{text.en}’")


def fact_label(fact: Fact) -> Text:
    """The question of a fact as a label: the Chinese one without its question mark."""
    return Text(fact.question.zh.rstrip("？?"), fact.question.en)


def field_label(field: Field) -> Text:
    """The label of a column; a choice column does not repeat its values."""
    return field.label.each(lambda text: _LISTED_VALUES.sub("", text)) if field.choices else field.label


def labels_of(choices: Mapping[str, Choice]) -> dict[str, Text]:
    """Labels by value."""
    return {value: choice.label for value, choice in choices.items()}


def fact_labels(fact: Fact) -> dict[str, Text]:
    """Labels of the values of a fact."""
    return dict(YES_NO_NA) if fact.type == "bool3" else labels_of(fact.choices)


def item_labels(item: Item) -> dict[str, Text]:
    """Labels of the answers of an item."""
    return dict(YES_NO_NA) if item.answer_type == "yes_no_na" else labels_of(item.choices)


def listed(texts: Iterable[Text], zh: str = "、", en: str = ", ", last: Text | None = None) -> Text:
    """Several texts in a row; ``last`` joins the last two (``或`` / `` or ``)."""
    row = list(texts)
    if not row:
        return NOTHING
    if last is None or len(row) == 1:
        return Text(zh.join(text.zh for text in row), en.join(text.en for text in row))
    head = listed(row[:-1], zh, en)
    return Text(head.zh + last.zh + row[-1].zh, head.en + last.en + row[-1].en)


def say_value(value: object, labels: Mapping[str, Text] | None = None, unit: str | None = None) -> Text:
    """A value of the language in words: option labels, numbers with unit, dates in full, unknown and blank as such."""
    if value is UNKNOWN or value is None:
        return UNKNOWN_TEXT
    if value is EMPTY:
        return EMPTY_TEXT
    match kind(value):
        case "truth value":
            return YES if value is True else NO
        case "number":
            return say_number(value, unit)
        case "date" if isinstance(value, dt.date):
            return say_date(value)
        case "list":
            return listed(say_value(part, labels, unit) for part in value)  # type: ignore[attr-defined]
        case _:
            text = str(value)
            found = (labels or {}).get(text)
            return found if found is not None else RESULTS.get(text, YES_NO_NA.get(text, same(text)))


def say_fact_value(fact: Fact, value: object) -> Text:
    """A value of a fact (stored or as rules read it) in words: numbers grouped by thousands, money with the currency of the fact."""
    if value == "unknown":
        return UNKNOWN_TEXT
    if fact.type in _NUMBERS and isinstance(value, str) and _DIGITS.fullmatch(value):
        value = Decimal(value)  # exact numbers are stored as text
    unit = fact.currency if fact.type == "money" else fact.unit
    return say_value(value, fact_labels(fact), None if unit in ("level", None) else unit)


_NUMBERS = ("int", "number", "percent", "money")
_DIGITS = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Lexicon:
    """Names for one rule: the catalogue, and the item or the calculator whose rule it is."""

    catalogue: Catalogue
    item: Item | None = None
    calculator: Calculator | None = None

    def labels_of_input(self, one: Input) -> Mapping[str, Text]:
        """Labels of the values that an input of a calculator takes."""
        if one.unit == "yes/no":
            return YES_NO_NA
        if one.source == "fact" and one.of in self.catalogue.facts:
            return fact_labels(self.catalogue.facts[one.of])
        if one.source == "item" and one.of in self.catalogue.items:
            item = self.catalogue.items[one.of]
            own = item_labels(item)
            if own:
                return own
            return {value: label for field in item.fields.values() for value, label in labels_of(field.choices).items()}
        return every_label(self.catalogue)

    def labels_of_output(self) -> Mapping[str, Text]:
        """Labels of the texts that a calculator can give: they are values of facts and items, or results of its own."""
        return every_label(self.catalogue)


@cache
def every_label(catalogue: Catalogue) -> Mapping[str, Text]:
    """A label for every value of the facts, items and columns; where several use a value, facts come first."""
    found: dict[str, Text] = {}
    tables = [fact_labels(fact) for fact in catalogue.facts.values()]
    tables += [item_labels(item) for item in catalogue.items.values()]
    tables += [labels_of(field.choices) for item in catalogue.items.values() for field in item.fields.values()]
    for table in tables:
        for value, label in table.items():
            found.setdefault(value, label)
    return found | {value: label for value, label in RESULTS.items() if value in _OWN_RESULTS}
