"""A register as an Excel workbook: one sheet for what applies, one for what is undetermined, one for what does not apply and why."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any, cast

from compliance.filings.pages.words import rule_text
from compliance.register import view
from compliance.register.words import said
from compliance.reports.view.common import Record
from compliance.reports.view.filings import applies, undetermined
from compliance.reports.voice import Language
from portal.catalogue import catalogue
from portal.core.sheets import Column, write_book

_HEADS: tuple[tuple[str, int], ...] = (
    ("项目|Project", 12), ("项目名称|Project name", 30), ("备案|Filing", 36), ("法域|Jurisdiction", 16), ("时点|When", 20),
    ("规则结果|Result of the rules", 16), ("合规判定|Decision", 18), ("理由|Reason", 40), ("判定人|Decided by", 14),
    ("复核人|Second person", 14), ("规则|Rule", 50), ("所用事实|Facts used", 50), ("缺少的事实|Missing facts", 40), ("状态|State", 16),
    ("编号|Number", 30), ("提交日|Submitted", 12), ("批准日|Approved", 12), ("有效期至|Valid until", 12), ("下一期限|Next date", 12),
    ("已逾期|Late", 8), ("负责人|Owner", 14),
)  # fmt: skip


def sheet_of(content: dict[str, Any], language: Language) -> bytes:
    """The workbook of a frozen register."""
    record = view.record_of(content, catalogue(content["catalogue"]), language)
    voice = record.voice
    columns = [Column(voice.plain(dict(zip(("zh", "en"), label.split("|"), strict=True))), width) for label, width in _HEADS]
    rows = content["rows"]
    groups = (
        ("filings_apply", [one for one in rows if applies(one)]),
        ("filings_undetermined", [one for one in rows if undetermined(one)]),
        ("filings_not", [one for one in rows if not applies(one) and not undetermined(one)]),
    )
    sheets = [(voice.plain_word(key), columns, _rows(record, found)) for key, found in groups]
    if content["by_rule"]:
        heads = [
            Column(voice.plain_word("col_matter"), 40),
            Column(voice.plain(said("col_rule")), 80),
            Column(voice.plain(said("col_count")), 10),
        ]
        sheets.append((voice.plain(said("by_rule")), heads, _by_rule(record, content["by_rule"])))
    target = io.BytesIO()
    write_book(target, sheets)
    return target.getvalue()


def _rows(record: Record, rows: list[dict[str, Any]]) -> Iterator[list[Any]]:
    voice, content = record.voice, record.catalogue
    yes, no = voice.plain_word("yes"), voice.plain_word("no")
    for row in rows:
        entry = content.filings.get(row["regime"])
        facts = [
            view.named_fact(record, name, None if value == "unknown" else value)
            for name, value in row["facts"].items()
            if name in content.facts
        ]
        yield [
            row["project"]["code"],
            voice.plain(row["project"]["names"]),
            voice.plain(entry.name) if entry is not None else row["regime"],
            voice.plain(voice.join([record.vocabulary("jurisdictions", place) for place in row["jurisdictions"]])),
            voice.plain(record.vocabulary("filing_gates", row["gate"])),
            voice.plain(record.vocabulary("results", row["result"])),
            voice.plain(voice.phrase(f"decision_{row['decision']}" if row["decision"] else "decision_pending")),
            row["decision_reason"],
            _name(row["decided_by"]),
            _name(row["second_by"]),
            voice.plain(view.both(rule_text(content, row["regime"]))) if entry is not None else "",
            voice.plain(voice.join(facts, "semicolon")),
            voice.plain(voice.join([record.fact_label(name) for name in row["missing"]], "semicolon")),
            voice.plain(record.vocabulary("filing_states", row["status"])),
            row["number"],
            *(_day(row[name]) for name in ("submitted", "approved", "valid_until", "due")),
            yes if row["late"] else no,
            row["owner"],
        ]


def _by_rule(record: Record, lines: list[dict[str, Any]]) -> Iterator[list[Any]]:
    for one in lines:
        name = record.catalogue.filings[one["regime"]].name
        yield [record.voice.plain(name), record.voice.plain(view.both(rule_text(record.catalogue, one["regime"]))), one["projects"]]


def _name(person: dict[str, str] | None) -> str:
    return person["name"] if person else ""


def _day(value: str | None) -> Any:
    return cast(Any, dt.date.fromisoformat(value)) if value else None
