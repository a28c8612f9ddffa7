"""Reading the trail: what people did, with the rows it changed folded underneath."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.changes import Names, RowChange, names_for, row_change
from portal.audit.models import AuditEvent
from portal.audit.projects import project_names, readable_by, visible_projects
from portal.audit.sentences import sentence
from portal.core.listing import KeysetPage, Order, keyset_page

ORDER = Order("at", "id", descending=True)
PAGE = 50
COLUMNS = ("id", "at", "kind", "verb", "table_name", "row_id", "project_id", "user_id", "request_id", "changes")
# Everything that one request or one job does lies within its time limit.
ONE_PIECE_OF_WORK = timedelta(minutes=10)
FOLDED_AT_MOST = 3000
AFTER_LAST_ACT = 300
SHOWN_PER_ACT = 40


@dataclass(frozen=True)
class Line:
    """One line of a history. Fits ``ui/history.html``; ``rows`` are the changes folded underneath, ``more`` counts those left out.

    ``cut``: there are so many records around this act that its own were not read.
    """

    id: Any
    at: datetime
    kind: str
    verb: str
    text: str
    who: str
    user_id: int | None
    request_id: str
    project_id: Any = None
    project: dict[str, Any] | None = None
    rows: tuple[RowChange, ...] = ()
    more: int = 0
    cut: bool = False
    tone: str = "info"
    before: Any = None
    after: Any = None
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Filters:
    """What a reader of the trail asks for. ``since`` and ``until`` are days in the reader's time zone, both included."""

    person: str = ""
    area: str = ""
    table: str = ""
    project: str = ""
    request: str = ""
    since: date | None = None
    until: date | None = None
    rows: bool = False
    after: str = ""
    before: str = ""

    @property
    def flat(self) -> bool:
        """Every changed row by itself instead of folded under its act."""
        return self.rows or bool(self.table) or bool(self.request)


@dataclass(frozen=True)
class LinePage:
    """One page of lines with the cursors of its neighbours."""

    lines: list[Line]
    previous: str
    next: str


def folded(events: QuerySet[Any], *, same: tuple[str, ...] = ()) -> QuerySet[Any]:
    """Acts, and changed rows that no act of the same request and person explains.

    ``same`` names columns that the act must share with the row: a list about one project or one object does not show acts on
    others, so those explain nothing there.
    """
    acts = AuditEvent.objects.filter(
        kind=AuditEvent.Kind.ACT,
        request_id=OuterRef("request_id"),
        at__gte=OuterRef("at") - ONE_PIECE_OF_WORK,
        at__lte=OuterRef("at") + ONE_PIECE_OF_WORK,
    )
    # The system has no account, and null equals nothing.
    acts = acts.alias(who=Coalesce("user_id", Value(0))).filter(who=Coalesce(OuterRef("user_id"), Value(0)))
    acts = acts.filter(**{name: OuterRef(name) for name in same})
    return events.filter(Q(kind=AuditEvent.Kind.ACT) | Q(request_id="") | ~Exists(acts))


def events_of_project(project_id: Any) -> QuerySet[Any]:
    """Everything that happened to a project and what belongs to it."""
    return AuditEvent.objects.filter(project_id=project_id)


def events_readable_by(actor: Any) -> QuerySet[Any]:
    """Everything in the organisation that this person may read."""
    return AuditEvent.objects.filter(readable_by(actor))


def filtered(events: QuerySet[Any], asked: Filters, actor: Any = None) -> QuerySet[Any]:
    """Only what the filters ask for. ``actor`` is needed for the filter by project."""
    if asked.since:
        events = events.filter(at__gte=_midnight(asked.since))
    if asked.until:
        events = events.filter(at__lt=_midnight(asked.until + timedelta(days=1)))
    for word in asked.person.split():
        people = get_user_model().objects.filter(Q(name__icontains=word) | Q(email__icontains=word))
        events = events.filter(user_id__in=people.values("pk"))
    if asked.area:
        events = events.filter(kind=AuditEvent.Kind.ACT, verb__startswith=f"{asked.area}.")
    if asked.table:
        events = events.filter(table_name=asked.table)
    if asked.request:
        events = events.filter(request_id=asked.request)
    if asked.project and actor is not None:
        found = visible_projects(actor).filter(
            Q(code__iexact=asked.project) | Q(name_zh__icontains=asked.project) | Q(name_en__icontains=asked.project)
        )
        events = events.filter(project_id__in=found.values("pk"))
    return events


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def page_of(events: QuerySet[Any], asked: Filters, *, actor: Any = None, same: tuple[str, ...] = (), size: int = PAGE) -> LinePage:
    """One page of the filtered trail; ``same`` as in :func:`folded`.

    Five queries at most: events, folded rows, people, named rows, projects.
    """
    chosen = filtered(events, asked, actor)
    if not asked.flat:
        chosen = folded(chosen, same=same)
    page = keyset_page(chosen.values(*COLUMNS), ORDER, size=size, after=asked.after, before=asked.before)
    return _as_lines(page, [] if asked.flat else _rows_of_same_work(page.rows, events), actor)


def history_of(obj: Model, *, limit: int = 20) -> list[Line]:
    """The latest things that happened to one object, newest first: acts on it, and its changed rows folded under them."""
    return history_of_all(type(obj), row=obj.pk, limit=limit)


def history_of_all(model: type[Model], *, row: Any = None, limit: int = 20) -> list[Line]:
    """The same of all rows of a table, those that are gone too; ``row`` for one of them."""
    events = AuditEvent.objects.filter(table_name=model._meta.db_table)
    if row is not None:
        events = events.filter(row_id=str(row))
    found = list(folded(events, same=("table_name", "row_id")).values(*COLUMNS).order_by(*ORDER.columns)[:limit])
    return _as_lines(KeysetPage(found, "", ""), _rows_of_same_work(found, AuditEvent.objects.all()), None).lines


def _rows_of_same_work(acts: Iterable[dict[str, Any]], events: QuerySet[Any]) -> list[dict[str, Any]]:
    """Row events of the same requests, and the acts of those requests that are not on the page, oldest first.

    Of a job with very many those nearest to the acts are kept: rows come before their act, a few after the last one.
    """
    acts = [event for event in acts if event["kind"] == AuditEvent.Kind.ACT and event["request_id"]]
    if not acts:
        return []
    found = events.filter(
        request_id__in={event["request_id"] for event in acts},
        at__gte=min(event["at"] for event in acts) - ONE_PIECE_OF_WORK,
        at__lte=max(event["at"] for event in acts) + ONE_PIECE_OF_WORK,
    ).values(*COLUMNS)
    last = max(event["at"] for event in acts)
    before = found.filter(at__lte=last).order_by(F("at").desc(), F("id").desc())[:FOLDED_AT_MOST]
    after = found.filter(at__gt=last).order_by(F("at"), F("id"))[:AFTER_LAST_ACT]
    return sorted(before.union(after, all=True), key=lambda event: (event["at"], event["id"]))


def _under_their_acts(related: list[dict[str, Any]]) -> dict[Any, list[dict[str, Any]]]:
    """Changed rows by the id of the act that explains them: the next one of the same request and person, else its last one."""
    waiting: dict[tuple[str, int | None], list[dict[str, Any]]] = {}
    last_act: dict[tuple[str, int | None], Any] = {}
    result: dict[Any, list[dict[str, Any]]] = {}
    for event in related:
        request = (event["request_id"], event["user_id"])
        if event["kind"] == AuditEvent.Kind.ACT:
            result[event["id"]] = waiting.pop(request, [])
            last_act[request] = event["id"]
        else:
            waiting.setdefault(request, []).append(event)
    for request, rows in waiting.items():
        if request in last_act:
            result[last_act[request]] += rows
    return result


def _as_lines(page: KeysetPage, related: list[dict[str, Any]], actor: Any) -> LinePage:
    under = _under_their_acts(related)
    whole_since = related[0]["at"] if len(related) >= FOLDED_AT_MOST else None
    shown = {event["id"]: under.get(event["id"], [])[:SHOWN_PER_ACT] for event in page.rows}
    people = {event["user_id"] for event in page.rows if event["user_id"]}
    rows = [row for event in page.rows for row in (*shown[event["id"]], *([event] if event["kind"] == AuditEvent.Kind.ROW else []))]
    names = names_for(rows, people)
    projects = project_names(actor, {event["project_id"] for event in page.rows if event["project_id"]}) if actor is not None else {}
    lines = [_line(event, shown[event["id"]], len(under.get(event["id"], [])), names, projects) for event in page.rows]
    if whole_since is not None:
        lines = [replace(line, cut=True) if line.kind == AuditEvent.Kind.ACT and line.at <= whole_since else line for line in lines]
    return LinePage(lines, page.previous, page.next)


def _line(event: dict[str, Any], rows: list[dict[str, Any]], total: int, names: Names, projects: dict[Any, Any]) -> Line:
    if event["kind"] == AuditEvent.Kind.ACT:
        text = sentence(event["verb"], event["changes"])
        changes = tuple(row_change(row, names) for row in rows)
    else:
        changes = (row_change(event, names),)
        text = changes[0].text
    return Line(
        id=event["id"],
        at=event["at"],
        kind=event["kind"],
        verb=event["verb"],
        text=text,
        who=names.people.get(event["user_id"], "") or _("the system"),
        user_id=event["user_id"],
        request_id=event["request_id"],
        project_id=event["project_id"],
        project=projects.get(event["project_id"]),
        rows=tuple(change for change in changes if change.fields or event["kind"] == AuditEvent.Kind.ROW),
        more=max(0, total - len(rows)),
    )
