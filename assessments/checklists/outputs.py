"""Outputs of calculators as stored and as rules read them.

Stored as JSON: whole numbers as numbers, other numbers as text with a point (``"12.5"``, exact), truth values, texts and lists as
they are, an empty result as null; an unknown result is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from portal.core.expressions import EMPTY, UNKNOWN
from portal.core.expressions.values import decimal_of

_DECIMAL = re.compile(r"-?\d+\.\d+(E[+-]?\d+)?")


def stored_outputs(values: Mapping[str, object]) -> dict[str, Any]:
    """The outputs of a run as JSON."""
    return {name: stored_value(value) for name, value in values.items() if value is not UNKNOWN}


def stored_value(value: object) -> Any:
    """One value as JSON."""
    if value is EMPTY or value is UNKNOWN or value is None:
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, int | Decimal):
        if value == int(value):
            return int(value)
        text = format(value, "f")
        return text if "." in text else f"{text}.0"
    if isinstance(value, list | tuple | set | frozenset):
        return [stored_value(one) for one in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


def read_outputs(stored: Mapping[str, Any]) -> dict[str, object]:
    """Stored outputs as rules read them."""
    return {name: read_output(value) for name, value in stored.items()}


def read_output(value: Any) -> object:
    """One stored value as rules read it."""
    if value is None:
        return EMPTY
    if isinstance(value, str):
        return decimal_of(value) if _DECIMAL.fullmatch(value) else value
    if isinstance(value, list):
        return [read_output(one) for one in value]
    return value
