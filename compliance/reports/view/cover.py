"""Cover and the executive's page: the decision first, then what one person needs to know on one page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString

from compliance.reports.view.common import BLOCKER, DECISION_TONES, Record, Table, clip
from compliance.reports.view.filings import due_and_number, open_filings, status_label, sums
from compliance.reports.view.figures import measurement_row
from compliance.reports.view.subjects import risk_rows
from compliance.reports.voice import Phrase, layout
from portal.core.formats import NOTHING, decimal_of, percent

DATE_WIDTH = 10


class Tile(NamedTuple):
    """A figure with its name and a line of small print."""

    label: SafeString
    figure: SafeString
    note: SafeString
    tone: str = ""
    long: bool = False


@dataclass
class Identity:
    """What names one edition of a report; comes from the order, not from the frozen content."""

    number: str
    edition: int
    verify_url: str
    rendered_at: str
    content_hash: str
    state: str
    lapsed_at: str | None
    lapsed_reasons: list[Phrase]


def decision_tiles(record: Record) -> list[Tile]:
    """Decision, readiness, validity: the three things on the cover."""
    voice, decision, content = record.voice, record.decision, record.content
    if decision["outcome"] is None:
        label, tone = voice.word("not_decided"), "open"
        note = voice.word("not_decided_note", n=len(decision["missing"]))
    else:
        label = voice.say(record.outcome(decision["gate"], decision["outcome"]))
        tone = DECISION_TONES.get(decision["state"], "open")
        conditions = decision["conditions"]
        last = max((one["due"] for one in conditions), default="")
        note = voice.word("conditions_note", n=len(conditions), due=last) if conditions else voice.word("no_conditions_note")
    value, band = content["readiness"]["value"], content["readiness"]["band"]
    failed, unanswered = blocker_counts(record)
    valid = decision["valid_until"]
    until = SafeString(valid) if valid else voice.word("no_validity" if decision["outcome"] else "not_valid_yet")
    return [
        Tile(voice.word("decision"), label, note, tone, long=len(str(label)) > DATE_WIDTH * 4),
        Tile(
            voice.word("readiness"),
            SafeString(NOTHING) if value is None else voice.say(value),
            voice.word("blockers_note", failed=failed, open=unanswered),
            band_tone(band),
        ),
        Tile(voice.word("valid_until"), until, voice.word("valid_note") if valid else SafeString("")),
    ]


def band_tone(band: str) -> str:
    """Tone of a readiness band."""
    return {"ready": "pass", "conditional": "attention", "not_ready": "fail", "blocked": "fail"}.get(band, "open")


def blocker_counts(record: Record) -> tuple[int, int]:
    """(failed, open) blockers at the freeze."""
    verdicts = [entry["verdict"] for entry in record.content["blockers"]]
    return verdicts.count("fail"), verdicts.count("open")


def cover_rows(record: Record, identity: Identity) -> list[tuple[SafeString, SafeString]]:
    """The list below the decision."""
    voice, content, decision = record.voice, record.content, record.decision
    revision, gate = content["revision"], content["gate"]
    round_key = "gate_round_delta" if gate["kind"] == "delta" else "gate_round"
    signed = [record.bracket(voice.say(one["by"]["name"]), voice.say(record.role(one["role"]))) for one in decision["signatures"]]
    rows = [
        ("report_number", voice.word("edition", number=identity.number, edition=identity.edition)),
        ("gate", record.lines(voice.phrase(round_key, gate=gate["id"], name=record.gate_name(gate["id"]), round=gate["round"]))),
        ("decided_at", voice.say(voice.moment(decision["decided_at"])) if decision["decided_at"] else voice.word("not_decided")),
        (
            "frozen_revision",
            record.lines(
                voice.join(
                    [
                        voice.phrase(
                            "frozen_text",
                            number=revision["number"],
                            at=voice.moment(revision["frozen_at"]),
                            by=revision["frozen_by"]["name"],
                        ),
                        voice.phrase("catalogue_text", version=content["catalogue"]["version"]),
                    ],
                    "semicolon",
                )
            ),
        ),
        ("signers", record.joined(signed) if signed else voice.word("signatures_none")),
        ("confidentiality", voice.say(voice.label("confidentiality", content["project"]["confidentiality"]))),
        ("content_hash", format_html('<span class="hash">{}</span>', grouped_hash(identity.content_hash))),
    ]
    return [(voice.word(key), value) for key, value in rows]


def grouped_hash(value: str) -> str:
    """64 hex digits in groups of eight, so that an eye can compare them."""
    return " ".join(value[start : start + 8] for start in range(0, len(value), 8))


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
    """Page two. Long texts are clipped with a pointer to the full one, long lists end with "n more"."""
    voice, content = record.voice, record.content
    limits: Mapping[str, int] = layout()["executive"]["limits"]
    project = content["project"]
    audience = (
        voice.join([record.fact_value("audience", one) for one in project["audience"]]) if project["audience"] else voice.phrase("unknown")
    )
    return Executive(
        purpose=_clipped(record, project["purpose"], 220, 4),
        audience=_clipped(record, voice.plain(audience), 70, 4),
        asked=_clipped(record, content["gate"]["asked"], 150, 3) or voice.word("nothing"),
        tiles=_tiles(record),
        strip=[strip_cell(record, score) for score in content["scores"]],
        conditions=_conditions(record, limits["conditions"]),
        filings=_filings(record, limits["filings"]),
        filings_sum=record.lines(voice.phrase("filings_sum", **sums(record))),
        measurements=_measurements(record, limits["measurements"]),
        risks=_risks(record, limits["risks"]),
        blockers=_blockers(record, limits["blockers"]),
        red=_red(record),
    )


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
    value = SafeString(NOTHING if score["score"] is None else f"{Decimal(score['score']):.0f}")
    return tone, symbol, record.voice.word(f"dim_{score['dimension']}"), value


def _clipped(record: Record, text: str, limit: int, section: int) -> SafeString:
    short, cut = clip(text, limit)
    shown = record.voice.say(short)
    return format_html('{}<span class="q">{}</span>', shown, record.voice.word("clipped", section=section)) if cut else shown


def _tiles(record: Record) -> list[Tile]:
    voice, plan = record.voice, layout()["executive"]
    tiles = []
    for figure in plan["cost"]:
        tiles.append(
            Tile(voice.word(figure["label"]), _money(record, figure["calculator"], figure["output"]), _source(record, figure["calculator"]))
        )
    budget = plan["compliance_budget"]
    share = output_of(record, budget["calculator"], budget["share"])
    note = voice.word("share_of_total", share=percent(share)) if share is not None else SafeString("")
    tiles.append(Tile(voice.word(budget["label"]), _money(record, budget["calculator"], budget["output"]), note))
    value, band = record.content["readiness"]["value"], record.content["readiness"]["band"]
    failed, unanswered = blocker_counts(record)
    tiles.append(
        Tile(
            voice.word("readiness"),
            format_html("{} <small>{}</small>", NOTHING if value is None else value, voice.say(voice.label("band", band))),
            voice.word("blockers_note", failed=failed, open=unanswered),
            band_tone(band),
        )
    )
    return tiles


def output_of(record: Record, calculator: str, output: str) -> Any:
    """An output of a calculator run, None if it did not run."""
    run = record.runs.get(calculator)
    for figure in run["outputs"] if run else ():
        if figure["id"] == output:
            return figure["value"]
    return None


def _money(record: Record, calculator: str, output: str) -> SafeString:
    value = output_of(record, calculator, output)
    amount = decimal_of(value)
    return SafeString(NOTHING) if amount is None else record.voice.say(record.voice.money_short(amount, record.currency))


def _source(record: Record, calculator: str) -> SafeString:
    known = record.catalogue.calculators.get(calculator)
    if calculator not in record.runs or known is None:
        return SafeString("")
    return record.voice.word("from_source", source=known.name)


def _conditions(record: Record, limit: int) -> Table:
    voice, conditions = record.voice, record.decision["conditions"]
    table = Table(
        record.heads(("col_condition", 0), ("col_owner", 16), ("col_due", 14), ("col_related", 11)),
        [
            [
                _clipped(record, one["text"], 110, 11),
                record.person(one["owner"], with_role=False),
                SafeString(one["due"]),
                voice.say(one["item"] or NOTHING),
            ]
            for one in conditions[:limit]
        ],
        voice.word("conditions_none" if record.decision["outcome"] else "conditions_pending"),
        voice.plain_word("conditions"),
    )
    return _with_more(record, table, len(conditions) - limit, 11)


def _filings(record: Record, limit: int) -> Table:
    voice = record.voice
    found = open_filings(record)
    rows = []
    for filing in found[:limit]:
        known = record.catalogue.filings.get(filing["regime"])
        name, _ = clip(voice.plain(known.name if known else filing["regime"]), 64)
        basis, _ = clip(voice.plain(_basis(record, filing)), 44)
        rows.append([voice.say(name), voice.say(basis), status_label(record, filing), due_and_number(record, filing)])
    table = Table(
        record.heads(("col_matter", 0), ("col_basis", 26), ("col_status", 17), ("col_number_due", 25)),
        rows,
        voice.word("filings_none_short"),
        voice.plain_word("filings_short"),
    )
    return _with_more(record, table, len(found) - limit, 10)


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
    voice, found = record.voice, record.content["measurements"]
    table = Table(
        record.heads(("col_metric", 0), ("col_target", 15, "n"), ("col_measured", 26, "n"), ("col_result", 15), ("col_source", 20)),
        [measurement_row(record, one) for one in found[:limit]],
        voice.word("measurements_none_short"),
        voice.plain_word("promise_measured"),
    )
    return _with_more(record, table, len(found) - limit, 7)


def _risks(record: Record, limit: int) -> Table:
    voice, found = record.voice, risk_rows(record)
    table = Table(
        record.heads(("col_severity", 13), ("col_group", 17), ("col_harm", 0), ("col_measure", 36)),
        [
            [
                record.severity(risk["residual"] or risk["severity"]),
                *(_clipped(record, text, width, 9) for text, width in ((risk["group"], 24), (risk["harm"], 48), (risk["measure"], 58))),
            ]
            for risk in found[:limit]
        ],
        voice.word("risks_none_short"),
        voice.plain_word("top_risks"),
    )
    return _with_more(record, table, len(found) - limit, 9)


def _blockers(record: Record, limit: int) -> SafeString:
    bad = [entry for entry in record.content["blockers"] if entry["verdict"] in ("fail", "open")]
    if not bad:
        return record.voice.word("blockers_none")
    parts = []
    for entry in bad[:limit]:
        known = record.catalogue.items.get(entry["item"])
        question, _ = clip(record.voice.plain(known.question) if known else "", 54)
        parts.append(
            format_html('<b class="k">{} {}</b> {} {}', BLOCKER, entry["item"], record.mark(entry["verdict"]), record.voice.say(question))
        )
    if len(bad) > limit:
        parts.append(record.voice.word("more", n=len(bad) - limit, section=5))
    return SafeString("<br>".join(parts))


def _red(record: Record) -> SafeString:
    found = [entry for entry in record.content["red_findings"] if entry["result"] == "yes"]
    if not found:
        return record.voice.word("red_none")
    names = [record.catalogue.blockers[entry["id"]].name if entry["id"] in record.catalogue.blockers else entry["id"] for entry in found]
    return format_html('<span class="m fail">▲</span> {}', record.voice.say(clip(record.voice.plain(record.voice.join(names)), 120)[0]))


def _with_more(record: Record, table: Table, rest: int, section: int) -> Table:
    if rest > 0:
        table.more = record.voice.word("more", n=rest, section=section)
    return table
