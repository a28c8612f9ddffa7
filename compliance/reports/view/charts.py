"""The four charts of the report from the frozen figures, each with the sentence that says what it shows."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from compliance.reports.characters import FAMILY, printable
from compliance.reports.charts.draw import Chart
from compliance.reports.charts.options import SERIES_TONES, Amount, BlockerCount, Score, blockers, money, radar, readiness_bar
from compliance.reports.view.common import Record, Table, clip
from compliance.reports.view.cover import band_tone
from compliance.reports.voice import Phrase
from portal.core.formats import NOTHING, number

FIRST_CALENDAR_YEAR = 1900
LEAST_CORNERS = 3  # fewer scores draw no shape


def charts(record: Record) -> dict[str, Chart]:
    """Radar, readiness, blockers, money; a chart without data is left out."""
    found: dict[str, Chart] = {}
    if record.content["scores"]:
        if sum(one["score"] is not None for one in record.content["scores"]) >= LEAST_CORNERS:
            found["radar"] = _radar(record)
        if any(item["blocker"] and item["applies"] for item in record.content["items"]):
            found["blockers"] = _blockers(record)
    if record.content["readiness"]["value"] is not None:
        found["readiness"] = _readiness(record)
    if any(line["kind"] == "planned" for line in record.content["project"]["money"]):
        found["money"] = _money(record)
    return found


def _name(record: Record, dimension: str, joiner: str = " ") -> str:
    # charts have little room: a bilingual report names dimensions in Chinese here, the tables beside say both
    return f"{dimension}{joiner}{record.voice.phrase(f'dim_{dimension}')[record.voice.codes[0]]}"


def _radar(record: Record) -> Chart:
    voice, readiness = record.voice, record.content["readiness"]
    scores = [
        Score(_name(record, one["dimension"]), None if one["score"] is None else float(Decimal(one["score"])))
        for one in record.content["scores"]
    ]
    floor, ready = number(readiness["floor"]), number(readiness["ready_from"])
    option = radar(scores, floor=float(floor), ready=float(ready), font=FAMILY, floor_label="", ready_label="")
    values = voice.join([f"{one.label} {NOTHING if one.value is None else number(one.value, 1)}" for one in scores])
    return Chart(option, 400, 322, voice.plain_word("radar_alt", values=values, floor=floor, ready=ready))


def _readiness(record: Record) -> Chart:
    voice, readiness = record.voice, record.content["readiness"]
    value = readiness["value"]
    marks = [
        (float(readiness["conditional_from"]), voice.plain_word("conditional_line", value=number(readiness["conditional_from"]))),
        (float(readiness["ready_from"]), voice.plain_word("ready_line", value=number(readiness["ready_from"]))),
    ]
    if voice.language == "both":
        marks = [(at, f"{at:g}") for at, _ in marks]
    option = readiness_bar(None if value is None else float(value), tone=band_tone(readiness["band"]), marks=marks, font=FAMILY)
    alt = voice.plain_word(
        "readiness_alt",
        value=number(value, 1),
        band=voice.label("band", readiness["band"]),
        ready=number(readiness["ready_from"]),
        conditional=number(readiness["conditional_from"]),
    )
    return Chart(option, 660, 70, alt)


def _blockers(record: Record) -> Chart:
    counts: dict[str, dict[str, int]] = {one["dimension"]: defaultdict(int) for one in record.content["scores"]}
    for item in record.content["items"]:
        if item["blocker"] and item["applies"] and item["dimension"] in counts:
            counts[item["dimension"]]["waived" if item["waiver"] else item["verdict"]] += 1
    rows = [BlockerCount(_name(record, dimension), dict(found)) for dimension, found in counts.items()]
    voice = record.voice
    values = voice.join(
        [
            voice.join(
                [
                    row.label,
                    *(
                        Phrase(*(f"{voice.label('verdict', verdict)[code]} {count}" for code in ("zh", "en")))
                        for verdict, count in row.counts.items()
                    ),
                ],
                "comma",
            )
            for row in rows
            if row.counts
        ],
        "semicolon",
    )
    return Chart(blockers(rows, font=FAMILY), 320, 322, record.voice.plain_word("blockers_alt", values=values))


def year_phrase(record: Record, year: int) -> Phrase:
    """Once, the n-th year of running, or a calendar year."""
    if year == 0:
        return record.voice.phrase("money_once")
    return record.voice.phrase("money_year" if year < FIRST_CALENDAR_YEAR else "money_calendar_year", n=year)


def _period(record: Record, year: int) -> str:
    voice = record.voice
    return year_phrase(record, year)[voice.codes[0]]


def _money(record: Record) -> Chart:
    voice, code = record.voice, record.voice.codes[0]
    planned = [line for line in record.content["project"]["money"] if line["kind"] == "planned"]
    approved = [line for line in record.content["project"]["money"] if line["kind"] == "approved"]
    currency = planned[0]["currency"]
    shown = _largest_lines(planned)
    amounts: list[Amount] = []
    sums: dict[str, Decimal] = defaultdict(Decimal)
    other: dict[str, Decimal] = defaultdict(Decimal)
    for line in sorted(planned, key=lambda one: one["year"]):
        period, named_line = _period(record, line["year"]), dict(line["line"])[code]
        sums[period] += Decimal(line["amount"])
        if named_line in shown:
            amounts.append(_amount(record, period, named_line, Decimal(line["amount"]), currency))
        else:
            other[period] += Decimal(line["amount"])
    amounts += [_amount(record, period, voice.phrase("money_other")[code], total, currency) for period, total in other.items()]
    limits: dict[str, Decimal] = defaultdict(Decimal)
    for line in approved:
        limits[_period(record, line["year"])] += Decimal(line["amount"])
    named = {
        period: (float(total), voice.phrase("money_approved", amount=voice.money_short(total, currency))[code])
        for period, total in limits.items()
        if period in sums
    }
    totals = {period: voice.money_short(total, currency)[code] for period, total in sums.items()}
    alt = voice.plain_word("money_alt", values=voice.join([f"{period} {total}" for period, total in totals.items()]))
    return Chart(money(amounts, totals=totals, limits=named, font=FAMILY), 660, 44 + 46 * len(sums), alt)


def _largest_lines(planned: list[Any]) -> set[str]:
    """All lines if a chart has tones for them, else the largest; the rest is drawn as one."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in planned:
        for text in line["line"].values():
            sums[text] += Decimal(line["amount"])
    names = {code: sorted({line["line"][code] for line in planned}, key=lambda text: -sums[text]) for code in ("zh", "en")}
    return {text for listed in names.values() for text in (listed if len(listed) <= len(SERIES_TONES) else listed[: len(SERIES_TONES) - 1])}


def _amount(record: Record, period: str, line: str, amount: Decimal, currency: str) -> Amount:
    short = record.voice.money_short(amount, currency)[record.voice.codes[0]]
    return Amount(period, clip(printable(line), 28)[0], float(amount), short)


def money_source(record: Record, source: str) -> Any:
    """Where an amount comes from: a known place in words, else as somebody wrote it."""
    return record.voice.phrase(f"source_{source}") if source and record.voice.known(f"source_{source}") else source or NOTHING


def money_table(record: Record) -> Table:
    """Every amount with year, kind and source: the figures behind the chart."""
    voice = record.voice
    rows = []
    for line in sorted(record.content["project"]["money"], key=lambda one: (one["year"], one["kind"] != "planned")):
        year = voice.say(year_phrase(record, line["year"]))
        amount = voice.say(voice.figure(line["amount"], "currency", line["currency"]))
        rows.append(
            [
                year,
                voice.say(line["line"]),
                voice.say(voice.label("kind", line["kind"])),
                amount,
                voice.say(money_source(record, line["source"])),
            ]
        )
    return Table(
        record.heads(("col_period_of", 17), ("col_money_line", 0), ("col_kind", 14), ("col_value", 20, "n"), ("col_source", 28)),
        rows,
        SafeString(voice.word("money_none")),
        voice.plain_word("money_title"),
        small=True,
    )
