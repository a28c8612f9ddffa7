"""The side bar's entries: each slice registers its own, the frame shows those the person may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Entry:
    """One entry of the side bar. ``count`` may look up a number shown beside it; it must cost at most one query.

    ``group`` is the heading above the first visible entry of a group.
    """

    order: int
    key: str
    label: Any
    icon: str
    url_name: str
    permission: str
    count: Callable[[HttpRequest], int] | None = None
    group: Any = ""


_entries: list[Entry] = []


def register(entry: Entry) -> None:
    """Add an entry (once per key)."""
    if all(known.key != entry.key for known in _entries):
        _entries.append(entry)
        _entries.sort(key=lambda item: item.order)


def entries(request: HttpRequest, *, with_counts: bool = False) -> list[dict[str, Any]]:
    """The entries this person may use, with address and mark of the current one.

    Counters cost a query each, so pages leave them out and load them afterwards from ``portal:nav_counts``.
    """
    actor: Any = getattr(request, "actor", None)
    tenant: Any = getattr(request, "tenant", None)
    if actor is None or tenant is None:
        return []
    current = getattr(request, "nav_key", "")
    found: list[dict[str, Any]] = []
    shown_group = ""
    for entry in _entries:
        if entry.permission != "*member" and not actor.may(entry.permission):
            continue
        try:
            url = reverse(entry.url_name, kwargs={"tenant_slug": tenant.slug})
        except NoReverseMatch:
            continue
        active = entry.key == current or (not current and request.path == url)
        found.append(
            {
                "key": entry.key,
                "label": entry.label,
                "icon": entry.icon,
                "url": url,
                "active": active,
                "heading": entry.group if str(entry.group) != shown_group else "",
                "counted": entry.count is not None,
                "count": entry.count(request) if with_counts and entry.count else 0,
            }
        )
        shown_group = str(entry.group)
    return found
