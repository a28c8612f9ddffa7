"""Every unit of the catalogue is said in the report, or is known to have no word after a figure."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from compliance.reports.voice import Voice, unit_label
from portal.catalogue import catalogue

# Counts, ratios and weights stand alone; money brings its currency; the others are words or lists, not numbers.
UNITLESS = {
    *("count", "ratio", "index", "coefficient", "level", "weight", "weights", "shares", "score 1-5"),
    *("currency", "currency list"),
    *("band", "class", "decision", "intent", "linear/compound", "list", "mode", "route", "sourcing", "status", "tier"),
    *("true/false", "yes/no"),
}


def units() -> set[str]:
    """Units of facts, items and their columns, and of everything in calculators."""
    found: set[str] = set()

    def walk(part: Any) -> None:
        if is_dataclass(part):
            unit = getattr(part, "unit", None)
            found.update([unit] if isinstance(unit, str) and unit else [])
            for field in fields(part):
                walk(getattr(part, field.name))
        elif hasattr(part, "values"):
            for one in part.values():
                walk(one)
        elif isinstance(part, list | tuple):
            for one in part:
                walk(one)

    content = catalogue()
    for part in (content.facts, content.items, content.calculators):
        walk(part)
    return found


def test_every_unit_has_its_word_in_both_languages() -> None:
    known = units()
    assert {"GiB", "GB", "kB", "Mbps", "FLOP", "kWh/year", "level"} <= known
    for unit in known - UNITLESS:
        assert unit_label(unit)["zh"], unit
        assert unit_label(unit)["en"], unit
    assert not [unit for unit in UNITLESS if any(unit_label(unit).values())]


@pytest.mark.parametrize(("unit", "zh", "en"), [("GiB", "24 GiB", "24 GiB"), ("Mbps", "24 Mbps", "24 Mbps"), ("ms", "24 毫秒", "24 ms")])
def test_a_figure_keeps_its_unit(unit: str, zh: str, en: str) -> None:
    assert Voice("both").figure(24, unit) == {"zh": zh, "en": en}
