"""Telling people. The text is made when it is read, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from portal.notices import kinds
from portal.notices.models import Notice, NoticePreference
from portal.tenants.models import User


def notify(
    users: Iterable[User | int],
    kind: str,
    *,
    once_key: str,
    url: str = "",
    project_id: UUID | None = None,
    email: bool | None = None,
    **params: Any,
) -> int:
    """Put one message in each person's inbox, once per ``once_key`` and person; returns how many are new.

    ``kind`` must be declared in ``portal.notices.kinds`` (KeyError otherwise); ``params`` is plain data for its text. E-mail follows
    from a task, by the person's preference unless ``email`` says whether it is wanted.
    """
    by_choice = kinds.get(kind).choosable
    ids = {user if isinstance(user, int) else int(user.pk) for user in users}
    if not ids:
        return 0
    unwanted = ids if email is False else set()
    if email is None and by_choice:
        unwanted = set(NoticePreference.objects.filter(user_id__in=ids, kind=kind, email=False).values_list("user_id", flat=True))
    before = set(Notice.objects.filter(user_id__in=ids, once_key=once_key).values_list("user_id", flat=True))
    rows = [
        Notice(user_id=uid, kind=kind, once_key=once_key, url=url, project_id=project_id, params=params, email_wanted=uid not in unwanted)
        for uid in sorted(ids - before)
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def mark_read(user_id: int, notice_id: UUID) -> None:
    """Mark one of the person's own messages as read; doing it twice changes nothing."""
    Notice.objects.filter(pk=notice_id, user_id=user_id, read_at=None).update(read_at=timezone.now())


def mark_unread(user_id: int, notice_id: UUID) -> None:
    """Put one of the person's own messages back among the unread."""
    Notice.objects.filter(pk=notice_id, user_id=user_id).update(read_at=None)


def mark_all_read(user_id: int) -> int:
    """Mark everything as read; returns how many were not."""
    return Notice.objects.filter(user_id=user_id, read_at=None).update(read_at=timezone.now())


def choose_mails(user_id: int, wanted: Iterable[str]) -> None:
    """Keep which kinds of message the person wants by e-mail; messages that wait to be mailed follow at once."""
    choosable = [name for name, kind in kinds.known().items() if kind.choosable]
    chosen = set(wanted)
    with transaction.atomic():
        NoticePreference.objects.bulk_create(
            [NoticePreference(user_id=user_id, kind=kind, email=kind in chosen) for kind in choosable],
            update_conflicts=True,
            unique_fields=["tenant", "user", "kind"],
            update_fields=["email"],
        )
        Notice.objects.filter(user_id=user_id, emailed_at=None, email_wanted=True, kind__in=set(choosable) - chosen).update(
            email_wanted=False
        )
