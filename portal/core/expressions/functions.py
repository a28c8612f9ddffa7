"""Functions that need no context: the basic ones of every scope and the arithmetic of calculators.

Each takes and gives values of the language. Unless said otherwise an unknown argument gives unknown, else an empty one
gives empty.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping
from decimal import Context, Decimal
from fractions import Fraction
from typing import cast

from portal.core.expressions.evaluation import Function
from portal.core.expressions.values import EMPTY, UNKNOWN, ExpressionError, Number, fraction_of, kind, simplest

# Logarithms and roots have no exact form; 50 digits keep them far below any limit a rule states.
_DIGITS = Context(prec=50)
_LONGEST_SERIES = 1200  # months in 100 years
_EMPTY_BIN = Fraction(1, 10_000)


def lifted(function: Callable[..., object]) -> Function:
    """The function with unknown and empty arguments passed through."""

    def call(*values: object) -> object:
        if any(value is UNKNOWN for value in values):
            return UNKNOWN
        if any(value is EMPTY for value in values):
            return EMPTY
        return function(*values)

    return call


def listed(value: object) -> list[object]:
    """The value as a list. Raises ``ExpressionError`` if it is none."""
    if kind(value) != "list":
        raise ExpressionError(f"a list is needed here, not a {kind(value)}")
    return list(cast(Iterable[object], value))


def date_of(value: object) -> dt.date:
    """A date or a text ``YYYY-MM-DD`` as a date."""
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str):
        raise ExpressionError("a date is written 'YYYY-MM-DD'")
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise ExpressionError(f"{value!r} is not a date 'YYYY-MM-DD'") from error


def _length(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    return len(listed(value))


def _any_of(value: object, wanted: object) -> bool:
    return not set(listed(value)).isdisjoint(listed(wanted))


def _all_of(value: object, wanted: object) -> bool:
    return set(listed(wanted)) <= set(listed(value))


def _decimal(number: object) -> Decimal:
    ratio = fraction_of(number)
    return _DIGITS.divide(Decimal(ratio.numerator), Decimal(ratio.denominator))


def _ln(number: object) -> object:
    return _DIGITS.ln(_decimal(number)) if fraction_of(number) > 0 else EMPTY


def _sqrt(number: object) -> object:
    ratio = fraction_of(number)
    if ratio < 0:
        return EMPTY
    top, bottom = math.isqrt(ratio.numerator), math.isqrt(ratio.denominator)
    if top * top == ratio.numerator and bottom * bottom == ratio.denominator:
        return simplest(Fraction(top, bottom))
    return _DIGITS.sqrt(_decimal(number))


def round_half_away(number: object, places: object) -> Number:
    """Rounded to ``places`` decimals, halves away from zero."""
    shift = 10 ** int(fraction_of(places))
    scaled = fraction_of(number) * shift
    whole = math.floor(abs(scaled) + Fraction(1, 2))
    return simplest(Fraction(whole if scaled >= 0 else -whole, 1) / shift)


def _psi(expected: object, actual: object) -> Decimal:
    """Population stability index over two lists of shares; empty bins count as 0.0001."""
    total = Decimal(0)
    for before, after in zip(listed(expected), listed(actual), strict=True):
        x, y = max(fraction_of(before), _EMPTY_BIN), max(fraction_of(after), _EMPTY_BIN)
        total = _DIGITS.add(total, _DIGITS.multiply(_decimal(y - x), _DIGITS.ln(_decimal(y / x))))
    return total


def _geometric(growth: object, count: object) -> Number:
    """Sum of (1 + growth)^k for k = 0 … count - 1."""
    n, factor = int(fraction_of(count)), 1 + fraction_of(growth)
    if n > _LONGEST_SERIES:
        raise ExpressionError(f"at most {_LONGEST_SERIES} terms")
    return simplest(sum((factor**k for k in range(n)), Fraction(0)))


def _if_else(condition: object, then: object, otherwise: object) -> object:
    """The second value if true, else the third; unknown only if the condition is."""
    if condition is UNKNOWN:
        return UNKNOWN
    if not isinstance(condition, bool):
        raise ExpressionError("the condition must be true or false")
    return then if condition else otherwise


def _next_size(number: object, sizes: object) -> object:
    fitting = [size for size in listed(sizes) if fraction_of(size) >= fraction_of(number)]
    return min(fitting, key=fraction_of) if fitting else EMPTY


def _pick(names: object, flags: object) -> list[object]:
    chosen = []
    for name, flag in zip(listed(names), listed(flags), strict=True):
        if not isinstance(flag, bool):
            raise ExpressionError("a flag must be true or false")
        if flag:
            chosen.append(name)
    return chosen


def _at(values: object, position: object) -> object:
    index = fraction_of(position)
    row = listed(values)
    if index.denominator != 1 or not 0 <= index < len(row):
        raise ExpressionError(f"there is no position {index} in a list of {len(row)}")
    return row[int(index)]


def _index_of(value: object, values: object) -> int:
    row = listed(values)
    if value not in row:
        raise ExpressionError(f"{value!r} is not in the list")
    return row.index(value)


def _known(values: object, choose: Callable[..., object]) -> object:
    if values is UNKNOWN:
        return UNKNOWN
    known = [value for value in listed(values) if value is not EMPTY]
    return choose(known, key=fraction_of) if known else EMPTY


def _wmean_known(weights: object, values: object) -> object:
    """Weighted mean of the values that are not empty, weights rescaled."""
    if weights is UNKNOWN or values is UNKNOWN:
        return UNKNOWN
    pairs = [
        (fraction_of(weight), fraction_of(value))
        for weight, value in zip(listed(weights), listed(values), strict=True)
        if value is not EMPTY
    ]
    total = sum((weight for weight, _ in pairs), Fraction(0))
    return simplest(sum((weight * value for weight, value in pairs), Fraction(0)) / total) if total else EMPTY


def _ceil_div(number: object, divisor: object) -> object:
    if fraction_of(divisor) == 0:
        return EMPTY
    return math.ceil(fraction_of(number) / fraction_of(divisor))


def _dot(left: object, right: object) -> Number:
    pairs = zip(listed(left), listed(right), strict=True)
    return simplest(sum((fraction_of(a) * fraction_of(b) for a, b in pairs), Fraction(0)))


BASIC: Mapping[str, Function] = {
    "len": lifted(_length),
    "any_of": lifted(_any_of),
    "all_of": lifted(_all_of),
    "date": lifted(date_of),
}

absolute: Function = lifted(lambda number: simplest(abs(fraction_of(number))))

ARITHMETIC: Mapping[str, Function] = {
    "abs": absolute,
    "min": lifted(lambda *numbers: min(numbers, key=fraction_of)),
    "max": lifted(lambda *numbers: max(numbers, key=fraction_of)),
    "ceil": lifted(lambda number: math.ceil(fraction_of(number))),
    "ceil_div": lifted(_ceil_div),
    "ln": lifted(_ln),
    "sqrt": lifted(_sqrt),
    "round": lifted(round_half_away),
    "total": lifted(lambda values: simplest(sum((fraction_of(value) for value in listed(values)), Fraction(0)))),
    "dot": lifted(_dot),
    "psi": lifted(_psi),
    "geometric": lifted(_geometric),
    "if_else": _if_else,
    "next_size": lifted(_next_size),
    "pick": lifted(_pick),
    "at": lifted(_at),
    "index_of": lifted(_index_of),
    "max_known": lambda values: _known(values, max),
    "min_known": lambda values: _known(values, min),
    "wmean_known": _wmean_known,
}

CALCULATOR_FUNCTIONS: Mapping[str, Function] = {**BASIC, **ARITHMETIC}
