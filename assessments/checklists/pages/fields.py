"""The form of one item: which inputs, with which values (stored, or as typed when something was refused), with which faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from assessments.checklists.values import is_group, parts_of
from assessments.checklists.values.cleaning import LONGEST_CELL, LONGEST_TEXT, MOST_ROWS, YES_NO_NA
from assessments.checklists.values.saying import yes_no_na
from assessments.checklists.values.shapes import has_fields_beside
from portal.catalogue import Text
from portal.catalogue.parts.items import Field, Item
from portal.catalogue.words import field_label, say_unit

_NUMERIC = ("number", "percent", "money")


@dataclass(frozen=True)
class Option:
    """One value to choose, with its label in the active language (or both)."""

    value: str
    label: Any
    chosen: bool = False


@dataclass(frozen=True)
class InputField:
    """One input. ``kind``: number, percent, money, date, text, choice, file; ``unit`` stands behind it."""

    id: str
    name: str
    column: str
    kind: str
    label: Any
    value: str = ""
    unit: Any = ""
    options: Sequence[Option] = ()
    fault: str = ""
    most: int = LONGEST_CELL

    @property
    def numeric(self) -> bool:
        """Right-aligned figures."""
        return self.kind in _NUMERIC


@dataclass(frozen=True)
class AnswerForm:
    """Everything an item's form needs. ``shape``: buttons, radios, boxes, number, date, text, table, group, file, computed."""

    shape: str
    options: Sequence[Option] = ()
    answer: InputField | None = None
    columns: Sequence[InputField] = ()
    rows: Sequence[Sequence[InputField]] = ()
    blank_row: Sequence[InputField] = ()
    beside: Sequence[InputField] = ()
    none_chosen: bool = False
    approved: bool = False
    note: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    most_rows: int = MOST_ROWS

    @property
    def answered(self) -> bool:
        """Something is chosen (then it can be cleared)."""
        return self.none_chosen or any(option.chosen for option in self.options)


def answer_form(
    item: Item,
    stored: Any,
    note: str,
    *,
    currency: str,
    proofs: Mapping[str, str],
    posted: QueryDict | None = None,
    faults: Mapping[str, str] | None = None,
) -> AnswerForm:
    """The form of an item. ``proofs``: names of attached evidence by id, for file columns; ``posted`` wins over ``stored``."""
    maker = _Maker(item, currency, proofs, faults or {})
    if posted is not None:
        return maker.from_post(posted)
    return maker.from_stored(stored, note)


class _Maker:
    def __init__(self, item: Item, currency: str, proofs: Mapping[str, str], faults: Mapping[str, str]) -> None:
        self.item, self.currency, self.proofs, self.faults = item, currency, proofs, faults

    def from_stored(self, stored: Any, note: str) -> AnswerForm:
        parts = parts_of(self.item, stored)
        beside = {name: str(value) for name, value in parts.fields.items()}
        rows = [{name: str(value) for name, value in row.items()} for row in parts.table]
        return self.make(parts.answer if self.item.answer_type != "table" else None, rows, beside, parts.approved, note)

    def from_post(self, posted: QueryDict) -> AnswerForm:
        given = posted.get("rows-count", "0")
        count = min(int(given), MOST_ROWS) if given.isdecimal() and len(given) < 6 else 0
        rows = [{name: posted.get(f"rows-{number}-{name}", "") for name in self.item.fields} for number in range(count)]
        beside = {name: posted.get(f"field-{name}", "") for name in self.item.fields}
        many = self.item.answer_type == "multi_choice"
        chosen: Any = (
            ([value for value in posted.getlist("answer") if value] if "answer" in posted else None) if many else posted.get("answer")
        )
        return self.make(chosen, rows, beside, "approved" in posted, posted.get("note", ""))

    def make(self, answer: Any, rows: list[dict[str, str]], beside: Mapping[str, str], approved: bool, note: str) -> AnswerForm:
        item = self.item
        common: dict[str, Any] = {"note": note, "faults": self.faults, "approved": approved}
        if has_fields_beside(item):
            common["beside"] = [self.input(column, f"field-{name}", beside.get(name, "")) for name, column in item.fields.items()]
        match item.answer_type:
            case "yes_no_na":
                options = [Option(value, yes_no_na(value), value == answer) for value in YES_NO_NA]
                return AnswerForm("buttons", options=options, **common)
            case "single_choice":
                options = [Option(value, choice.label, value == answer) for value, choice in item.choices.items()]
                return AnswerForm("radios", options=options, **common)
            case "multi_choice":
                chosen = answer or []
                options = [Option(value, choice.label, value in chosen) for value, choice in item.choices.items()]
                return AnswerForm("boxes", options=options, none_chosen=answer == [], **common)
            case "table" if is_group(item):
                row = rows[0] if rows else {}
                return AnswerForm("group", rows=[self.row(0, row)], **common)
            case "table":
                columns = [self.input(column, name, "") for name, column in item.fields.items()]
                given = rows or [{}]
                return AnswerForm(
                    "table",
                    columns=columns,
                    rows=[self.row(number, row) for number, row in enumerate(given)],
                    blank_row=self.row("__i__", {}),
                    **common,
                )
            case "file" | "computed":
                return AnswerForm(item.answer_type, **common)
        shape = item.answer_type if item.answer_type in ("date", "text") else "number"
        return AnswerForm(shape, answer=self.single(answer), **common)

    def single(self, answer: Any) -> InputField:
        item = self.item
        return InputField(
            id=f"{item.id}-answer",
            name="answer",
            column="answer",
            kind=item.answer_type,
            label="",
            value="" if answer is None else str(answer),
            unit=self.unit(item.answer_type, item.unit),
            fault=self.faults.get("answer", ""),
            most=LONGEST_TEXT,
        )

    def row(self, number: int | str, values: Mapping[str, str]) -> list[InputField]:
        return [self.input(column, f"rows-{number}-{name}", values.get(name, "")) for name, column in self.item.fields.items()]

    def input(self, column: Field, name: str, value: str) -> InputField:
        options: list[Option] = []
        if column.type == "choice":
            options = [Option(key, choice.label, key == value) for key, choice in column.choices.items()]
        elif column.type == "file":
            options = [Option(key, said, key == value) for key, said in self.proofs.items()]
        return InputField(
            id=f"{self.item.id}-{name}",
            name=name,
            column=column.name,
            kind=column.type,
            label=field_label(column),
            value=value,
            unit=self.unit(column.type, None),
            options=options,
            fault=self.faults.get(name, ""),
        )

    def unit(self, kind: str, unit: str | None) -> Any:
        if kind == "money":
            return self.currency
        if kind == "percent":
            return "%"
        if not unit or unit in ("count", "coefficient", "currency"):
            return ""
        said: Text = say_unit(unit)
        return said


def pairs_of(form: AnswerForm) -> list[tuple[str, str]]:
    """The form as the name/value pairs a browser would send: what "take theirs" fills in."""
    pairs: list[tuple[str, str]] = []
    if form.answer is not None:
        pairs.append(("answer", form.answer.value))
    pairs += [("answer", option.value) for option in form.options if option.chosen]
    if form.none_chosen:
        pairs.append(("answer", ""))
    if form.approved:
        pairs.append(("approved", "on"))
    pairs += [(one.name, one.value) for one in form.beside]
    pairs += [(cell.name, cell.value) for row in form.rows for cell in row]
    pairs.append(("note", form.note))
    return pairs
