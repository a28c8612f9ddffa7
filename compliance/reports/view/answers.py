"""An item's answer as people read it: labels of choices, figures with units, tables with the catalogue's columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from compliance.reports.view.common import Column, Record, Table
from portal.catalogue.parts import Field, Item
from portal.core.formats import NOTHING

NUMERIC = ("number", "percent", "money")


def answer_html(record: Record, item: Item | None, value: Any) -> SafeString:
    """The answer in a line or a paragraph; "" for tables (see `answer_table`), computed items and files."""
    voice = record.voice
    if value is None or value == "" or value == []:
        return SafeString("")
    kind = item.answer_type if item else "text"
    if is_table(value):
        return SafeString("")
    if kind in ("single_choice", "multi_choice", "yes_no_na"):
        values = value if isinstance(value, list) else [value]
        return voice.say(voice.join([_choice(record, item, one) for one in values]))
    if kind in NUMERIC or (kind == "computed" and not isinstance(value, list | dict)):
        unit = {"percent": "percent", "money": "currency"}.get(kind, (item.unit if item else "") or "")
        return voice.say(_amount(record, value, unit))
    if kind == "date":
        return voice.say(str(value))
    if isinstance(value, Mapping):
        return _fields(record, item, value)
    if isinstance(value, list):
        return voice.say(voice.join([str(one) for one in value]))
    return format_html('<span class="free">{}</span>', voice.say(str(value)))


def is_table(value: Any) -> bool:
    """Whether an answer is a list of rows."""
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)


def answer_table(record: Record, item: Item | None, value: Any) -> Table | None:
    """The rows of a table item under the catalogue's column heads; None for other answers."""
    if not is_table(value):
        return None
    fields: dict[str, Field | None] = dict(item.fields) if item else {}
    for row in value:
        fields |= {name: None for name in row if name not in fields}
    used = [name for name in fields if any(row.get(name) not in (None, "") for row in value)]
    columns = [Column(_head(record, name, fields[name]), 0, "n" if (one := fields[name]) and one.type in NUMERIC else "") for name in used]
    rows = [[cell(record, fields[name], row.get(name)) for name in used] for row in value]
    return Table(columns, rows, small=True)


def cell(record: Record, field: Field | None, value: Any) -> SafeString:
    """One cell of a table answer."""
    voice = record.voice
    if value is None or value == "":
        return SafeString(NOTHING)
    if field and value in field.choices:
        return voice.say(field.choices[value].label)
    if field and field.type in NUMERIC:
        return voice.say(_amount(record, value, {"percent": "percent", "money": "currency"}.get(field.type, "")))
    if isinstance(value, bool):
        return voice.word("yes" if value else "no")
    if isinstance(value, list):
        return voice.say(voice.join([str(one) for one in value]))
    return voice.say(str(value))


def _choice(record: Record, item: Item | None, value: Any) -> Any:
    if item and value in item.choices:
        return item.choices[value].label
    return record.voice.label("verdict", "na") if value == "na" else record.voice.phrase(value) if value in ("yes", "no") else str(value)


def _amount(record: Record, value: Any, unit: str) -> Any:
    if isinstance(value, Mapping):
        return record.voice.figure(value.get("amount"), "currency", str(value.get("currency") or record.currency))
    return record.voice.figure(value, unit, record.currency)


def _fields(record: Record, item: Item | None, value: Mapping[str, Any]) -> SafeString:
    """Single fields beside another answer (testers, success rate …)."""
    known = item.fields if item else {}
    parts = [
        format_html(
            "{}{}{}",
            record.voice.say(known[name].label if name in known else record.voice.label("field", name)),
            record.voice.word("colon"),
            cell(record, known.get(name), one),
        )
        for name, one in value.items()
    ]
    return record.joined(parts)


def _head(record: Record, name: str, field: Field | None) -> SafeString:
    """Column head; the catalogue sometimes lists the choices in brackets, which the cells already say."""
    if field is None:
        return record.voice.say(name)
    return record.voice.say({code: field.label[code].split("（")[0].split(" (")[0] for code in ("zh", "en")})
