"""What waits for a person, over all projects: one list out of several sources.

A source is a query set of rows in the shape of :func:`row`; higher slices register theirs from ``AppConfig.ready``
(reviews, signatures, conditions). The list is one UNION in the database, so that it has pages and a fixed number of queries
however many sources there are.

    register_source(WorkSource("review", _("To review"), 30, rows=lambda actor: as_rows(review_queue_of(actor), kind="review", …)))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, CharField, DateField, F, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Cast, Coalesce

from portal.core.access import Actor
from portal.projects.states import Stage

COLUMNS = ("w_kind", "w_id", "w_project", "w_code", "w_zh", "w_en", "w_version", "w_key", "w_due", "w_later", "w_blocker", "w_note")
NO_DATE = dt.date(9999, 12, 31)
PAGE = 50
MOST_COUNTED = 100
# Nothing waits in a project that was set aside.
RESTING = (Stage.ON_HOLD, Stage.STOPPED, Stage.RETIRED)


@dataclass(frozen=True)
class WorkSource:
    """One kind of work. ``rows(actor)`` gives a query set made by :func:`as_rows`, or None when there can be none.

    ``act`` says on the button what to do; ``title(row)`` and ``url(row, slug)`` turn a row into words and an address; without them
    the item's question and page are used.
    """

    key: str
    label: Any
    order: int
    rows: Callable[[Actor], QuerySet[Any] | None]
    act: Any = ""
    tone: str = "open"
    title: Callable[[WorkRow], Any] | None = None
    url: Callable[[WorkRow, str], str] | None = None


@dataclass(frozen=True)
class WorkRow:
    """One thing to do. ``due`` None: no date; ``version``: of the content, for the item's words; ``note``: more words or an id."""

    kind: str
    id: UUID
    project_id: UUID
    code: str
    name: dict[str, str]
    version: str
    key: str
    due: dt.date | None
    blocker: bool
    note: str


@dataclass(frozen=True)
class WorkPage:
    """One page of the list; ``after`` is the mark of the next one, "" at the end."""

    rows: list[WorkRow]
    after: str


_sources: list[WorkSource] = []


def register_source(source: WorkSource) -> None:
    """Add a source (once per key)."""
    if all(known.key != source.key for known in _sources):
        _sources.append(source)
        _sources.sort(key=lambda known: known.order)


def sources() -> list[WorkSource]:
    """All sources in order."""
    return list(_sources)


def as_rows(
    queryset: QuerySet[Any],
    *,
    kind: str,
    project: str = "project",
    key: Any = "item_key",
    due: Any = "due_on",
    blocker: Any = None,
    note: Any = None,
    version: Any = None,
) -> QuerySet[Any]:
    """The rows of a source in the common shape. ``project`` is the path to the project; the others are expressions or names."""
    prefix = f"{project}__"
    return shaped(
        queryset.exclude(**{f"{prefix}stage__in": RESTING}),
        kind=kind,
        project=F(f"{prefix}id"),
        code=F(f"{prefix}code"),
        zh=F(f"{prefix}name_zh"),
        en=F(f"{prefix}name_en"),
        key=key,
        due=due,
        blocker=blocker,
        note=note,
        version=version,
    )


def shaped(
    queryset: QuerySet[Any],
    *,
    kind: str,
    project: Any,
    code: Any,
    zh: Any,
    en: Any,
    key: Any,
    due: Any = None,
    blocker: Any = None,
    note: Any = None,
    version: Any = None,
) -> QuerySet[Any]:
    """The common shape out of expressions (or names of columns), for rows that have no relation to the project."""
    text: Any = CharField()
    nothing = Value("", text)
    due_on = Cast(_expression(due), DateField()) if due is not None else Value(None, DateField())
    return (
        queryset.annotate(
            w_kind=Value(kind, text),
            w_id=Cast("pk", UUIDField()),
            w_project=project,
            w_code=Cast(code, text),
            w_zh=Cast(zh, text),
            w_en=Cast(en, text),
            w_version=Cast(version, text) if version is not None else nothing,
            w_key=Cast(_expression(key), text),
            w_due=due_on,
            w_later=Coalesce(due_on, Value(NO_DATE, DateField())),
            w_blocker=Cast(blocker, BooleanField()) if blocker is not None else Value(False, BooleanField()),
            w_note=Cast(note, text) if note is not None else nothing,
        )
        .order_by()
        .values_list(*COLUMNS)
    )


def _expression(given: Any) -> Any:
    return F(given) if isinstance(given, str) else given


def work_of(
    actor: Actor, *, kinds: Collection[str] = (), project_id: UUID | None = None, blockers: bool = False, after: str = "", size: int = PAGE
) -> WorkPage:
    """One page of what waits for the person: blockers first, then by due date. One query; a broken mark starts anew."""
    mark = _read_mark(after)
    parts = []
    for queryset in _parts(actor, kinds):
        if project_id is not None:
            queryset = queryset.filter(w_project=project_id)
        if blockers:
            queryset = queryset.filter(w_blocker=True)
        parts.append(queryset.filter(_beyond(mark)) if mark else queryset)
    if not parts:
        return WorkPage([], "")
    united = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    found = list(united.order_by("-w_blocker", "w_later", "w_code", "w_key", "w_id")[: size + 1])
    rows = [_row(values) for values in found[:size]]
    return WorkPage(rows, _mark(rows[-1]) if len(found) > size else "")


def count_work(actor: Actor) -> dict[str, int]:
    """How many things wait, by kind, each kind counted up to 100. One query."""
    parts = [part.values("w_kind", "w_id")[:MOST_COUNTED] for part in _parts(actor, ())]
    if not parts:
        return {}
    from django.db import connection

    pieces, parameters = [], []
    for part in parts:
        sql, given = part.query.sql_with_params()
        pieces.append(f"({sql})")
        parameters += given
    with connection.cursor() as cursor:
        cursor.execute(f"select w_kind, count(*) from ({' union all '.join(pieces)}) as work(w_kind, w_id) group by w_kind", parameters)
        return {str(kind): int(number) for kind, number in cursor.fetchall()}


def _parts(actor: Actor, kinds: Collection[str]) -> list[QuerySet[Any]]:
    found = []
    for source in _sources:
        if kinds and source.key not in kinds:
            continue
        queryset = source.rows(actor)
        if queryset is not None:
            found.append(queryset)
    return found


def _row(values: Sequence[Any]) -> WorkRow:
    kind, pk, project_id, code, zh, en, version, key, due, _later, blocker, note = values
    return WorkRow(kind, pk, project_id, code, {"zh": zh or en, "en": en or zh}, version, key, due, blocker, note)


_BREAK = "~"


def _mark(row: WorkRow) -> str:
    return _BREAK.join(["1" if row.blocker else "0", (row.due or NO_DATE).isoformat(), row.code, row.key, str(row.id)])


def _read_mark(after: str) -> tuple[bool, dt.date, str, str, UUID] | None:
    parts = after.split(_BREAK)
    if len(parts) != 5:
        return None
    try:
        return parts[0] == "1", dt.date.fromisoformat(parts[1]), parts[2], parts[3], UUID(parts[4])
    except ValueError:
        return None


def _beyond(mark: tuple[bool, dt.date, str, str, UUID]) -> Q:
    """Rows after the mark in the order of the list."""
    blocker, later, code, key, pk = mark
    within = Q(w_later__gt=later) | Q(w_later=later) & (
        Q(w_code__gt=code) | Q(w_code=code) & (Q(w_key__gt=key) | Q(w_key=key, w_id__gt=pk))
    )
    same = Q(w_blocker=blocker) & within
    return same | Q(w_blocker=False) if blocker else same
