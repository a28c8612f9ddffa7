"""Row changes of the trail as people read them: which fields, from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext as _

from portal.audit import words
from portal.audit.sentences import spoken

LONGEST = 300


@dataclass(frozen=True)
class FieldChange:
    """One field; ``before`` is None for a new row and ``after`` for a deleted one."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class RowChange:
    """One row that was made, changed or deleted."""

    table: str
    label: str
    verb: str
    row_id: str
    fields: tuple[FieldChange, ...]

    @property
    def text(self) -> str:
        """For example "role of a member: new"."""
        word = {"insert": _("new"), "update": _("changed"), "delete": _("deleted")}.get(self.verb, self.verb)
        return _("{what}: {verb}").format(what=self.label, verb=word)


def person_ids(event: Mapping[str, Any]) -> set[int]:
    """Accounts named by the changed columns of a row event."""
    found: set[int] = set()
    for column, value in event["changes"].items():
        field = words.field_of(event["table_name"], column)
        if isinstance(field, models.ForeignKey) and field.related_model is get_user_model():
            found |= {part for part in (value if isinstance(value, list) else [value]) if isinstance(part, int)}
    return found


def row_change(event: Mapping[str, Any], names: Mapping[int, str]) -> RowChange:
    """A row event for people. ``names`` are those of the accounts it mentions."""
    table, verb = event["table_name"], event["verb"]
    fields = []
    for column, value in event["changes"].items():
        if not words.is_shown(column):
            continue
        before, after = (value[0], value[1]) if verb == "update" else (None, value) if verb == "insert" else (value, None)
        fields.append(
            FieldChange(
                words.column_label(table, column),
                None if verb == "insert" else _value(table, column, before, names),
                None if verb == "delete" else _value(table, column, after, names),
            )
        )
    return RowChange(table, words.table_label(table), verb, event["row_id"], tuple(fields))


def _value(table: str, column: str, value: Any, names: Mapping[int, str]) -> str:
    field: Any = words.field_of(table, column)
    if isinstance(field, models.ForeignKey) and field.related_model is get_user_model():
        return names.get(value, "–") if isinstance(value, int) else "–"
    if value is not None and field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    text = spoken(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """Names of accounts. One query, none for nobody."""
    wanted = set(ids)
    return dict(get_user_model().objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
