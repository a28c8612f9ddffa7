"""Sections 8 and 9: what the record says about data, and about risk and impact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from compliance.reports.view.answers import answer_html, is_table
from compliance.reports.view.common import Record, Table
from compliance.reports.voice import Phrase, layout
from portal.catalogue.parts import Item
from portal.core.formats import NOTHING

SEVERITIES = ("critical", "high", "medium", "low", "")


def risk_rows(record: Record) -> list[Mapping[str, Any]]:
    """Recorded risks; without any, the rows of the item that asks for them. Gravest first."""
    plan = layout()["risk"]
    rows: list[Mapping[str, Any]] = list(record.content["risks"])
    item = record.items.get(plan["item"])
    if not rows and item and item["applies"] and is_table(item["value"]):
        blank = {"residual": "", "accepted_by": None, "accepted_at": None, "item": plan["item"]}
        rows = [blank | {name: str(row.get(column) or "") for name, column in plan["columns"].items()} for row in item["value"]]
    order = {level: place for place, level in enumerate(SEVERITIES)}
    return sorted(rows, key=lambda one: order.get(one["residual"] or one["severity"], len(order)))


def risk_table(record: Record) -> Table:
    """Affected groups, harms and misuse, measures, what is left and who accepts it."""
    voice = record.voice
    rows = []
    for risk in risk_rows(record):
        harm = voice.say(risk["harm"])
        if risk["misuse"]:
            harm = format_html(
                '{}<br><span class="q">{}{}{}</span>', harm, voice.word("misuse"), voice.word("colon"), voice.say(risk["misuse"])
            )
        rows.append(
            [voice.say(risk["group"]), harm, record.severity(risk["severity"]), voice.say(risk["measure"]), _residual(record, risk)]
        )
    return Table(
        record.heads(("col_group", 15), ("col_harm", 26), ("col_severity", 12), ("col_measure", 0), ("col_residual", 18)),
        rows,
        voice.word("risks_none"),
        voice.plain_word("top_risks"),
    )


def _residual(record: Record, risk: Mapping[str, Any]) -> SafeString:
    voice = record.voice
    parts = []
    if risk["residual"]:
        parts.append(voice.say(voice.label("severity", risk["residual"])))
    if risk["accepted_by"]:
        parts.append(format_html("{} {}", record.person(risk["accepted_by"]), voice.date(risk["accepted_at"])))
    return record.joined(parts) or voice.word("residual_none")


def data_summary(record: Record) -> Table:
    """One row per item on data: what was answered in short, and the verdict. Tables are summed up by their choices."""
    voice = record.voice
    rows = []
    for key in layout()["data"]["items"]:
        entry, item = record.items.get(key), record.catalogue.items.get(key)
        if not entry or not item or not entry["applies"]:
            continue
        rows.append([record.item_label(key), _summary(record, item, entry), record.mark("waived" if entry["waiver"] else entry["verdict"])])
    return Table(
        record.heads(("col_topic", 42), ("col_summary", 0), ("col_result", 14)),
        rows,
        voice.word("data_none"),
        voice.plain_word("col_summary"),
    )


def quality_table(record: Record) -> Table:
    """Figures of the data quality calculator."""
    voice, plan = record.voice, layout()["data"]["quality"]
    run, known = record.runs.get(plan["calculator"]), record.catalogue.calculators.get(plan["calculator"])
    outputs = {one["id"]: one for one in run["outputs"]} if run else {}
    rows = [
        [
            voice.say(known.outputs[name].label),
            voice.say(voice.figure(record.code(outputs[name]["value"]), outputs[name]["unit"], record.currency)),
        ]
        for name in plan["outputs"]
        if name in outputs and outputs[name]["value"] is not None and known and name in known.outputs
    ]
    return Table(
        record.heads(("col_quantity", 60), ("col_result", 0, "n")), rows, voice.word("data_quality_none"), voice.plain_word("data_quality")
    )


def data_facts(record: Record) -> Table:
    """Known facts of the groups on personal data and export."""
    voice, groups = record.voice, layout()["data"]["fact_groups"]
    rows = []
    for entry in record.content["facts"]:
        known = record.catalogue.facts.get(entry["id"])
        if known and known.group in groups and entry["known"]:
            rows.append([voice.say(known.question), voice.say(record.fact_value(entry["id"], entry["value"]))])
    return Table(
        record.heads(("col_fact", 60), ("col_value", 0)), rows, voice.word("facts_none"), voice.plain_word("data_facts"), small=True
    )


def _summary(record: Record, item: Item, entry: Mapping[str, Any]) -> SafeString:
    value = entry["value"]
    if not is_table(value):
        shown = answer_html(record, item, value)
        return shown or record.voice.say(entry["explain"]) or SafeString(NOTHING)
    parts: list[Any] = [record.voice.phrase("rows_n", n=len(value))]
    for field in item.fields.values():
        if field.type != "choice":
            continue
        counts = Counter(str(row.get(field.name)) for row in value if row.get(field.name))
        if counts:
            parts.append(Phrase(*(_counted(field.label, field.choices, counts, code) for code in ("zh", "en"))))
    full = record.voice.word("data_full", item=entry["key"])
    return format_html('{} <span class="q">{}</span>', record.voice.say(record.voice.join(parts, "semicolon")), full)


def _counted(label: Any, choices: Mapping[str, Any], counts: Counter[str], code: str) -> str:
    head = label[code].split("（")[0].split(" (")[0]
    listed = [f"{choices[name].label[code] if name in choices else name} {count}" for name, count in counts.items()]
    return f"{head}{'：' if code == 'zh' else ': '}{('、' if code == 'zh' else ', ').join(listed)}"
