"""Numbers, dates and units as people read them, in both languages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from portal.catalogue.parts.text import Text, same
from portal.core.expressions.functions import round_half_away
from portal.core.expressions.values import fraction_of

_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_LARGEST_PLAIN = 10**15
_PLACES, _MOST_PLACES = 4, 12
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

# How a unit of the catalogue follows a number. Units not listed (counts, money, ratios, weights) add nothing.
_UNITS: dict[str, Text] = {
    "percent": same("%"),
    "people": Text(" 人", " people"),
    "months": Text(" 个月", " months"),
    "days": Text(" 天", " days"),
    "s": Text(" 秒", " s"),
    "ms": Text(" 毫秒", " ms"),
    "points": Text(" 分", " points"),
    "rows": Text(" 行", " rows"),
    "records": Text(" 条", " records"),
    "cells": Text(" 个单元格", " cells"),
    "values": Text(" 个值", " values"),
    "tokens": Text(" 个 Token", " tokens"),
    "million tokens": Text(" 百万 Token", " million tokens"),
    "tokens/s": Text(" Token/秒", " tokens/s"),
    "tokens/min": Text(" Token/分钟", " tokens/min"),
    "requests/s": Text(" 次/秒", " requests/s"),
    "bytes": Text(" 字节", " bytes"),
    "kB": same(" kB"),
    "GB": same(" GB"),
    "GiB": same(" GiB"),
    "Mbps": same(" Mbps"),
    "10^9": Text(" 十亿", " billion"),
    "kWh/year": Text(" 千瓦时/年", " kWh a year"),
    "FLOP": same(" FLOP"),
    "characters": Text(" 个字", " characters"),
    "USD": Text(" 美元", " USD"),
    "KRW": Text(" 韩元", " KRW"),
    "CNY": Text(" 元", " CNY"),
}
_SINGULAR = {
    "people": " person",
    "months": " month",
    "days": " day",
    "points": " point",
    "rows": " row",
    "records": " record",
    "cells": " cell",
    "values": " value",
    "tokens": " token",
    "bytes": " byte",
}

# The names of units where no number stands before them (column heads of calculators).
_UNIT_NAMES: dict[str, Text] = {
    "count": Text("个", "count"),
    "currency": Text("金额", "money"),
    "currency list": Text("金额列表", "list of amounts"),
    "percent": same("%"),
    "people": Text("人", "people"),
    "factor": Text("系数", "factor"),
    "ratio": Text("比值", "ratio"),
    "weight": Text("权重", "weight"),
    "weights": Text("权重", "weights"),
    "index": Text("指数", "index"),
    "shares": Text("各分箱占比", "shares"),
    "list": Text("列表", "list"),
    "score 1-5": Text("1–5 分", "score 1–5"),
    "yes/no": Text("是/否", "yes/no"),
    "true/false": Text("是/否", "yes/no"),
    "class": Text("数据分级", "data class"),
    "mode": Text("托管方式", "hosting"),
    "route": Text("技术路线", "route"),
    "intent": Text("战略定位", "strategic intent"),
    "sourcing": Text("建设方式", "sourcing"),
    "decision": Text("决定", "decision"),
    "status": Text("结论", "result"),
    "band": Text("等级", "band"),
    "tier": Text("架构档位", "architecture tier"),
    "linear/compound": Text("线性/复合", "linear/compound"),
    "concurrent": Text("并发", "concurrent requests"),
    "coefficient": Text("系数", "coefficient"),
    "level": Text("级", "level"),
}


def say_unit(unit: str | None) -> Text:
    """The name of a unit by itself."""
    if not unit:
        return Text("", "")
    found = _UNIT_NAMES.get(unit)
    return found if found is not None else _UNITS.get(unit, same(unit)).each(str.strip)


def unit_after_number(unit: str) -> Text:
    """What stands after a number of this unit, without the space before it; empty for counts, money, ratios and weights."""
    return _UNITS.get(unit, Text("", "")).each(str.strip)


def say_number(number: object, unit: str | None = None, *, mark: bool = True) -> Text:
    """A number with its unit: ``10,000``, ``85%``, ``6 个月``/``6 months``, ``10²⁵``."""
    digits = say_digits(number, mark=mark)
    suffix = _UNITS.get(unit or "", Text("", ""))
    english = _SINGULAR.get(unit or "", suffix.en) if number == 1 else suffix.en
    return Text(digits + suffix.zh, digits + english)


def say_digits(number: object, *, mark: bool = True) -> str:
    """A number in digits, grouped by thousands: four decimals, or four significant digits below 1.

    ``mark``: whether ``≈`` stands before a number that this rounds.
    """
    ratio = fraction_of(number)
    if abs(ratio) >= _LARGEST_PLAIN:
        return _power(ratio)
    rounded = _rounded(ratio)
    text = format(Decimal(rounded.numerator) / Decimal(rounded.denominator), ",f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return ("≈" if mark and rounded != ratio else "") + text.replace("-", "−")


def is_rounded(number: object) -> bool:
    """Whether ``say_digits`` shows a number less exactly than it is."""
    ratio = fraction_of(number)
    return abs(ratio) < _LARGEST_PLAIN and _rounded(ratio) != ratio


def _rounded(ratio: Fraction) -> Fraction:
    places = _PLACES
    if 0 < abs(ratio) < 1:
        places += max(0, -Decimal(float(abs(ratio))).adjusted() - 1)
    return fraction_of(round_half_away(ratio, min(places, _MOST_PLACES)))


def _power(ratio: Fraction) -> str:
    digits = str(abs(ratio.numerator // ratio.denominator))
    exponent = len(digits) - 1
    mantissa = digits.rstrip("0")
    raised = f"10{str(exponent).translate(_SUPERSCRIPTS)}"
    sign = "−" if ratio < 0 else ""
    if mantissa == "1":
        return sign + raised
    head = mantissa[0] + ("." + mantissa[1:4] if len(mantissa) > 1 else "")
    return f"{sign}{head} × {raised}"


def say_share(number: object) -> Text:
    """A share between 0 and 1 as percent: 0.8 gives ``80%``."""
    return say_number(fraction_of(number) * 100, "percent")


def say_date(day: dt.date) -> Text:
    """A date in full: 2026 年 7 月 15 日, 15 July 2026."""
    return Text(f"{day.year} 年 {day.month} 月 {day.day} 日", f"{day.day} {_MONTHS[day.month - 1]} {day.year}")
