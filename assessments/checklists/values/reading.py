"""Numbers, amounts and dates as people write them, in Chinese and in English.

Each reader takes text (or a number from JSON), gives the stored form, and raises ``ValueError`` with a translated sentence.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

from portal.core.years import YEARS

MOST_PLACES: Final = 6
GREATEST: Final = Decimal(10) ** 15  # a quantity of this size is a slip
GREATEST_MONEY: Final = Decimal(10) ** 14

_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_CHINESE_GROUPED = re.compile(r"[+-]?\d{1,4}(?:,\d{4})+(?:\.\d*)?")
_EUROPEAN = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+")
_MYRIADS: Final = {"万": Decimal(10_000), "亿": Decimal(100_000_000), "万亿": Decimal(10) ** 12}
_DASHES = str.maketrans({"−": "-", "–": "-", "—": "-", "－": "-"})
_SPACES = re.compile(r"[\s'’_ \u00a0\u202f\u2009]")

_SIGNS: Final[dict[str, tuple[str, ...]]] = {
    "CNY": ("人民币", "CN¥", "RMB", "CNY", "¥", "元"),
    "EUR": ("EUR", "€", "欧元"),
    "USD": ("US$", "USD", "$", "美元"),
    "GBP": ("GBP", "£", "英镑"),
    "HKD": ("HK$", "HKD", "港元", "港币"),
    "JPY": ("JP¥", "JPY", "¥", "日元"),
    "KRW": ("KRW", "₩", "韩元"),
    "SGD": ("S$", "SGD", "新元"),
    "TWD": ("NT$", "TWD", "新台币"),
    "CHF": ("CHF",),
}
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
_ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]00:00(?::00)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})")
_MONTH_DAY = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")


def shown(raw: Any) -> str:
    """What was typed, short enough to stand in a sentence."""
    text = str(raw)
    return text if len(text) <= 40 else text[:40] + "…"


def folded(raw: Any) -> str:
    """Full-width digits, signs and spaces as plain ones (NFKC), dashes as minus, trimmed."""
    return unicodedata.normalize("NFKC", str(raw)).translate(_DASHES).strip()


def read_number(raw: Any) -> str:
    """A number: ``1,234.5``, ``１２３４``, ``1 234``, ``1.2万``. Gives exact decimal text."""
    return _bounded(_decimal(raw, folded(raw)), GREATEST)


def read_percent(raw: Any) -> str:
    """A percentage between 0 and 100: ``85``, ``85%``, ``８５％``, ``百分之85``."""
    text = folded(raw)
    if text.startswith("百分之"):
        text = text.removeprefix("百分之")
    text = text.removesuffix("%").removesuffix("percent").strip()
    number = _decimal(raw, text)
    if not 0 <= number <= 100:
        raise ValueError(_("A percentage lies between 0 and 100."))
    return _bounded(number, GREATEST)


def read_money(raw: Any, currency: str) -> str:
    """An amount in the currency of the project: ``1,200.50``, ``¥1,200``, ``120 万元``. Another currency is refused."""
    text = folded(raw)
    own = _SIGNS.get(currency, (currency,))
    for code, signs in {currency: own, **_SIGNS}.items():
        found = next((sign for sign in signs if text.upper().startswith(sign.upper()) or text.upper().endswith(sign.upper())), "")
        if not found:
            continue
        if code != currency and found not in own:
            raise ValueError(
                _("Amounts of this project are in {currency}. Convert “{value}” first.").format(currency=currency, value=shown(raw))
            )
        text = text[len(found) :] if text.upper().startswith(found.upper()) else text[: -len(found)]
        break
    number = _decimal(raw, text.strip())
    if number < 0:
        raise ValueError(_("An amount cannot be negative."))
    return _bounded(number, GREATEST_MONEY)


def _decimal(raw: Any, text: str) -> Decimal:
    refuse = ValueError(_("“{value}” is not a number.").format(value=shown(raw)))
    if isinstance(raw, bool) or len(text) > 60:
        raise refuse
    factor = Decimal(1)
    for word in ("万亿", "亿", "万"):
        if text.endswith(word):
            text, factor = text[: -len(word)].strip(), _MYRIADS[word]
            break
    text = _SPACES.sub("", text)
    if "," in text and not (_GROUPED.fullmatch(text) or _CHINESE_GROUPED.fullmatch(text)):
        if not _EUROPEAN.fullmatch(text):
            hint = _("“{value}” can be read in two ways. Write the decimal point as a point: 3.5.")
            raise ValueError(hint.format(value=shown(raw)))
        text = text.replace(".", "").replace(",", ".")
    text = text.replace(",", "")
    if not _PLAIN.fullmatch(text):
        raise refuse
    try:
        return Decimal(text) * factor
    except InvalidOperation:
        raise refuse from None


def _bounded(number: Decimal, greatest: Decimal) -> str:
    if abs(number) > greatest:
        raise ValueError(_("This number is too large. Check the unit."))
    plain = format(number.normalize(), "f")
    if len(plain.partition(".")[2]) > MOST_PLACES:
        raise ValueError(_("At most {places} decimal places.").format(places=MOST_PLACES))
    return "0" if plain in ("-0", "") else plain


def read_date(raw: Any) -> str:
    """A date: ``2026-11-23``, ``2026年11月23日``, ``2026/11/23``, ``20261123``, ``23.11.2026``, ``23 Nov 2026``."""
    if isinstance(raw, dt.datetime):
        raw = raw.date()
    day = raw if isinstance(raw, dt.date) else _day(folded(raw))
    if day is None:
        raise ValueError(_("“{value}” is not a date. Write it like 2026-11-23.").format(value=shown(raw)))
    if day.year not in YEARS:
        raise ValueError(_("The year must lie between {first} and {last}.").format(first=YEARS[0], last=YEARS[-1]))
    return day.isoformat()


def _day(text: str) -> dt.date | None:
    try:
        if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DAY_FIRST.fullmatch(text):
            first, mark, second, year = int(found[1]), found[2], int(found[3]), int(found[4])
            if mark != "." and first <= 12 and second <= 12 and first != second:
                # 03/04/2026 is the third of April to some people and the fourth of March to others.
                raise ValueError(_("“{value}” can be read in two ways. Write it like 2026-11-23.").format(value=text))
            return dt.date(year, second, first) if mark == "." or first > 12 or first == second else dt.date(year, first, second)
        if (found := _DAY_MONTH.fullmatch(text)) and found[2].lower() in _MONTHS:
            return dt.date(int(found[3]), _MONTHS[found[2].lower()], int(found[1]))
        if (found := _MONTH_DAY.fullmatch(text)) and found[1].lower() in _MONTHS:
            return dt.date(int(found[3]), _MONTHS[found[1].lower()], int(found[2]))
    except ValueError as error:
        if "day" in str(error) or "month" in str(error) or "year" in str(error):
            return None
        raise
    return None


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def read_text(raw: Any, most: int) -> str:
    """Text: composed characters, line ends as line feeds, no control characters, at most ``most`` characters."""
    if not isinstance(raw, str):
        raise ValueError(_("Text is needed here."))
    text = _CONTROL.sub("", unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n"))).strip()
    if len(text) > most:
        raise ValueError(_("At most {most} characters; there are {length}.").format(most=most, length=len(text)))
    return text
