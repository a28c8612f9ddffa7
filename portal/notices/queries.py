"""Reading one person's messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.core.listing import KeysetPage, Order, keyset_page
from portal.notices import kinds
from portal.notices.models import Notice, NoticePreference

ORDER = Order("created_at", "id", descending=True)
PAGE = 30
COLUMNS = ("id", "kind", "params", "url", "project_id", "created_at", "read_at")


@dataclass(frozen=True)
class Message:
    """One message as its reader sees it."""

    id: Any
    subject: str
    body: str
    created_at: Any
    read: bool
    tone: str


def notices_of(user_id: int) -> QuerySet[Any]:
    """Everything sent to this person in the organisation in scope."""
    return Notice.objects.filter(user_id=user_id)


def unread_count(request: HttpRequest) -> int:
    """Unread messages of the person of this request, at most 100 counted."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    return len(notices_of(actor.user_id).filter(read_at=None).values_list("pk")[:100])


def inbox(user_id: int, *, unread: bool, after: str = "", before: str = "") -> KeysetPage:
    """One page of messages as rows, newest first: the unread ones or those read already."""
    found = notices_of(user_id).filter(read_at__isnull=unread)
    return keyset_page(found.values(*COLUMNS), ORDER, size=PAGE, after=after, before=before)


def message(row: dict[str, Any]) -> Message:
    """A row in words. A kind of an earlier version is still shown, as what it is called."""
    kind = kinds.known().get(row["kind"])
    if kind is None:
        return Message(row["id"], _("Message"), row["kind"], row["created_at"], row["read_at"] is not None, "info")
    return Message(
        row["id"],
        kind.subject_for(row["params"]),
        kind.body_for(row["params"]),
        row["created_at"],
        row["read_at"] is not None,
        kind.tone,
    )


def address(notice: Notice, tenant_slug: str) -> str:
    """Where a message leads: its own address, else the kind's; empty for nowhere."""
    if notice.url:
        return notice.url
    kind = kinds.known().get(notice.kind)
    return kind.url(notice, tenant_slug) if kind is not None and kind.url is not None else ""


def preferences_of(user_id: int) -> list[dict[str, Any]]:
    """Every kind of message that is chosen here, with whether this person wants it by e-mail as well and why that cannot be changed."""
    chosen = dict(NoticePreference.objects.filter(user_id=user_id).values_list("kind", "email"))
    return [
        {"kind": kind.name, "label": kind.label, "email": bool(kind.locked) or chosen.get(kind.name, True), "locked": kind.locked}
        for kind in kinds.known().values()
        if not kind.chosen_elsewhere
    ]
