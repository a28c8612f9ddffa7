"""Reading the demo's content (``data/*.yaml``) and filling it in for one project."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parent / "data"
_WHOLE = re.compile(r"\{(\w+)\}")
_FIGURE = re.compile(r"=\{?(\w+)\}?(?:\*([\d.]+))?")


@cache
def read(name: str) -> Any:
    """The content of one file; callers do not change it."""
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def answers() -> dict[str, dict[str, Any]]:
    """What people answer, by item and outcome."""
    return {**read("answers_d1_d3"), **read("answers_d4_d7"), **read("answers_d8_d10")}


def shuffled(seed: str, names: list[str]) -> list[str]:
    """An order that looks like chance and is the same at every load."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).digest())


def chance(seed: str, size: int) -> int:
    """A number from 0 below ``size`` that looks like chance and is the same at every load."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4]) % size


class Filler:
    """Fills a piece of content in: one language, dates from today, figures and names of the project.

    ``{zh: …, en: …}`` gives the text of the language; ``{any: […]}`` one of the texts, the same at every load of the project;
    ``"@30"`` a date; ``"=budget*0.1"`` a figure; ``"{name}"`` alone the value itself, within a text its words.
    """

    def __init__(self, language: str, today: dt.date, words: dict[str, Any]) -> None:
        self.language = "zh" if language.startswith("zh") else "en"
        self.today = today
        self.words = words

    def __call__(self, given: Any) -> Any:
        """The content as it is stored, figures as text."""
        if isinstance(given, Mapping):
            if set(given) == {"zh", "en"}:
                return self(given[self.language])
            if set(given) == {"any"}:
                return self(given["any"][chance(f"{self.words['code']}:{given['any'][0]}", len(given["any"]))])
            return {key: self(value) for key, value in given.items()}
        if isinstance(given, list):
            return [self(value) for value in given]
        if isinstance(given, bool) or given is None:
            return given
        if isinstance(given, int | float):
            return str(given)
        return self._text(str(given))

    def _text(self, given: str) -> Any:
        if given.startswith("@"):
            return (self.today + dt.timedelta(days=int(given[1:]))).isoformat()
        if given.startswith("=") and (found := _FIGURE.fullmatch(given)):
            return plain(Decimal(str(self.words[found[1]])) * Decimal(found[2] or "1"))
        if found := _WHOLE.fullmatch(given):
            return self(self.words[found[1]])
        return _WHOLE.sub(lambda one: str(self(self.words[one[1]])), given) if "{" in given else given


def plain(number: Decimal) -> str:
    """A figure as people write it: large ones rounded, no exponent."""
    step = Decimal(100) if number >= 20000 else Decimal(10) if number >= 2000 else Decimal(1) if number >= 20 else Decimal("0.1")
    rounded = (number / step).quantize(Decimal(1), ROUND_HALF_UP) * step
    return format(rounded.normalize(), "f") if rounded else "0"
