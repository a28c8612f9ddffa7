"""Values that people enter on the page of a calculator: from what was typed to what is stored, and to what steps read.

Stored values are plain JSON: numbers as decimal text, yes/no as ``"yes"``/``"no"``, lists as lists, options as their value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import cast

from portal.catalogue import Text
from portal.catalogue.parts import Input
from portal.core.expressions import ExpressionError
from portal.core.expressions.values import decimal_of, exact

YES_NO, TRUTH = "yes/no", "true/false"
LISTS = frozenset({"list", "shares", "currency list", "weights"})
NUMBER_LISTS = frozenset({"shares", "currency list", "weights"})
OPTIONS = frozenset({"class", "mode", "route", "intent", "linear/compound", "sourcing", "decision", "status", "band", "tier"})
SCORE = "score 1-5"
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?")
_SEPARATORS = re.compile(r"[\s,;，、；]+")
_GREATEST = Decimal(10) ** 30

Stored = str | bool | list[str]

_MESSAGES: dict[str, Text] = {
    "not_yes_no": Text("请选择“是”或“否”", "Choose yes or no"),
    "not_a_number": Text("“{value}”不是数字", "‘{value}’ is not a number"),
    "out_of_range": Text("应在 {least} 至 {greatest} 之间", "It must lie between {least} and {greatest}"),
    "negative": Text("不能为负数", "It cannot be negative"),
    "empty": Text("请填写", "A value is needed"),
}


class EnteredValueError(ValueError):
    """A value that an input cannot take: ``code`` and ``params`` for programs, ``text`` for people in both languages."""

    def __init__(self, input_id: str, code: str, **params: str) -> None:
        self.input_id = input_id
        self.code = code
        self.params = params
        super().__init__(input_id, code, params)

    @property
    def text(self) -> Text:
        """The message in both languages."""
        return _MESSAGES[self.code].fill(**self.params)


def validate_entered(one: Input, raw: object) -> Stored:
    """The stored form of an entered value. Raises ``EnteredValueError``.

    A list of numbers may be typed with commas, semicolons or spaces between them.
    """
    text = unicodedata.normalize("NFKC", str(raw)).strip() if not isinstance(raw, (list, tuple, bool)) else ""
    if raw is None or raw == "" or (not text and isinstance(raw, str)):
        raise EnteredValueError(one.id, "empty")
    if one.unit == YES_NO:
        if text not in ("yes", "no"):
            raise EnteredValueError(one.id, "not_yes_no")
        return text
    if one.unit == TRUTH:
        if isinstance(raw, bool) or text.lower() in ("true", "false", "yes", "no"):
            return raw if isinstance(raw, bool) else text.lower() in ("true", "yes")
        raise EnteredValueError(one.id, "not_yes_no")
    if one.unit in LISTS:
        parts = [str(part) for part in raw] if isinstance(raw, (list, tuple)) else _SEPARATORS.split(text.strip(",;，、；"))
        return [_number(one, part) for part in parts] if one.unit in NUMBER_LISTS else parts
    return text if one.unit in OPTIONS else _number(one, text)


def _number(one: Input, text: str) -> str:
    plain = text.replace(",", "").replace(" ", "").removesuffix("%")
    if not _NUMBER.fullmatch(plain):
        raise EnteredValueError(one.id, "not_a_number", value=text[:40])
    number = Decimal(plain)
    if number < 0:
        raise EnteredValueError(one.id, "negative")
    if one.unit == SCORE and not 1 <= number <= 5:
        raise EnteredValueError(one.id, "out_of_range", least="1", greatest="5")
    if number > _GREATEST:
        raise EnteredValueError(one.id, "out_of_range", least="0", greatest="1e30")
    return format(number.normalize(), "f")


def engine_input(one: Input, stored: object) -> object:
    """What steps read for a stored or gathered value: numbers exact, lists as lists, everything else as it is."""
    if isinstance(stored, (list, tuple, set, frozenset)):
        return [_part(part) for part in cast(Iterable[object], stored)] if one.unit in LISTS else list(stored)
    if isinstance(stored, str) and one.unit not in OPTIONS | {YES_NO, TRUTH}:
        return decimal_of(stored)
    return exact(stored)


def _part(part: object) -> object:
    if isinstance(part, str):
        try:
            return decimal_of(part)
        except ExpressionError:
            return part
    return exact(part)
