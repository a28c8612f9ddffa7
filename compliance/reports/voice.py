"""The language of one report: wording, catalogue texts, dates and figures as that language says them.

A report is in Chinese ("zh"), English ("en") or both ("both": Chinese first, English beside it). It does not depend on
the language of the person who ordered it, so nothing here reads Django's active language.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from compliance.reports.characters import printable
from portal.catalogue.words.numbers import unit_after_number
from portal.core.formats import NOTHING, decimal_of, number
from portal.core.formats import money as money_on_screen

Language = Literal["zh", "en", "both"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en", "both")
_DATA: Final = Path(__file__).parent / "data"
_FULL_WIDTH: Final = str.maketrans("（），；：、", "(),;:,")
_FIGURE: Final = re.compile(r"[≥≤<>]? ?[−+]?[\d,.]+")
_LONGEST_UNIT: Final = 16
_TAGS: Final = {"zh": "zh-Hans", "en": "en"}


@cache
def wording() -> Mapping[str, Mapping[str, str]]:
    """Words of the report by key, {"zh", "en"} each (data/wording.yaml)."""
    words: Mapping[str, Mapping[str, str]] = yaml.load((_DATA / "wording.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return words


@cache
def layout() -> Mapping[str, Any]:
    """Which catalogue ids feed which part of the report (data/layout.yaml)."""
    plan: Mapping[str, Any] = yaml.load((_DATA / "layout.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return plan


class Phrase(dict[str, str]):
    """A text in both languages made by the report: `Phrase(zh, en)`."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh=zh, en=en)


class Voice:
    """Says things in the language of the report. Methods named `say…` give HTML, `plain…` give bare text."""

    def __init__(self, language: Language) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, not {language!r}")
        self.language: Language = language
        self.codes: tuple[str, ...] = ("zh", "en") if language == "both" else (language,)
        self.html_lang = _TAGS[self.codes[0]]
        self.wide = "zh" in self.codes

    # --- words -----------------------------------------------------------------------------------------------------

    def phrase(self, key: str, **values: Any) -> Phrase:
        """The wording `key` in both languages with values filled in; a value may itself be a two-language text."""
        entry = wording()[key]
        return Phrase(*(_fill(entry[code], values, code) for code in ("zh", "en")))

    def known(self, key: str) -> bool:
        """Whether the wording has that key."""
        return key in wording()

    def label(self, prefix: str, value: str) -> Phrase:
        """The wording `<prefix>_<value>`, or the bare value where the wording has none (a newer state, say)."""
        key = f"{prefix}_{value}"
        return self.phrase(key) if key in wording() else Phrase(value, value)

    def say(self, text: Any) -> SafeString:
        """Escaped HTML of a two-language text or of plain text written by a person."""
        if text is None:
            return SafeString("")
        if isinstance(text, SafeString):
            return text
        if not isinstance(text, Mapping):
            return conditional_escape(printable(str(text)))
        parts = [printable(text.get(code) or text.get("zh") or text.get("en") or "") for code in self.codes]
        if len(parts) == 1:
            return conditional_escape(parts[0])
        second = _rest(parts[0], parts[1])
        if not second:
            return conditional_escape(parts[0])
        return mark_safe(f'{conditional_escape(parts[0])} <span class="e" lang="en">{conditional_escape(second)}</span>')  # noqa: S308 - both parts are escaped

    def word(self, key: str, **values: Any) -> SafeString:
        """HTML of the wording `key`."""
        return self.say(self.phrase(key, **values))

    def plain(self, text: Any, joiner: str = " / ") -> str:
        """Bare text; in a bilingual report both texts, joined."""
        if not isinstance(text, Mapping):
            return "" if text is None else printable(str(text))
        parts = [printable(text.get(code) or text.get("zh") or text.get("en") or "") for code in self.codes]
        return parts[0] if len(parts) == 1 or parts[0] == parts[1] else joiner.join(parts)

    def plain_word(self, key: str, **values: Any) -> str:
        """Bare text of the wording `key`."""
        return self.plain(self.phrase(key, **values))

    def join(self, texts: Iterable[Any], separator: str = "list_comma") -> Phrase:
        """Two-language or plain texts as one list in each language."""
        listed = list(texts)
        return Phrase(*(wording()[separator][code].join(_in(text, code) for text in listed) for code in ("zh", "en")))

    # --- figures ---------------------------------------------------------------------------------------------------

    def money_short(self, amount: Any, currency: str) -> Phrase:
        """¥18.4 万 / ¥184,000 as the language counts: English has no steps below a million, both together none."""
        value = decimal_of(amount)
        if value is None:
            return Phrase(NOTHING, NOTHING)
        sign, symbol = "−" if value < 0 else "", money(0, currency).removesuffix("0")
        zh = en = money(value if abs(value) < 1000 else value.quantize(Decimal(1)), currency)
        if self.language == "both":
            return Phrase(zh, en)  # digits read the same in both languages
        size = value = abs(value)
        if size >= 10_000:
            step, name = (Decimal(100_000_000), "亿") if size >= 100_000_000 else (Decimal(10_000), "万")
            zh = f"{sign}{symbol}{number(value / step, 1)} {name}"
        if size >= 1_000_000:
            en = f"{sign}{symbol}{number(value / 1_000_000, 2)} m"
        return Phrase(zh, en)

    def figure(self, value: Any, unit: str = "", currency: str = "") -> Phrase:
        """A number with its unit; money with its currency; lists joined; True/False in words."""
        if value is None or value == "":
            return Phrase(NOTHING, NOTHING)
        if isinstance(value, Mapping):
            return Phrase(str(value["zh"]), str(value["en"]))
        if isinstance(value, bool):
            return self.phrase("yes" if value else "no")
        if isinstance(value, list):
            return (
                self.join([self.figure(one, unit.removesuffix("list").strip(), currency) for one in value])
                if value
                else self.phrase("nothing")
            )
        amount = decimal_of(value)
        if amount is None:
            return self.phrase(str(value)) if str(value) in ("yes", "no") else Phrase(str(value), str(value))
        if unit in ("currency", "currency list"):
            text = money(value, currency)
            return Phrase(text, text)
        text = number(value, 4 if abs(amount) < 1 and unit != "percent" else 2)
        if unit == "percent":
            return Phrase(f"{text}%", f"{text}%")
        label = unit_label(unit)
        return Phrase(*(f"{text} {label[code]}".strip() for code in ("zh", "en")))

    # --- time ------------------------------------------------------------------------------------------------------

    def moment(self, stamp: str | None) -> Phrase:
        """2026-11-23 17:20（UTC+8）from an ISO instant; a bare date stays a date."""
        if not stamp:
            return Phrase(NOTHING, NOTHING)
        if len(stamp) <= 10:
            return Phrase(stamp, stamp)
        at = dt.datetime.fromisoformat(stamp)
        text, zone = f"{at:%Y-%m-%d %H:%M}", _offset(at)
        return Phrase(f"{text}（{zone}）", f"{text} ({zone})") if zone else Phrase(text, text)

    def date(self, stamp: str | None) -> str:
        """The date of an ISO instant or date, in its own zone."""
        return stamp[:10] if stamp else NOTHING


def unit_label(unit: str) -> Mapping[str, str]:
    """What stands after a figure of this unit: the report's own word, else that of the screen; empty for counts, ratios and weights."""
    own = wording().get(f"unit_{unit}")
    if own is not None:
        return own
    shown = unit_after_number(unit)
    return Phrase(shown.zh, shown.en)


def _offset(at: dt.datetime) -> str:
    """UTC+8, UTC+5:30, UTC; "" for a moment without zone."""
    offset = at.utcoffset()
    if offset is None:
        return ""
    minutes = int(offset.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return "UTC" + (("+" if minutes > 0 else "−") + str(hours) + (f":{rest:02d}" if rest else "") if minutes else "")


def money(amount: Any, currency: str) -> str:
    """Money as on screen, without the joiner that keeps sign and figure together there: paper needs none, searching does not want it."""
    return money_on_screen(amount, currency).replace("\u2060", "")


def _rest(first: str, second: str) -> str:
    """What the second language adds: "820 毫秒" and "820 ms" give "ms"; nothing if only brackets and commas differ."""
    if first.translate(_FULL_WIDTH).replace(" ", "") == second.replace(" ", ""):
        return ""
    shared = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        shared += 1
    head = first[:shared].rpartition(" ")[0]
    unit = second[len(head) :].lstrip()
    return unit if _FIGURE.fullmatch(head) and len(unit) <= _LONGEST_UNIT and not any(map(str.isdigit, unit)) else second


def _fill(template: str, values: Mapping[str, Any], code: str) -> str:
    if not values:
        return template
    return template.format(**{name: _in(value, code) for name, value in values.items()})


def _in(text: Any, code: str) -> str:
    if isinstance(text, Mapping):
        return str(text.get(code) or text.get("zh") or text.get("en") or "")
    return "" if text is None else str(text)
