"""What waits for a person, over all projects: one list out of several sources.

A source is a query set of rows in one common shape (:func:`as_rows`); higher slices register theirs from ``AppConfig.ready``
(reviews, signatures, conditions). The list and its numbers are one statement over the UNION of all sources, so that a page costs
the same however many there are.

    register_source(WorkSource("review", _("To review"), 30, rows=lambda actor: as_rows(review_queue_of(actor), kind="review", …)))
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, CharField, DateField, F, QuerySet, UUIDField, Value
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

    A source may bring rows of several kinds; the other kinds are then registered with ``rows`` None. ``act`` says on the button
    what to do; ``title(row)`` and ``url(row, slug)`` turn a row into words and an address; without them the item's question and
    page are used.
    """

    key: str
    label: Any
    order: int
    rows: Callable[[Actor], QuerySet[Any] | None] | None
    act: Any = ""
    tone: str = "open"
    title: Callable[[WorkRow], Any] | None = None
    url: Callable[[WorkRow, str], str] | None = None


@dataclass(frozen=True)
class WorkRow:
    """One thing to do. ``project_id`` None: of the organisation; ``due`` None: no date.

    ``version``: of the content, for the item's words; ``note``: more words or an id.
    """

    kind: str
    id: UUID
    project_id: UUID | None
    code: str
    name: dict[str, str]
    version: str
    key: str
    due: dt.date | None
    blocker: bool
    note: str


@dataclass(frozen=True)
class WorkPage:
    """One page of the list; ``after`` is the mark of the next one, "" at the end; ``counts``: everything that waits, by kind."""

    rows: list[WorkRow]
    after: str
    counts: dict[str, int]


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
    kind: Any,
    project: str = "project",
    key: Any = "item_key",
    due: Any = "due_on",
    blocker: Any = None,
    note: Any = None,
    version: Any = None,
) -> QuerySet[Any]:
    """The rows of a source in the common shape.

    ``kind`` is a word or an expression that gives one; ``project`` is the path to the project; the others are expressions or names.
    """
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
    kind: Any,
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
            w_kind=Value(kind, text) if isinstance(kind, str) else Cast(kind, text),
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


_PAGE_SQL = """
with work(w_kind, w_id, w_project, w_code, w_zh, w_en, w_version, w_key, w_due, w_later, w_blocker, w_note) as materialized ({union})
select (select jsonb_object_agg(kind, n) from (select w_kind as kind, count(*) as n from work group by w_kind) as by_kind), page.*
  from (select 1) as always left join lateral (
    select * from work where {filters} order by w_blocker desc, w_later, w_code, w_key, w_id limit %s
  ) as page on true
 order by page.w_blocker desc, page.w_later, page.w_code, page.w_key, page.w_id
"""
_COUNT_SQL = "select w_kind, count(*) from ({union}) as work(w_kind, w_id) group by w_kind"
# The order of the list as a comparison of rows: blockers first, so the flag is turned round.
_BEYOND = "(not w_blocker, w_later, w_code, w_key, w_id) > (not %s, %s::date, %s, %s, %s::uuid)"


def work_of(
    actor: Actor, *, kinds: Collection[str] = (), project_id: UUID | None = None, blockers: bool = False, after: str = "", size: int = PAGE
) -> WorkPage:
    """One page of what waits for the person: blockers first, then by due date. One statement; a broken mark starts anew."""
    parts = _parts(actor)
    filters = ["true"]
    wanted: list[Any] = []
    if kinds:
        filters.append("w_kind = any(%s)")
        wanted.append(list(kinds))
    if project_id is not None:
        filters.append("w_project = %s")
        wanted.append(project_id)
    if blockers:
        filters.append("w_blocker")
    if (mark := _read_mark(after)) is not None:
        filters.append(_BEYOND)
        wanted += mark
    union, parameters = _union(parts)
    if not union:
        return WorkPage([], "", {})
    with connection.cursor() as cursor:
        cursor.execute(_PAGE_SQL.format(union=union, filters=" and ".join(filters)), [*parameters, *wanted, size + 1])
        found = cursor.fetchall()
    counts = found[0][0] if found and found[0][0] else {}
    if isinstance(counts, str):
        counts = json.loads(counts)
    rows = [_row(values[1:]) for values in found if values[1] is not None]
    shown = rows[:size]
    return WorkPage(shown, _mark(shown[-1]) if len(rows) > size else "", {str(kind): int(number) for kind, number in counts.items()})


def count_work(actor: Actor) -> dict[str, int]:
    """How many things wait, by kind; counting stops at 100 rows of a source. One statement."""
    parts = [part.values("w_kind", "w_id")[:MOST_COUNTED] for part in _parts(actor)]
    union, parameters = _union(parts)
    if not union:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_SQL.format(union=union), parameters)
        return {str(kind): int(number) for kind, number in cursor.fetchall()}


def _union(parts: Sequence[QuerySet[Any]]) -> tuple[str, list[Any]]:
    """The statement of all parts, "" when none of them can have a row (Django knows that of ``none()`` and ``__in=[]``)."""
    pieces: list[str] = []
    parameters: list[Any] = []
    for part in parts:
        try:
            sql, given = part.query.sql_with_params()
        except EmptyResultSet:
            continue
        pieces.append(f"({sql})")
        parameters += given
    return " union all ".join(pieces), parameters


def _parts(actor: Actor) -> list[QuerySet[Any]]:
    """The query sets of the sources, made once per person and request."""
    made: list[QuerySet[Any]] | None = actor.__dict__.get("work_parts")
    if made is None:
        found = [source.rows(actor) for source in _sources if source.rows is not None]
        made = actor.__dict__["work_parts"] = [queryset for queryset in found if queryset is not None]
    return made


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
