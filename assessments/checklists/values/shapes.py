"""How answers are stored, and what verdict rules get to read of them.

===============  ==========================================================================================
answer type      stored value (JSON); null is always "not answered"
===============  ==========================================================================================
yes_no_na        ``"yes"``, ``"no"`` or ``"na"``
single_choice    the value of one option
multi_choice     list of option values in the order of the catalogue; ``[]`` is the answer "none of these"
number, percent  exact decimal as text, ``"1234.5"``
money            exact decimal as text, in the currency of the project
date             ``"2026-11-23"``
text             text
table            list of rows ``{column: value}``; a blank cell has no key. One row for groups (see ``is_group``)
file             ``{"approved": true | false}``; the files themselves are evidence of the item
computed         null: the figures stand in the calculator
===============  ==========================================================================================

Items that ask single fields beside another answer (``item.fields`` and the type is no table) keep them in one mapping:
``{"value": <as above>, field: value}``, a file item ``{"approved": …, field: value}`` (see ``assessments.scoring.answers``).
Cells and fields have the same forms: numbers, percentages and money as decimal text, dates as ISO text, choices by value,
files by the id of a piece of evidence attached to the item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.catalogue.parts.items import Item

# Rules that read single values out of a table: such a table has exactly one row.
_SINGLE_ROW_FUNCTIONS = frozenset({"field", "filled_field"})


@dataclass(frozen=True, slots=True)
class AnswerParts:
    """One stored answer taken apart. ``answer`` is None for files, computed items and whatever is unanswered."""

    answered: bool
    answer: Any = None
    table: list[dict[str, Any]] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    approved: bool = False


def is_group(item: Item) -> bool:
    """Whether a table item is a group of single fields: its rules read fields, not rows."""
    if item.answer_type != "table":
        return False
    return any(call.function in _SINGLE_ROW_FUNCTIONS for _verdict, rule in item.rule.in_order() for call in rule.calls)


def has_fields_beside(item: Item) -> bool:
    """Whether single fields stand beside the answer (a file with figures, a date with a text)."""
    return bool(item.fields) and item.answer_type != "table"


def parts_of(item: Item, stored: Any) -> AnswerParts:
    """What rules read: the answer, the rows of a table, the fields beside it, and the approval mark of a file."""
    if stored is None:
        return AnswerParts(answered=False)
    if item.answer_type == "table":
        return AnswerParts(answered=True, answer=stored, table=list(stored))
    if item.answer_type == "file":
        return AnswerParts(answered=True, fields=_fields(item, stored), approved=bool(stored.get("approved")))
    if has_fields_beside(item) and isinstance(stored, Mapping):
        return AnswerParts(answered=True, answer=stored.get("value"), fields=_fields(item, stored))
    return AnswerParts(answered=True, answer=stored)


def _fields(item: Item, stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: stored[name] for name in item.fields if name in stored}
