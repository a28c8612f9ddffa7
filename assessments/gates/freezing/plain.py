"""Values of the engine and of the database as plain JSON without floats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.scoring.readiness import two_places
from portal.core.expressions import EMPTY, UNKNOWN


def plain(value: Any) -> Any:
    """The JSON form of a value: decimals as text, dates as ISO text, sets as sorted lists; unknown and empty are None."""
    if value is None or value is UNKNOWN or value is EMPTY:
        return None
    if isinstance(value, bool | str | int):
        return value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 else str(two_places(value))
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(plain(entry) for entry in value)
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    return str(value)
