"""From the fields of an item's form to the raw answer that :func:`clean_answer` reads.

Names: ``answer`` (several for multi_choice), ``approved``, ``field-<name>`` beside the answer, ``rows-<n>-<column>`` and
``rows-count`` for tables.
"""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from assessments.checklists.values.cleaning import MOST_ROWS, AnswerInvalid
from assessments.checklists.values.shapes import has_fields_beside
from portal.catalogue.parts.items import Item


def raw_answer(item: Item, data: QueryDict) -> Any:
    """The raw answer in the stored shape, as typed. Raises :class:`AnswerInvalid` for a row count that is no number."""
    if item.answer_type == "computed":
        return None
    if item.answer_type == "table":
        return _rows(item, data)
    if item.answer_type == "multi_choice":
        value: Any = data.getlist("answer") or None
    else:
        value = data.get("answer")
    if item.answer_type == "file":
        return {"approved": "approved" in data, **_beside(item, data)}
    return {"value": value, **_beside(item, data)} if has_fields_beside(item) else value


def _beside(item: Item, data: QueryDict) -> dict[str, Any]:
    return {name: data.get(f"field-{name}") for name in item.fields}


def _rows(item: Item, data: QueryDict) -> list[dict[str, Any]]:
    given = data.get("rows-count", "0") or "0"
    if not given.isdecimal() or len(given) > 4:
        raise AnswerInvalid({"answer": _("Rows are needed here.")})
    count = int(given)
    if count > MOST_ROWS:
        raise AnswerInvalid({"answer": _("At most {most} rows; there are {count}.").format(most=MOST_ROWS, count=count)})
    return [{name: data.get(f"rows-{number}-{name}") for name in item.fields} for number in range(count)]
