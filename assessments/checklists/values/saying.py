"""Stored answers in words, in the active language: for conflicts, history, comparison and read-only views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from assessments.checklists.values.shapes import has_fields_beside, parts_of
from portal.catalogue.parts.items import Field, Item
from portal.core import formats


def yes_no_na(value: str) -> str:
    """The word of a yes/no/na answer."""
    return {"yes": _("Yes"), "no": _("No"), "na": _("Not applicable")}.get(value, value)


def say_choice(item: Item, value: str) -> str:
    """The label of one option; a value the catalogue does not know is shown as it is."""
    if item.answer_type == "yes_no_na":
        return yes_no_na(value)
    choice = item.choices.get(value)
    return formats.in_language(choice.label) if choice else value


def say_cell(column: Field, value: Any, *, currency: str, evidence: Mapping[str, str] | None = None) -> str:
    """One cell or field in words. ``evidence``: names by id, for file columns."""
    if value is None or value == "":
        return formats.NOTHING
    match column.type:
        case "number":
            return formats.number(value, 6)
        case "percent":
            return formats.percent(value, 6)
        case "money":
            return formats.money(value, currency) if "." not in str(value) else f"{currency} {formats.number(value, 6)}"
        case "choice":
            choice = column.choices.get(str(value))
            return formats.in_language(choice.label) if choice else str(value)
        case "file":
            return (evidence or {}).get(str(value), _("a proof that was taken off"))
    return str(value)


def _scalar(item: Item, value: Any, currency: str) -> str:
    match item.answer_type:
        case "yes_no_na" | "single_choice":
            return say_choice(item, str(value))
        case "multi_choice":
            return _(", ").join(say_choice(item, one) for one in value) if value else _("None of these")
        case "number":
            return formats.number(value, 6)
        case "percent":
            return formats.percent(value, 6)
        case "money":
            return f"{currency} {formats.number(value, 6)}"
    return str(value)


def say_answer(item: Item, stored: Any, *, currency: str, evidence: Mapping[str, str] | None = None) -> list[str]:
    """Lines of text; empty when there is no answer."""
    parts = parts_of(item, stored)
    if not parts.answered:
        return []
    if item.answer_type == "table":
        return [
            " · ".join(
                f"{formats.in_language(column.label)}: {say_cell(column, row[name], currency=currency, evidence=evidence)}"
                for name, column in item.fields.items()
                if name in row
            )
            for row in parts.table
        ]
    lines = []
    if item.answer_type == "file":
        lines.append(_("Marked as approved") if parts.approved else _("Not marked as approved"))
    elif parts.answer is not None:
        lines += _scalar(item, parts.answer, currency).split("\n")
    if has_fields_beside(item):
        lines += [
            f"{formats.in_language(column.label)}: {say_cell(column, parts.fields[name], currency=currency, evidence=evidence)}"
            for name, column in item.fields.items()
            if name in parts.fields
        ]
    return lines
