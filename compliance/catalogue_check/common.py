"""What the kinds of vectors share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from portal.catalogue import Catalogue
from portal.core.expressions import EMPTY, UNKNOWN
from portal.core.expressions.functions import date_of

Vector = Mapping[str, Any]
Fault = Callable[[str], None]

# The position of the catalogue; vectors that give no day mean this one.
DEFAULT_DAY = dt.date(2026, 11, 23)
_NUMBERS = ("int", "number", "percent", "money")


def check_facts(catalogue: Catalogue, facts: Mapping[str, object], fault: Fault) -> None:
    """Facts of a vector must exist, be asked, and have allowed values."""
    for name, value in facts.items():
        fact = catalogue.facts.get(name)
        if fact is None:
            fault(f"unknown fact {name}")
        elif fact.derived is not None:
            fault(f"derived fact given: {name}")
        elif value is None or value == "unknown":
            continue
        elif fact.type in ("bool3", "enum", "set"):
            for one in value if isinstance(value, list) else [value]:
                if one not in fact.choices:
                    fault(f"value {one!r} is not allowed for {name}")
        elif fact.type in _NUMBERS and (isinstance(value, bool) or not isinstance(value, (int, float))):
            fault(f"{name} must be a number")


def day_of(vector: Vector, key: str) -> dt.date:
    """The day of a vector, by default that of the catalogue."""
    given = vector.get(key)
    return DEFAULT_DAY if given is None else date_of(given)


def plain(value: object) -> object:
    """A value of the language as vectors write it: ``unknown``, null, or itself."""
    if value is UNKNOWN:
        return "unknown"
    return None if value is EMPTY else value


def expect(fault: Fault, what: str, wanted: object, got: object) -> None:
    """Report a difference."""
    if wanted != got:
        fault(f"{what} expected {wanted}, got {got}")
