"""Values of facts: from what a person typed to what is stored, and from what is stored to what rules read.

Stored values are plain JSON: ``"yes"``/``"no"``, the value of an enum, a list of values, a whole number, a decimal as
text (``"1250000.50"``, exact), a date as ``"2026-11-23"``, a text, or ``"unknown"``.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import cast

from portal.catalogue.parts.facts import Fact
from portal.catalogue.parts.text import Text
from portal.core.expressions import UNKNOWN, ExpressionError
from portal.core.expressions.functions import date_of
from portal.core.expressions.values import decimal_of, exact
from portal.core.years import YEARS

UNKNOWN_MARKER = "unknown"
LONGEST_TEXT = 2000  # characters
_GREATEST = Decimal(10) ** 30
_MOST_PLACES = 6
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")

Stored = str | int | list[str]

_MESSAGES: dict[str, Text] = {
    "derived": Text("这项事实由系统推导，不能填写", "This fact follows from others and cannot be entered"),
    "not_a_choice": Text("“{value}”不在可选范围内", "‘{value}’ is not among the values to choose from"),
    "not_a_list": Text("请从列表中选择", "Choose from the list"),
    "one_only": Text("只能选择一项", "Only one value can be chosen"),
    "not_a_number": Text("“{value}”不是数字", "‘{value}’ is not a number"),
    "not_whole": Text("请填写整数", "A whole number is needed"),
    "too_small": Text("不能小于 {least}", "It cannot be less than {least}"),
    "too_great": Text("不能大于 {greatest}", "It cannot be more than {greatest}"),
    "too_many_places": Text("最多 {places} 位小数", "At most {places} decimal places"),
    "not_a_date": Text("“{value}”不是日期，请按 2026-11-23 的格式填写", "‘{value}’ is not a date; write it like 2026-11-23"),
    "date_out_of_range": Text("日期应在 {first} 年至 {last} 年之间", "The year must lie between {first} and {last}"),
    "not_text": Text("请填写文字", "Text is needed"),
    "too_long": Text("最多 {most} 个字，现有 {length} 个字", "At most {most} characters; there are {length}"),
}


class FactValueError(ValueError):
    """A value that a fact cannot take: ``code`` and ``params`` for programs, ``text`` for people in both languages."""

    def __init__(self, fact_id: str, code: str, **params: str | int) -> None:
        self.fact_id = fact_id
        self.code = code
        self.params = params
        super().__init__(fact_id, code, params)

    @property
    def text(self) -> Text:
        """The message in both languages."""
        return _MESSAGES[self.code].fill(**{name: str(value) for name, value in self.params.items()})

    def __str__(self) -> str:
        return f"{self.fact_id}: {self.text.en}"


def validate_fact_value(fact: Fact, raw: object) -> Stored:
    """The stored form of a value as typed or sent: text from a form, or JSON.

    An empty list is a value of a set fact (none of them); empty text, None and ``unknown`` give ``"unknown"``. Raises
    ``FactValueError``.
    """
    if fact.derived is not None:
        raise FactValueError(fact.id, "derived")
    if isinstance(raw, str):
        raw = unicodedata.normalize("NFC", raw).strip()
    if raw is None or raw in ("", UNKNOWN_MARKER) or raw == [UNKNOWN_MARKER]:
        return UNKNOWN_MARKER
    if fact.type == "set":
        return _set(fact, raw)
    if isinstance(raw, (list, tuple)):
        if len(raw) != 1 or isinstance(raw[0], (list, tuple)):
            raise FactValueError(fact.id, "one_only")
        return validate_fact_value(fact, raw[0])
    if fact.type in ("bool3", "enum"):
        return _one(fact, raw)
    if fact.type == "date":
        return _date(fact, raw)
    if fact.type == "text":
        return _text(fact, raw)
    return _number(fact, raw)


def _one(fact: Fact, raw: object) -> str:
    if isinstance(raw, bool) and fact.type == "bool3":
        raw = "yes" if raw else "no"
    if not isinstance(raw, str) or raw not in fact.choices:
        raise FactValueError(fact.id, "not_a_choice", value=_shown(raw))
    return raw


def _set(fact: Fact, raw: object) -> list[str]:
    if isinstance(raw, str):
        raw = [raw]
    if not isinstance(raw, (list, tuple, set, frozenset)):
        raise FactValueError(fact.id, "not_a_list")
    for value in raw:
        if not isinstance(value, str) or value not in fact.choices:
            raise FactValueError(fact.id, "not_a_choice", value=_shown(value))
    return [value for value in fact.choices if value in raw]


def _date(fact: Fact, raw: object) -> str:
    day = _day(raw)
    if day is None:
        raise FactValueError(fact.id, "not_a_date", value=_shown(raw))
    if day.year not in YEARS:
        raise FactValueError(fact.id, "date_out_of_range", first=YEARS[0], last=YEARS[-1])
    return day.isoformat()


def _day(raw: object) -> dt.date | None:
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", str(raw)))
    if found is None:
        return None
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _text(fact: Fact, raw: object) -> str:
    if not isinstance(raw, str):
        raise FactValueError(fact.id, "not_text")
    if len(raw) > LONGEST_TEXT:
        raise FactValueError(fact.id, "too_long", most=LONGEST_TEXT, length=len(raw))
    return raw


def _number(fact: Fact, raw: object) -> int | str:
    text = repr(raw) if isinstance(raw, float) else str(raw)
    text = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").replace("_", "")
    if fact.type == "percent":
        text = text.removesuffix("%")
    if isinstance(raw, bool) or not _NUMBER.fullmatch(text):
        raise FactValueError(fact.id, "not_a_number", value=_shown(raw))
    number = Decimal(text)
    least = Decimal(fact.least if fact.least is not None else 0)
    greatest = Decimal(fact.greatest) if fact.greatest is not None else Decimal(100) if fact.type == "percent" else None
    if number < least:
        raise FactValueError(fact.id, "too_small", least=str(least))
    if greatest is not None and number > greatest:
        raise FactValueError(fact.id, "too_great", greatest=str(greatest))
    if number > _GREATEST:
        raise FactValueError(fact.id, "too_great", greatest="1e30")
    if fact.type == "int":
        if number != number.to_integral_value():
            raise FactValueError(fact.id, "not_whole")
        return int(number)
    plain = format(number.normalize(), "f")
    if len(plain.partition(".")[2]) > _MOST_PLACES:
        raise FactValueError(fact.id, "too_many_places", places=_MOST_PLACES)
    return plain


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"


def engine_value(fact: Fact, stored: object) -> object:
    """What rules read for a stored value: exact numbers, dates, lists; ``UNKNOWN`` for None and ``unknown``.

    Raises ``ExpressionError`` for a value of the wrong kind (which ``validate_fact_value`` never lets through).
    """
    if stored is None or stored == UNKNOWN_MARKER or stored is UNKNOWN:
        return UNKNOWN
    try:
        match fact.type:
            case "date":
                return date_of(stored)
            case "set":
                if isinstance(stored, (list, tuple, set, frozenset)):
                    return list(cast(Iterable[object], stored))
                raise ExpressionError("a list is needed")
            case "int" | "number" | "percent" | "money":
                return decimal_of(stored) if isinstance(stored, str) else exact(stored)
            case _:
                return str(stored)
    except ExpressionError as error:
        raise ExpressionError(f"fact {fact.id}: {error.fault}") from error


def close_jurisdictions(values: Iterable[object], implies: Mapping[str, tuple[str, ...]]) -> list[object]:
    """The values with every level above them (a Member State adds EU and EEA)."""
    closed = list(values)
    todo = list(closed)
    while todo:
        for upper in implies.get(str(todo.pop()), ()):
            if upper not in closed:
                closed.append(upper)
                todo.append(upper)
    return closed
