"""Values of the rule language: numbers, texts, truth values, dates, lists, and two special ones.

Numbers stay exact. They are held as ``int``, ``Decimal`` or (a quotient that has no finite decimal form) ``Fraction``;
binary floats are turned into the decimal they are written as before they take part in anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

Number = int | Decimal | Fraction

# A number beyond this size is a typing slip or an attack on memory, not a quantity (largest real one: 1e26 FLOP).
_GREATEST_EXPONENT = 60


class ExpressionError(ValueError):
    """A rule that cannot be parsed or evaluated. ``text`` is the rule, ``position`` the character offset in it."""

    def __init__(self, fault: str, text: str = "", position: int | None = None) -> None:
        self.fault = fault
        self.text = text
        self.position = position
        super().__init__(fault, text, position)

    def __str__(self) -> str:
        place = "" if self.position is None else f" at character {self.position + 1}"
        return f"{self.fault}{place} in: {self.text}" if self.text else self.fault


class Special:
    """``UNKNOWN`` or ``EMPTY``. Has no truth value, so that a forgotten check fails loudly."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name

    def __bool__(self) -> bool:
        raise TypeError(f"{self.name} has no truth value")

    def __reduce__(self) -> str:
        return self.name

    def __copy__(self) -> Special:
        return self

    def __deepcopy__(self, memo: object) -> Special:
        return self


UNKNOWN: Final = Special("UNKNOWN")
EMPTY: Final = Special("EMPTY")

_KINDS: dict[type, str] = {
    bool: "truth value",
    int: "number",
    Decimal: "number",
    Fraction: "number",
    float: "number",
    str: "text",
    dt.date: "date",
    list: "list",
    tuple: "list",
    set: "list",
    frozenset: "list",
}


def kind(value: object) -> str:
    """The kind of a value: ``truth value``, ``number``, ``text``, ``date`` or ``list``. Other types are an error."""
    found = _KINDS.get(type(value))
    if found is None:
        raise ExpressionError(f"a value of type {type(value).__name__} cannot be used in a rule")
    return found


def exact(value: object) -> object:
    """The same value with every binary float replaced by the decimal it is written as; lists and mappings go deep."""
    if isinstance(value, float):
        return decimal_of(repr(value))
    if isinstance(value, Decimal):
        _refuse_monsters(value)
        return value
    if isinstance(value, (list, tuple)):
        return [exact(part) for part in value]
    if isinstance(value, Mapping):
        return {key: exact(part) for key, part in value.items()}
    return value


def decimal_of(text: str) -> int | Decimal:
    """A written number as ``int`` or ``Decimal``, exactly. Raises ``ExpressionError`` for anything else."""
    try:
        number = Decimal(text)
    except ArithmeticError as error:
        raise ExpressionError(f"{text!r} is not a number") from error
    _refuse_monsters(number)
    return int(number) if number == number.to_integral_value() else number


def _refuse_monsters(number: Decimal) -> None:
    if not number.is_finite():
        raise ExpressionError(f"{number} is not a finite number")
    too_long = len(number.as_tuple().digits) > 2 * _GREATEST_EXPONENT
    if too_long or (number and abs(number.adjusted()) > _GREATEST_EXPONENT):
        raise ExpressionError("a number is out of any sensible range")


def fraction_of(number: object) -> Fraction:
    """A number as an exact fraction. Raises ``ExpressionError`` if it is none (a truth value is none either)."""
    if isinstance(number, float):
        return Fraction(repr(number))
    if isinstance(number, (int, Decimal, Fraction)) and not isinstance(number, bool):
        return Fraction(number)
    raise ExpressionError(f"a number is needed here, not a {kind(number)}")


def simplest(number: Fraction) -> Number:
    """The plainest exact form: ``int``, else ``Decimal`` if the fraction has a finite decimal form, else itself."""
    denominator = number.denominator
    if denominator == 1:
        return number.numerator
    twos = fives = 0
    while denominator % 2 == 0:
        denominator //= 2
        twos += 1
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    if denominator != 1:
        return number
    places = max(twos, fives)
    digits = number.numerator * 10**places // number.denominator
    sign = 1 if digits < 0 else 0
    return Decimal((sign, tuple(int(digit) for digit in str(abs(digits))), -places))
