"""From what a form or an API call brought to what is stored, with a sentence for everything that does not fit."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from assessments.checklists.values import reading
from assessments.checklists.values.shapes import has_fields_beside, is_group
from portal.catalogue.parts.items import Field, Item
from portal.catalogue.parts.vocabulary import Choice

LONGEST_TEXT: Final = 6000
LONGEST_CELL: Final = 1000
LONGEST_NOTE: Final = 4000
MOST_ROWS: Final = 200
MOST_BYTES: Final = 200_000  # of one stored answer as JSON
YES_NO_NA: Final = ("yes", "no", "na")
_YES_NO_WORDS: Final = {"是": "yes", "否": "no", "不适用": "na", "y": "yes", "n": "no", "n/a": "na", "true": "yes", "false": "no"}


class AnswerInvalid(ValueError):
    """The answer cannot be stored. ``fields`` maps names of form fields (``answer``, ``rows-0-mau``) to sentences."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(fields.values()))
        self.fields = dict(fields)


class _Faults:
    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def read(self, name: str, reader: Callable[..., Any], *given: Any) -> Any:
        """The reader's result, or None with its sentence noted under the field's name."""
        try:
            return reader(*given)
        except ValueError as error:
            self.found[name] = str(error)
            return None


def clean_answer(item: Item, raw: Any, *, currency: str, evidence: Collection[str] = ()) -> Any:
    """The stored form of an answer, None for "not answered".

    ``raw`` has the stored shape (see ``shapes``), with values as typed. ``evidence`` are the ids of evidence attached to the
    item, which file columns may name. Raises :class:`AnswerInvalid` naming every field at fault.
    """
    faults = _Faults()
    stored = _cleaned(item, raw, currency, evidence, faults)
    if not faults.found and stored is not None and len(json.dumps(stored, ensure_ascii=False).encode()) > MOST_BYTES:
        faults.found["answer"] = _("This answer is too large. Attach a file instead.")
    if faults.found:
        raise AnswerInvalid(faults.found)
    return stored


def _cleaned(item: Item, raw: Any, currency: str, evidence: Collection[str], faults: _Faults) -> Any:
    if item.answer_type == "computed":
        return None
    if item.answer_type == "table":
        return _table(item, raw, currency, evidence, faults)
    beside: dict[str, Any] = {}
    value = raw
    if item.answer_type == "file" or has_fields_beside(item):
        if raw is not None and not isinstance(raw, Mapping):
            raw = {"value": raw}
        given = raw or {}
        beside = _row(item, {name: given.get(name) for name in item.fields}, "field-", currency, evidence, faults)
        if item.answer_type == "file":
            return None if raw is None else {"approved": _flag(given.get("approved")), **beside}
        value = given.get("value")
    answer = faults.read("answer", _single, item, value, currency)
    if not has_fields_beside(item):
        return answer
    return {"value": answer, **beside} if answer is not None or beside else None


def _flag(raw: Any) -> bool:
    return raw is True or (isinstance(raw, str) and raw.lower() in ("1", "on", "true", "yes"))


def _blank(raw: Any) -> bool:
    return raw is None or (isinstance(raw, str) and not raw.strip())


def _single(item: Item, raw: Any, currency: str) -> Any:
    if item.answer_type == "multi_choice":
        return _many(item.choices, raw)
    if isinstance(raw, list):
        raise ValueError(_("Only one value is possible here."))
    if _blank(raw):
        return None
    match item.answer_type:
        case "yes_no_na":
            text = reading.folded(raw).lower() if isinstance(raw, str) else ("yes" if raw is True else "no" if raw is False else "")
            text = _YES_NO_WORDS.get(text, text)
            if text not in YES_NO_NA:
                raise ValueError(_("“{value}” is not among the values to choose from.").format(value=reading.shown(raw)))
            return text
        case "single_choice":
            return _one(item.choices, raw)
        case "number":
            return reading.read_number(raw)
        case "percent":
            return reading.read_percent(raw)
        case "money":
            return reading.read_money(raw, currency)
        case "date":
            return reading.read_date(raw)
        case "text":
            return reading.read_text(raw, LONGEST_TEXT) or None
    raise ValueError(_("This item cannot be answered here."))


def _one(choices: Mapping[str, Choice], raw: Any) -> str:
    """An option by its value or by its label in either language (rows pasted from a spreadsheet hold labels)."""
    if isinstance(raw, str):
        if raw in choices:
            return raw
        wanted = unicodedata.normalize("NFKC", raw).strip().casefold()
        for value, choice in choices.items():
            if wanted in (value.casefold(), choice.label.zh.casefold(), choice.label.en.casefold()):
                return value
    raise ValueError(_("“{value}” is not among the values to choose from.").format(value=reading.shown(raw)))


def _many(choices: Mapping[str, Choice], raw: Any) -> list[str] | None:
    if raw is None or raw == "":
        return None
    if isinstance(raw, str):
        raw = [raw]
    if not isinstance(raw, (list, tuple)):
        raise ValueError(_("Choose from the list."))
    if len(raw) > 2 * len(choices) + 1:
        raise ValueError(_("Choose from the list."))
    none_of_these = "" in raw  # the box "none of these" sends an empty value
    chosen = {_one(choices, value) for value in raw if value != ""}
    if chosen and none_of_these:
        raise ValueError(_("“None of these” and a choice exclude each other."))
    return [value for value in choices if value in chosen]


def _table(item: Item, raw: Any, currency: str, evidence: Collection[str], faults: _Faults) -> list[dict[str, Any]] | None:
    if raw is None or raw == "":
        return None
    if isinstance(raw, Mapping):
        raw = [raw]
    if not isinstance(raw, (list, tuple)) or not all(isinstance(row, Mapping) for row in raw):
        faults.found["answer"] = _("Rows are needed here.")
        return None
    most = 1 if is_group(item) else MOST_ROWS
    if len(raw) > most:
        faults.found["answer"] = _("At most {most} rows; there are {count}.").format(most=most, count=len(raw))
        return None
    rows = []
    for number, given in enumerate(raw):
        unknown = set(given) - set(item.fields)
        if unknown:
            faults.found[f"rows-{number}"] = _("Unknown column: {name}.").format(name=reading.shown(sorted(map(str, unknown))[0]))
        row = _row(item, given, f"rows-{number}-", currency, evidence, faults)
        if row:
            rows.append(row)
    return rows or None


def _row(item: Item, given: Any, prefix: str, currency: str, evidence: Collection[str], faults: _Faults) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        faults.found["answer"] = _("Rows are needed here.")
        return {}
    row = {}
    for name, column in item.fields.items():
        raw = given.get(name)
        if _blank(raw):
            continue
        value = faults.read(f"{prefix}{name}", _cell, column, raw, currency, evidence)
        if value not in (None, ""):
            row[name] = value
    return row


def _cell(column: Field, raw: Any, currency: str, evidence: Collection[str]) -> str:
    if isinstance(raw, (list, dict)):
        raise ValueError(_("Only one value is possible here."))
    match column.type:
        case "number":
            return reading.read_number(raw)
        case "percent":
            return reading.read_percent(raw)
        case "money":
            return reading.read_money(raw, currency)
        case "date":
            return reading.read_date(raw)
        case "choice":
            return _one(column.choices, raw)
        case "file":
            if str(raw) not in evidence:
                raise ValueError(_("Choose one of the proofs attached to this item."))
            return str(raw)
    return reading.read_text(raw if isinstance(raw, str) else str(raw), LONGEST_CELL)


def clean_note(raw: Any) -> str:
    """The note beside an answer. Raises :class:`AnswerInvalid` for one that is too long."""
    try:
        return reading.read_text(raw or "", LONGEST_NOTE)
    except ValueError as error:
        raise AnswerInvalid({"note": str(error)}) from None
