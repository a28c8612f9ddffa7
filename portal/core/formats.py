"""Numbers, money, dates and hashes as people read them. Pure functions; the template filters only call them.

Numbers carry units, money carries its currency, dates carry their time zone (on hover). ``None`` and "" give an en dash.
"""

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

NOTHING: Final = "–"
SYMBOLS: Final[dict[str, str]] = {
    "CNY": "¥",
    "EUR": "€",
    "USD": "US$",
    "GBP": "£",
    "HKD": "HK$",
    "JPY": "JP¥",
    "KRW": "₩",
    "SGD": "S$",
    "TWD": "NT$",
    "CHF": "CHF ",
}
_CHINESE_STEPS: Final = ((Decimal(100_000_000), "亿"), (Decimal(10_000), "万"))
_ENGLISH_STEPS: Final = ((Decimal(1_000_000_000), "bn"), (Decimal(1_000_000), "m"), (Decimal(1_000), "k"))


def decimal_of(value: Any) -> Decimal | None:
    """A Decimal, or ``None`` for nothing and for what is not a number."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        result = value if isinstance(value, Decimal) else Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        return None
    return result if result.is_finite() else None


def _grouped(value: Decimal, places: int, *, pad: bool) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{rounded:,.{places}f}"
    if not pad and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−") if rounded < 0 else text.removeprefix("-")


def number(value: Any, places: int | str = 2) -> str:
    """Thousands separated, at most ``places`` decimals, no trailing zeros. A text that is no number is shown as it is."""
    amount = decimal_of(value)
    if amount is None:
        return NOTHING if value in (None, "") else str(value)
    return _grouped(amount, int(places), pad=False)


def percent(value: Any, places: int | str = 1) -> str:
    """A value that already is in percent (85 → 85%)."""
    amount = decimal_of(value)
    return NOTHING if amount is None else f"{_grouped(amount, int(places), pad=False)}%"


def share(value: Any, places: int | str = 1) -> str:
    """A fraction between 0 and 1 as percent (0.85 → 85%)."""
    amount = decimal_of(value)
    return NOTHING if amount is None else percent(amount * 100, places)


def _signed(symbol: str, text: str) -> str:
    # The word joiner keeps the minus sign on the line of its amount.
    return f"−\u2060{symbol}{text[1:]}" if text.startswith("−") else f"{symbol}{text}"


def money(value: Any, currency: str = "CNY") -> str:
    """Money with its currency. Whole amounts have no decimals, others two."""
    amount = decimal_of(value)
    if amount is None:
        return NOTHING
    whole = amount == amount.to_integral_value()
    symbol = SYMBOLS.get(currency, f"{currency} ")
    return _signed(symbol, _grouped(amount, 0 if whole else 2, pad=True))


def money_short(value: Any, currency: str = "CNY") -> str:
    """Money for tiles: 18,400,000 → ¥1,840 万 in Chinese, ¥18.4 m in English."""
    amount = decimal_of(value)
    if amount is None:
        return NOTHING
    steps = _CHINESE_STEPS if (get_language() or "").startswith("zh") else _ENGLISH_STEPS
    for size, word in steps:
        if abs(amount) >= size:
            symbol = SYMBOLS.get(currency, f"{currency} ")
            return _signed(symbol, f"{_grouped(amount / size, 1, pad=False)} {word}")
    return money(amount, currency)


def day(value: dt.date | dt.datetime | None) -> SafeString | str:
    """``2026-11-23`` in a ``<time>``. A moment is first brought to the active time zone."""
    if not value:
        return NOTHING
    if isinstance(value, dt.datetime):
        value = (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return format_html('<time datetime="{0}">{0}</time>', value.isoformat())


def zone_name(moment: dt.datetime) -> str:
    """``Asia/Shanghai (UTC+8)`` for an aware moment."""
    name = str(moment.tzinfo) if moment.tzinfo else ""
    offset = moment.utcoffset() or dt.timedelta()
    minutes = int(offset.total_seconds() // 60)
    sign = "+" if minutes >= 0 else "−"
    hours, rest = divmod(abs(minutes), 60)
    utc = f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "") if minutes else "UTC"
    return f"{name} ({utc})" if name and name not in {"UTC", utc} else utc


def when(value: dt.datetime | None) -> SafeString | str:
    """A moment as a person says it (today 15:20, 11-19 09:05, 2025-11-19); full time and zone on hover."""
    if not value:
        return NOTHING
    if not isinstance(value, dt.datetime):
        return day(value)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    today = timezone.localdate()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        text = gettext("today %(time)s") % {"time": clock}
    elif local.date() == today - dt.timedelta(days=1):
        text = gettext("yesterday %(time)s") % {"time": clock}
    elif local.year == today.year:
        text = f"{local:%m-%d} {clock}"
    else:
        text = f"{local:%Y-%m-%d}"
    return format_html(
        '<time datetime="{}" title="{} {}">{}</time>',
        local.isoformat(timespec="seconds"),
        f"{local:%Y-%m-%d %H:%M}",
        zone_name(local) if timezone.is_aware(local) else "",
        text,
    )


def short_hash(value: str | bytes | None, length: int | str = 8) -> SafeString | str:
    """The first characters of a hash; the whole of it on hover and for copying."""
    if not value:
        return NOTHING
    text = value.hex() if isinstance(value, bytes) else str(value)
    return format_html('<code class="hash" title="{}">{}…</code>', text, text[: int(length)])


def file_size(value: int | None) -> str:
    """Bytes in the nearest unit: 812 B, 1.2 MB."""
    if value is None:
        return NOTHING
    size = Decimal(value)
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{_grouped(size, 0 if unit == 'B' else 1, pad=False)} {unit}"
        size /= 1000
    raise AssertionError("unreachable")


_BROWSERS: Final = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Version", "Safari"),
)
_SYSTEMS: Final = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Linux", "Linux"),
)


def browser(user_agent: str | None) -> str:
    """A user agent as people say it (Chrome 156 · Linux); one that is not known is shown as it is."""
    agent = user_agent or ""
    for mark, name in _BROWSERS:
        if found := re.search(rf"\b{mark}/(\d+)", agent):
            system = next((label for sign, label in _SYSTEMS if sign in agent), "")
            return f"{name} {found[1]}" + (f" · {system}" if system else "")
    return agent or NOTHING


def in_language(value: Any, language: str | None = None) -> str:
    """The text of the active language out of ``{"zh": …, "en": …}``; plain text passes through.

    A missing language falls back to the other one: half a page is better than an empty one.
    """
    if isinstance(value, dict):
        code = (language or get_language() or "en")[:2]
        return str(value.get(code) or value.get("en") or value.get("zh") or "")
    return "" if value is None else str(value)
