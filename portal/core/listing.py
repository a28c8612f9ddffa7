"""Long lists: pages by key instead of by number, counts that stop at a limit (foundation: lists and search).

A page is found by comparing (sort column, key) with the last row shown, so that page 2,000 costs what page 1 costs and no row is
shown twice or left out when others change the list meanwhile. Sort columns are NOT NULL and have an index ending in the key.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.core.errors import Invalid

CAP = 1000


@dataclass(frozen=True)
class Order:
    """A sort column, the key that makes it unique, and the direction; both columns run the same way."""

    column: str
    key: str
    descending: bool = False

    @property
    def columns(self) -> list[str]:
        """For ``order_by``."""
        names = [self.column] if self.column == self.key else [self.column, self.key]
        return [f"-{name}" if self.descending else name for name in names]

    @property
    def reversed(self) -> Order:
        """The same columns the other way round."""
        return Order(self.column, self.key, not self.descending)


@dataclass(frozen=True)
class KeysetPage:
    """Rows of one page and the cursors of its neighbours ("" where there is none)."""

    rows: list[Any]
    previous: str
    next: str


def keyset_page(queryset: QuerySet[Any], order: Order, *, size: int, after: str = "", before: str = "") -> KeysetPage:
    """One page of a query set of dicts (``.values()`` that include both columns of ``order``).

    ``after`` and ``before`` are cursors of an earlier page. Raises :class:`Invalid` for a cursor that is none.
    """
    backwards = bool(before) and not after
    running = order.reversed if backwards else order
    rows_after = queryset
    if cursor := after or before:
        rows_after = queryset.filter(_beyond(queryset, running, cursor))
    rows = list(rows_after.order_by(*running.columns)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_previous = more if backwards else bool(after)
    has_next = bool(before) if backwards else more
    return KeysetPage(
        rows=rows,
        previous=cursor_of(rows[0], order) if rows and has_previous else "",
        next=cursor_of(rows[-1], order) if rows and has_next else "",
    )


def cursor_of(row: Any, order: Order) -> str:
    """The place of a row in the list, for an address."""
    text = json.dumps([row[order.column], row[order.key]], cls=_Exact)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class _Exact(DjangoJSONEncoder):
    """Moments keep their microseconds: a cursor cut to milliseconds would skip rows."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime | date) else super().default(o)


def _beyond(queryset: QuerySet[Any], order: Order, cursor: str) -> Q:
    """The rows after the cursor. The first comparison is redundant; without it the index is read from its beginning."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        value, key = json.loads(base64.urlsafe_b64decode(padded.encode()).decode())
        value, key = _typed(queryset, order.column, value), _typed(queryset, order.key, key)
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error, ValidationError):
        raise Invalid(_("The address of this page is damaged. Go back to the first page of the list."), code="bad_cursor") from None
    side = "lt" if order.descending else "gt"
    if order.column == order.key:
        return Q(**{f"{order.key}__{side}": key})
    further = Q(**{f"{order.column}__{side}": value}) | Q(**{order.column: value, f"{order.key}__{side}": key})
    return Q(**{f"{order.column}__{side}e": value}) & further


def _typed(queryset: QuerySet[Any], column: str, value: Any) -> Any:
    model: Any = queryset.model
    for part in column.split("__"):
        model_field: Any = model._meta.get_field(part.removesuffix("_id"))
        model = model_field.related_model
    if isinstance(value, str) and b"\x00" in value.encode():  # half a character (an UnicodeEncodeError) is refused here too
        raise ValueError(column)
    result = model_field.to_python(value)
    if result is None or (isinstance(result, str) and not isinstance(value, str)):
        raise ValueError(column)
    return UUID(str(result)) if isinstance(result, UUID) else result


def capped_counts(*querysets: QuerySet[Any], cap: int = CAP) -> list[int]:
    """Number of rows of several query sets in one statement, each at most ``cap + 1`` (which means "more than cap")."""
    parts, params = [], []
    for queryset in querysets:
        sql, values = queryset.order_by().values("pk")[: cap + 1].query.sql_with_params()
        parts.append(f"(select count(*) from ({sql}) counted)")
        params += list(values)
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(parts)}", params)
        return list(cursor.fetchone())


def capped(number: int, cap: int = CAP) -> str:
    """``1,000+`` beyond the cap, else the number."""
    return f"{cap:,}+" if number > cap else f"{number:,}"


def page_urls(request: HttpRequest, page: Any) -> dict[str, str]:
    """Addresses of the neighbouring pages with the filters of this one, for ``ui/pager.html``; "" where there is none.

    ``page`` is anything with the cursors ``previous`` and ``next``.
    """

    def address(**cursor: str) -> str:
        query = request.GET.copy()
        for name in ("after", "before"):
            query.pop(name, None)
        query.update(cursor)
        return f"{request.path}?{query.urlencode()}"

    return {
        "previous_url": address(before=page.previous) if page.previous else "",
        "next_url": address(after=page.next) if page.next else "",
    }
