"""Page two: what one person needs to decide, and nothing else. It must fit one page whatever the record holds.

Texts are clipped with a pointer to the full one; lists are cut to what fits, which is reckoned before anything is drawn
(`fit`), and end with "n more, see section …".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from compliance.reports.view.common import BLOCKER, Record, Table, clip, clipped, text_width
from compliance.reports.view.cover import Tile, band_tone, blocker_counts
from compliance.reports.view.figures import measurement_row
from compliance.reports.view.filings import due_text, open_filings, status_label, sums
from compliance.reports.view.subjects import risk_rows
from compliance.reports.voice import Phrase, layout
from portal.core.formats import NOTHING, decimal_of, number, percent

PAGE_MM: Final = 246  # of 257 mm between the margins
LINE_MM: Final = 4.75
# characters (Chinese ones count two) that a line holds in each place
PURPOSE_LINE, ASKED_LINE, AUDIENCE_LINE, BLOCKER_LINE = 49, 33, 15, 50
PURPOSE_LIMIT, ASKED_LIMIT, AUDIENCE_LIMIT = 210, 130, 56


@dataclass
class Executive:
    """Everything on page two, already cut to what one page holds."""

    purpose: SafeString
    audience: SafeString
    asked: SafeString
    tiles: list[Tile]
    strip: list[tuple[str, str, SafeString, SafeString]]
    conditions: Table
    filings: Table
    filings_sum: SafeString
    measurements: Table
    risks: Table
    blockers: SafeString
    red: SafeString


def executive(record: Record) -> Executive:
    """Page two of the report."""
    voice, content = record.voice, record.content
    project = content["project"]
    known = (
        voice.join([record.fact_value("audience", one) for one in project["audience"]]) if project["audience"] else voice.phrase("unknown")
    )
    audience = voice.plain(known)
    bad = [entry for entry in content["blockers"] if entry["verdict"] in ("fail", "open")]
    limits = fit(record, audience, len(bad))
    return Executive(
        purpose=_clipped(record, project["purpose"], PURPOSE_LIMIT, 4) or SafeString(NOTHING),
        audience=_cell(record, audience, AUDIENCE_LIMIT),
        asked=_clipped(record, voice.plain(record.asked), ASKED_LIMIT, 3),
        tiles=_tiles(record),
        strip=[strip_cell(record, score) for score in content["scores"]],
        conditions=_conditions(record, limits["conditions"]),
        filings=_filings(record, limits["filings"]),
        filings_sum=voice.say(voice.plain(voice.phrase("filings_sum", **sums(record)))),
        measurements=_measurements(record, limits["measurements"]),
        risks=_risks(record, limits["risks"]),
        blockers=_blockers(record, bad, limits["blockers"]),
        red=_red(record),
    )


def fit(record: Record, audience: str, blockers: int) -> dict[str, int]:
    """How many rows of each list fit on the page: the wished numbers, then less of the longest until the sum fits."""
    both = record.voice.language == "both"
    limits: dict[str, int] = dict(layout()["executive"]["limits"])
    least = {"risks": 3, "conditions": 2, "filings": 2, "measurements": 2, "blockers": 2}
    counts = {
        "risks": len(risk_rows(record)),
        "conditions": len(record.decision["conditions"]),
        "filings": len(open_filings(record)),
        "measurements": len(record.content["measurements"]),
        "blockers": blockers,
    }
    limits = {name: min(limit, max(counts[name], 1)) for name, limit in limits.items()}
    texts = (
        (record.content["project"]["purpose"], PURPOSE_LIMIT, PURPOSE_LINE),
        (record.voice.plain(record.asked), ASKED_LIMIT, ASKED_LINE),
        (audience, AUDIENCE_LIMIT, AUDIENCE_LINE),
    )
    lines = max(ceil((min(text_width(text), limit) + (24 if text_width(text) > limit else 0)) / line) for text, limit, line in texts)
    row = dict.fromkeys(limits, LINE_MM) | ({"filings": 2 * LINE_MM - 1} if both else {}) | {"blockers": 2 * LINE_MM}
    fixed = 10 + (6 + LINE_MM * max(lines, 1)) + (27 if both else 20) + 18 + 20 + 8 + 4 * 12.5 + (3 * LINE_MM if both else 0)

    def height() -> float:
        return fixed + sum(limits[name] * row[name] for name in limits)

    while height() > PAGE_MM:
        shrinkable = [name for name in ("filings", "measurements", "conditions", "blockers", "risks") if limits[name] > least[name]]
        if not shrinkable:
            break
        limits[max(shrinkable, key=lambda name: limits[name] - least[name])] -= 1
    return limits


def strip_cell(record: Record, score: Mapping[str, Any]) -> tuple[str, str, SafeString, SafeString]:
    """(tone, symbol, short name, score) of one dimension."""
    if score["failed"] or score["blockers_failed"]:
        tone, symbol = "fail", "×"
    elif score["open"] or score["score"] is None:
        tone, symbol = "open", "○"
    elif score["attention"] or score["waived"]:
        tone, symbol = "attention", "!"
    else:
        tone, symbol = "pass", "✓"
    if not score["applying"]:
        tone, symbol = "na", "–"
    value = SafeString("" if score["score"] is None else f"{Decimal(score['score']):.0f}")
    return tone, symbol, record.voice.word(f"dim_{score['dimension']}"), value


def output_of(record: Record, calculator: str, output: str) -> Any:
    """An output of a calculator run, None if it did not run."""
    run = record.runs.get(calculator)
    for figure in run["outputs"] if run else ():
        if figure["id"] == output:
            return figure["value"]
    return None


def _clipped(record: Record, text: str, limit: int, section: int) -> SafeString:
    short, cut = clip(text.replace("\n", " "), limit)
    shown = record.voice.say(short)
    return (
        format_html('{}<span class="q">{}</span>', shown, record.voice.say(record.voice.plain_word("clipped", section=section)))
        if cut
        else shown
    )


def _cell(record: Record, text: Any, limit: int) -> SafeString:
    """A cell that keeps to one line."""
    return record.voice.say(clip(record.voice.plain(text).replace("\n", " "), limit)[0])


def _pair(record: Record, text: Any, limit: int) -> SafeString:
    """A cell of one line for each language of the report."""
    if len(record.voice.codes) == 1 or not isinstance(text, Mapping):
        return _cell(record, text, limit)
    return record.voice.say(clipped(text, limit))


def _sharing(record: Record, text: Any, limit: int, together: int) -> SafeString:
    """A text of at most ``limit``; in two languages the first as long as it may be alone, the second in what is left of ``together``."""
    if len(record.voice.codes) == 1 or not isinstance(text, Mapping):
        return _cell(record, text, limit)
    first = clip(text["zh"], limit)[0]
    return record.voice.say(Phrase(first, clip(text["en"], together - text_width(first))[0]))


def _tiles(record: Record) -> list[Tile]:
    voice, plan = record.voice, layout()["executive"]
    tiles = [
        Tile(voice.word(one["label"]), _money(record, one["calculator"], one["output"]), _source(record, one["calculator"]))
        for one in plan["cost"]
    ]
    budget = plan["compliance_budget"]
    share = output_of(record, budget["calculator"], budget["share"])
    note = voice.word("share_of_total", share=percent(share)) if share is not None else SafeString("")
    tiles.append(Tile(voice.word(budget["label"]), _money(record, budget["calculator"], budget["output"]), note))
    value, band = record.content["readiness"]["value"], record.content["readiness"]["band"]
    failed, unanswered = blocker_counts(record)
    figure = format_html("{} <small>{}</small>", number(value, 1), voice.say(voice.label("band", band)))
    tiles.append(Tile(voice.word("readiness"), figure, voice.word("blockers_note", failed=failed, open=unanswered), band_tone(band)))
    return tiles


def _money(record: Record, calculator: str, output: str) -> SafeString:
    amount = decimal_of(output_of(record, calculator, output))
    return SafeString(NOTHING) if amount is None else record.voice.say(record.voice.money_short(amount, record.currency))


def _source(record: Record, calculator: str) -> SafeString:
    known = record.catalogue.calculators.get(calculator)
    if calculator not in record.runs or known is None:
        return SafeString("")
    return record.voice.word("from_source", source=known.name)


def _conditions(record: Record, limit: int) -> Table:
    voice, conditions = record.voice, record.decision["conditions"]
    rows = [
        [
            _cell(record, one["text"], 70),
            _cell(record, one["owner"]["name"], 17),
            SafeString(one["due"]),
            _cell(record, one["item"] or NOTHING, 10),
        ]
        for one in conditions[:limit]
    ]
    empty = voice.word("conditions_none" if record.decision["outcome"] else "conditions_pending")
    heads = record.heads(("col_condition", 0), ("col_owner", 16), ("col_due", 14), ("col_related", 11))
    return _with_more(record, Table(heads, rows, empty), len(conditions) - limit, 11)


def _filings(record: Record, limit: int) -> Table:
    voice, found, rows = record.voice, open_filings(record), []
    for filing in found[:limit]:
        known = record.catalogue.filings.get(filing["regime"])
        basis = _basis(record, filing)[voice.codes[0]]
        number = _pair(record, due_text(record, filing), 27)
        rows.append(
            [_pair(record, known.name if known else filing["regime"], 36), _cell(record, basis, 27), status_label(record, filing), number]
        )
    heads = record.heads(("col_matter", 0), ("col_basis", 25), ("col_status", 18), ("col_number_due", 25))
    return _with_more(record, Table(heads, rows, voice.word("filings_none_short")), len(found) - limit, 10)


def _basis(record: Record, filing: Mapping[str, Any]) -> Phrase:
    known = record.catalogue.filings.get(filing["regime"])
    if not known or not known.legal_basis:
        return Phrase(NOTHING, NOTHING)
    first = known.legal_basis[0]
    if not first.article:
        return Phrase(first.instrument["zh"], first.instrument["en"])
    article = record.voice.phrase("article", n=first.article)
    return Phrase(f"{first.instrument['zh']} {article['zh']}", f"{first.instrument['en']}, {article['en']}")


def _measurements(record: Record, limit: int) -> Table:
    found, rows = record.content["measurements"], []
    for one in found[:limit]:
        _, target, measured, result, _ = measurement_row(record, one)
        rows.append([_cell(record, one["metric"], 32), target, measured, result, _cell(record, one["tool"], 18)])
    heads = record.heads(("col_metric", 0), ("col_target", 16, "n"), ("col_measured", 24, "n"), ("col_result", 17), ("col_source", 16))
    return _with_more(record, Table(heads, rows, record.voice.word("measurements_none_short")), len(found) - limit, 7)


def _risks(record: Record, limit: int) -> Table:
    found = risk_rows(record)
    rows = [
        [
            record.severity(risk["residual"] or risk["severity"]),
            _cell(record, risk["group"], 20),
            _cell(record, risk["harm"], 38),
            _cell(record, risk["measure"], 43),
        ]
        for risk in found[:limit]
    ]
    heads = record.heads(("col_severity", 13), ("col_group", 18), ("col_harm", 0), ("col_measure", 36))
    return _with_more(record, Table(heads, rows, record.voice.word("risks_none_short")), len(found) - limit, 9)


def _blockers(record: Record, bad: list[Any], limit: int) -> SafeString:
    if not bad:
        return record.voice.word("blockers_none")
    parts = []
    for entry in bad[:limit]:
        known = record.catalogue.items.get(entry["item"])
        mark = record.mark(entry["verdict"])
        question = _sharing(record, known.question if known else "", 54, 66)
        parts.append(format_html('<b class="k">{} {}</b> {} {}', BLOCKER, entry["item"], mark, question))
    if len(bad) > limit:
        parts.append(format_html('<span class="q">{}</span>', record.voice.word("more", n=len(bad) - limit, section=5)))
    return SafeString("<br>".join(parts))


def _red(record: Record) -> SafeString:
    found = [entry for entry in record.content["red_findings"] if entry["result"] == "yes"]
    if not found:
        return record.voice.word("red_none")
    names = [record.catalogue.blockers[entry["id"]].name if entry["id"] in record.catalogue.blockers else entry["id"] for entry in found]
    return format_html('<span class="m fail">▲</span> {}', _cell(record, record.voice.join(names), 90))


def _with_more(record: Record, table: Table, rest: int, section: int) -> Table:
    if rest > 0:
        table.more = record.voice.say(record.voice.plain_word("more", n=rest, section=section))
    return table
