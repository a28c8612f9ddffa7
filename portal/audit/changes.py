"""Row changes of the trail as people read them: which fields, from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import F, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from portal.audit import words
from portal.audit.sentences import spoken
from portal.catalogue.installed import catalogue
from portal.core import permissions

LONGEST = 300
# Columns that hold the key of a role of the catalogue.
ROLE_COLUMNS = frozenset(
    {"role_key", "answer_role", "approve_role", "approved_role", "approver_role", "sponsor_role", "decided_role", "second_role"}
)


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


@dataclass(frozen=True)
class Names:
    """Names of the accounts and of other rows that changed columns point to."""

    people: Mapping[int, str]
    rows: Mapping[str, str]


def person_ids(event: Mapping[str, Any]) -> set[int]:
    """Accounts named by the changed columns of a row event."""
    return {part for _table, part in _pointed(event, get_user_model()._meta.db_table) if isinstance(part, int)}


def _pointed(event: Mapping[str, Any], *tables: str) -> set[tuple[str, Any]]:
    """(table, key) of what the changed columns point to, as far as it lies in ``tables``."""
    found: set[tuple[str, Any]] = set()
    for column, value in event["changes"].items():
        field: Any = words.field_of(event["table_name"], column)
        if isinstance(field, models.ForeignKey) and field.related_model._meta.db_table in tables:
            table = field.related_model._meta.db_table
            found |= {(table, part) for part in (value if isinstance(value, list) else [value]) if part is not None}
    return found


# table → the columns that name a row in Chinese and in English; filled by the slices that own the tables.
_named: dict[str, tuple[str, str]] = {}


def register_names(table: str, zh: str, en: str) -> None:
    """Say which columns (lookups) name a row of this table, so that the trail shows the name instead of the key."""
    _named[table] = (zh, en)


def row_names(events: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Names of the rows that the events point to, by key; one query over all registered tables."""
    wanted: dict[str, set[Any]] = {}
    for event in events:
        for table, key in _pointed(event, *_named):
            wanted.setdefault(table, set()).add(key)
    parts = []
    for table, keys in wanted.items():
        model: Any = words.model_of(table)
        zh, en = _named[table]
        texts = {"zh": Cast(F(zh), TextField()), "en": Cast(F(en), TextField())}
        parts.append(model.objects.filter(pk__in=keys).order_by().values_list("pk").annotate(**texts))
    if not parts:
        return {}
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {str(key): spoken({"zh": zh, "en": en}) for key, zh, en in found}


def names_for(events: Iterable[Mapping[str, Any]], people: Iterable[int]) -> Names:
    """Everything that lines about these row events need: two queries at most."""
    events = list(events)
    ids = set(people).union(*(person_ids(event) for event in events))
    named = get_user_model().objects.filter(pk__in=ids).values_list("pk", "name") if ids else ()
    return Names(dict(named), row_names(events))


def row_change(event: Mapping[str, Any], names: Names) -> RowChange:
    """A row event for people."""
    table, verb = event["table_name"], event["verb"]
    fields = []
    for column, value in event["changes"].items():
        if not words.is_shown(column):
            continue
        if verb != "update" and value in ("", [], {}):
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


def _value(table: str, column: str, value: Any, names: Names) -> str:
    field: Any = words.field_of(table, column)
    if isinstance(field, models.ForeignKey) and value is not None:
        if field.related_model is get_user_model():
            return names.people.get(value, "–") if isinstance(value, int) else "–"
        return names.rows.get(str(value)) or _key(value)
    if column in ROLE_COLUMNS and value in catalogue().roles:
        return spoken(catalogue().roles[value].name)
    if column == "permission" and value in permissions.known():
        return spoken(permissions.get(value).label)
    if value is not None and field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    text = spoken(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _key(value: Any) -> str:
    """The key of a row that has no name here, short."""
    text = str(value)
    return f"{text[:8]}…{text[-4:]}" if len(text) == 36 else text
