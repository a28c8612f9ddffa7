"""Answers as rules read them.

Stored answers are plain JSON. By answer type: ``yes_no_na`` "yes", "no" or "na"; ``single_choice`` a value; ``multi_choice``
a list of values; ``number``, ``percent``, ``money`` a decimal as text (money also ``{"amount", "currency"}``); ``date``
"YYYY-MM-DD"; ``text``; ``table`` a list of rows ``{column: value}``; ``file`` ``{"approved": bool}``; ``computed`` null.
An item that has single fields beside its answer keeps them in the same mapping: ``{"value": answer, field: value}``, a
file item ``{"approved": bool, field: value}``. Null means unanswered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from portal.catalogue.parts import Field, Item
from portal.core.expressions import EMPTY, ExpressionError
from portal.core.expressions.functions import date_of
from portal.core.expressions.values import decimal_of, exact

Row = Mapping[str, object]
_NUMBERS = frozenset({"number", "percent", "money"})


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """One answer made ready for rules.

    ``value``: what rules call ``answer`` (EMPTY for tables, files and computed items); ``rows`` of a table; ``fields``
    beside the answer; ``files``: number of attachments; ``evidence``: number of accepted pieces of evidence;
    ``approved``: whether the file has its approval.
    """

    answered: bool = False
    value: object = EMPTY
    rows: tuple[Row, ...] = ()
    fields: Row = field(default_factory=dict)
    files: int = 0
    evidence: int = 0
    approved: bool = False

    @property
    def for_others(self) -> object:
        """What ``item()`` gives to the rules of other items."""
        return self.value if self.value is not EMPTY else [dict(row) for row in self.rows]


def blank(value: object) -> bool:
    """Whether a cell counts as not filled in: None, empty or blank text, an empty list."""
    return value is None or value is EMPTY or (isinstance(value, str) and not value.strip()) or value in ([], ())


def read_answer(item: Item, stored: object, *, files: int = 0, evidence: int = 0, approved: bool = False) -> ItemAnswer:
    """The stored answer of an item as rules read it. Raises ``ExpressionError`` for a value of the wrong kind.

    Computed items always count as answered; file items do as soon as a file is there.
    """
    fields: dict[str, object] = {}
    value = stored
    if isinstance(stored, Mapping) and not (item.answer_type == "money" and "amount" in stored):
        given = dict(stored)
        approved = approved or given.pop("approved", False) is True
        value = given.pop("value", None)
        fields = read_row(item, given)
    rows: tuple[Row, ...] = ()
    if item.answer_type == "table":
        rows = tuple(read_row(item, row) for row in _rows(item, value))
        value = None
    answered = item.computed or stored is not None or (item.answer_type == "file" and files > 0)
    return ItemAnswer(
        answered=answered,
        value=read_value(item.answer_type, value),
        rows=rows,
        fields=fields,
        files=files,
        evidence=evidence,
        approved=approved,
    )


def _rows(item: Item, value: object) -> Iterable[Mapping[str, object]]:
    if value is None:
        return ()
    if isinstance(value, (list, tuple)) and all(isinstance(row, Mapping) for row in value):
        return value
    raise ExpressionError(f"item {item.id}: a table is a list of rows")


def read_row(item: Item, row: Mapping[str, object]) -> dict[str, object]:
    """The cells of a row (or the single fields of an item) by column, numbers exact, dates as dates."""
    return {name: _cell(item.fields.get(name), value) for name, value in row.items()}


def _cell(column: Field | None, value: object) -> object:
    if blank(value):
        return None
    return read_value(column.type if column is not None else "text", value)


def read_value(answer_type: str, value: object) -> object:
    """A single value of an answer type; blank gives EMPTY."""
    if value is None:
        return EMPTY
    if answer_type == "money" and isinstance(value, Mapping):
        value = value.get("amount")
    if answer_type in _NUMBERS:
        if isinstance(value, str):
            return decimal_of(value) if value.strip() else EMPTY
        return exact(value)
    if answer_type == "date":
        return EMPTY if blank(value) else date_of(value)
    return exact(value)
