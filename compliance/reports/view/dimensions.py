"""Section 5: per dimension the score, every applying item with answer, verdict, rule in words, people, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from compliance.reports.view.answers import answer_html, answer_table, is_table
from compliance.reports.view.common import BLOCKER, Record, Table
from compliance.reports.voice import Phrase, layout
from portal.core.formats import NOTHING, file_size, number

# Longer answers may be split between pages; shorter ones stay whole.
ROWS_KEPT_TOGETHER = 10
TEXT_KEPT_TOGETHER = 1200


@dataclass
class ItemBlock:
    """One item: head line, answer (text or table), then small lines with rule, people and evidence."""

    key: str
    question: SafeString
    marks: SafeString
    verdict: SafeString
    answer: SafeString
    table: Table | None
    long: bool
    notes: list[tuple[SafeString, SafeString]]


@dataclass
class DimensionBlock:
    """One dimension."""

    id: str
    name: SafeString
    summary: SafeString
    head: SafeString
    counts: SafeString
    items: list[ItemBlock]
    left_out: SafeString
    evidence: list[SafeString]
    evidence_title: SafeString


def score_table(record: Record) -> Table:
    """Ten dimensions with score, weight, answered and verdicts."""
    voice = record.voice
    rows = []
    for entry in record.content["scores"]:
        score: Mapping[str, Any] = dict(entry)
        known = record.catalogue.dimensions.get(score["dimension"])
        name = voice.say(known.label if known else "")
        marks = [
            format_html('<span class="m {}">{} {}</span>', tone, symbol, score[field])
            for field, symbol, tone in (
                ("passed", "✓", "pass"),
                ("attention", "!", "attention"),
                ("failed", "×", "fail"),
                ("open", "○", "open"),
                ("waived", "◇", "waived"),
                ("na", "–", "na"),
            )
            if score[field]
        ]
        rows.append(
            [
                format_html('<b class="k">{}</b> {}', score["dimension"], name),
                SafeString(number(score["score"], 1)),
                SafeString(str(score["weight"])),
                SafeString(f"{score['answered']} / {score['applying']}"),
                record.joined(marks, "  "),
            ]
        )
    return Table(
        record.heads(("col_dimension", 0), ("col_score", 11, "n"), ("col_weight", 9, "n"), ("col_answered", 18, "n"), ("col_verdicts", 27)),
        rows,
        voice.word("dimension_empty"),
        voice.plain_word("scores_title"),
    )


def dimension_blocks(record: Record) -> list[DimensionBlock]:
    """Ten blocks in the catalogue's order."""
    return [_dimension(record, dimension) for dimension in record.catalogue.dimensions.values()]


def _dimension(record: Record, dimension: Any) -> DimensionBlock:
    voice = record.voice
    own = [item for item in record.content["items"] if item["dimension"] == dimension.id]
    applying = [item for item in own if item["applies"]]
    left = [item for item in own if not item["applies"]]
    score = next((one for one in record.content["scores"] if one["dimension"] == dimension.id), None)
    value = score["score"] if score and score["score"] is not None else None
    names = voice.join(
        [Phrase(*(f"{item['key']}{_why(record, item)[code]}" for code in ("zh", "en"))) for item in left],
    )
    return DimensionBlock(
        id=dimension.id,
        name=voice.say(dimension.label),
        summary=voice.say(dimension.summary),
        head=voice.word(
            "dimension_head", score=number(value, 1) if value is not None else voice.phrase("not_scored"), weight=dimension.weight
        ),
        counts=voice.word("dimension_counts", applying=len(applying), answered=score["answered"] if score else 0),
        items=[_item(record, item) for item in applying],
        left_out=record.sentence("not_applying", n=len(left), items=names) if left else SafeString(""),
        evidence=evidence_list(record, dimension.id),
        evidence_title=voice.word("evidence_list", dimension=dimension.id),
    )


def _why(record: Record, item: Mapping[str, Any]) -> Phrase:
    if not item["not_applying"]:
        return Phrase("", "")
    reason = record.voice.phrase(f"not_applying_{item['not_applying']}")
    return Phrase(f"（{reason['zh']}）", f" ({reason['en']})")


def _item(record: Record, entry: Mapping[str, Any]) -> ItemBlock:
    voice, known = record.voice, record.catalogue.items.get(entry["key"])
    marks = format_html('<span class="q">{}</span>', entry["due_gate"])
    if entry["blocker"]:
        marks = format_html('<span class="blk">{} {}</span> {}', BLOCKER, voice.word("blocker"), marks)
    table, answer = answer_table(record, known, entry["value"]), answer_html(record, known, entry["value"])
    if is_table(entry["value"]) and entry["key"] == layout()["risk"]["item"] and not record.content["risks"]:
        table, answer = None, voice.word("see_risks", n=len(entry["value"]))
    if not answer and table is None:
        answer = _without_answer(record, known, entry)
    return ItemBlock(
        key=entry["key"],
        question=record.lines(known.question) if known else SafeString(""),
        marks=marks,
        verdict=record.mark("waived" if entry["waiver"] else entry["verdict"]),
        answer=answer,
        table=table,
        long=(table is not None and len(table.rows) > ROWS_KEPT_TOGETHER) or len(answer) > TEXT_KEPT_TOGETHER,
        notes=_notes(record, entry),
    )


def _without_answer(record: Record, known: Any, entry: Mapping[str, Any]) -> SafeString:
    voice = record.voice
    if entry["calculator"] and known and known.answer_type == "computed":
        calculator = record.catalogue.calculators.get(entry["calculator"])
        return voice.word("see_calculator", name=calculator.name if calculator else entry["calculator"], section=6)
    if known and known.answer_type == "computed":
        return voice.word("computed")
    if known and known.answer_type == "file" and entry["evidence"]:
        return SafeString(", ".join(_evidence_name(record, one) for one in entry["evidence"]))
    return record.mark("open", voice.phrase("no_answer"))


def _evidence_name(record: Record, evidence: str) -> SafeString:
    entry = next((one for one in record.content["evidence"] if one["id"] == evidence), None)
    return record.voice.say(entry["name"]) if entry else SafeString(NOTHING)


def _notes(record: Record, entry: Mapping[str, Any]) -> list[tuple[SafeString, SafeString]]:
    voice = record.voice
    notes = []
    if entry["comment"]:
        notes.append((voice.word("remark_of_answer"), voice.say(entry["comment"])))
    if entry["na_reason"]:
        notes.append((voice.word("na_reason"), voice.say(entry["na_reason"])))
    notes.append((voice.word("rule"), _rule(record, entry)))
    notes.append((voice.word("evidence"), _evidence_refs(record, entry)))
    notes.append((voice.word("by"), _people(record, entry)))
    return notes


def _rule(record: Record, entry: Mapping[str, Any]) -> SafeString:
    voice = record.voice
    parts = [voice.say(entry["explain"])]
    facts = [one for one in entry["waiting_for"] if one in record.catalogue.facts]  # the rest is named in the explanation
    if facts:
        parts.append(voice.word("waiting", facts=voice.join([record.fact_label(one) for one in facts], "semicolon")))
    elif entry["remark"] == "rule_gap":
        parts.append(voice.word("rule_gap"))
    if entry["waiver"] and entry["waiver"] in record.waivers:
        parts.append(voice.word("waived_until", date=record.waivers[entry["waiver"]]["ends"]))
    return record.joined(parts)


def _evidence_refs(record: Record, entry: Mapping[str, Any]) -> SafeString:
    numbers = [record.evidence_numbers[one] for one in entry["evidence"] if one in record.evidence_numbers]
    return SafeString(", ".join(numbers)) if numbers else record.voice.word("no_evidence")


def _people(record: Record, entry: Mapping[str, Any]) -> SafeString:
    voice = record.voice
    parts = []
    if entry["answered_by"]:
        parts.append(
            format_html("{} {} {}", voice.word("answered_by"), voice.say(entry["answered_by"]["name"]), voice.date(entry["answered_at"]))
        )
    else:
        parts.append(voice.word("not_answered" if entry["value"] is None else "computed"))
    approval = entry["approval"]
    if approval:
        name = record.person(approval["by"] | {"role": approval["role"]})
        parts.append(format_html("{} {} {}", voice.word("approved_by"), name, voice.date(approval["at"])))
        parts.append(format_html("{} {}", voice.word("bound_to"), approval["answer_sha256"][:8]))
    else:
        parts.append(voice.word("not_approved"))
    return record.joined(parts)


def evidence_list(record: Record, dimension: str) -> list[SafeString]:
    """Evidence of a dimension: number, name, start of the hash, date, expiry. Full hashes stand in section 14."""
    voice = record.voice
    keys = {key for key, item in record.items.items() if item["dimension"] == dimension and item["applies"]}
    found = []
    for entry in record.content["evidence"]:
        if not keys.intersection(entry["items"]):
            continue
        details = [SafeString(entry["sha256"][:12]) if entry["sha256"] else voice.word(f"evidence_{entry['kind']}")]
        details += [SafeString(voice.date(entry["dated"] or entry["added_at"])), expiry(record, entry)]
        if entry["personal_data"]:
            details.append(record.mark("review", voice.phrase("evidence_personal")))
        found.append(
            format_html("<b>{}</b> {} {}", record.evidence_numbers[entry["id"]], voice.say(entry["name"]), record.joined(details, ", "))
        )
    return found


def evidence_name(record: Record, entry: Mapping[str, Any]) -> SafeString:
    """Name with size, or the mark that it holds personal data and is listed only."""
    voice = record.voice
    parts = [voice.say(entry["name"]), expiry(record, entry)]
    if entry["size"] is not None:
        parts.append(format_html('<span class="q">{}</span>', file_size(entry["size"])))
    if entry["personal_data"]:
        parts.append(record.mark("review", voice.phrase("evidence_personal")))
    elif entry["kind"] == "link":
        address = voice.say(entry["address"])
        linked = entry["address"].startswith(("https://", "http://")) and str(address) == entry["address"]
        parts.append(
            format_html('<a href="{}">{}</a>', entry["address"], address) if linked else format_html('<span class="q">{}</span>', address)
        )
    elif entry["kind"] == "note" and entry["text"]:
        parts.append(format_html('<span class="q free">{}</span>', voice.say(entry["text"])))
    return record.joined(parts, " ")


def expiry(record: Record, entry: Mapping[str, Any]) -> SafeString:
    """Until when the evidence holds; marked if that was past at the freeze."""
    if not entry["expires"]:
        return SafeString("")
    if entry["expires"] < record.content["revision"]["frozen_at"][:10]:
        return record.mark(
            "fail", Phrase(*(f"{entry['expires']} {record.voice.phrase('evidence_expired')[code]}" for code in ("zh", "en")))
        )
    return record.voice.word("expires_on", date=entry["expires"])
