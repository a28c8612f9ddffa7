"""Telling people. The text is made when it is read, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from portal.notices.models import Notice, NoticePreference
from portal.tenants.models import User


def notify(
    users: Iterable[User | int], kind: str, *, once_key: str, url: str = "", project_id: UUID | None = None, **params: Any
) -> int:
    """Put one message in each person's inbox, once per ``once_key`` and person; returns how many are new.

    ``kind`` must be declared in ``portal.notices.kinds``; ``params`` is plain data for its text. E-mail follows from a task,
    by the person's preference.
    """
    ids = {user if isinstance(user, int) else int(user.pk) for user in users}
    if not ids:
        return 0
    unwanted = set(NoticePreference.objects.filter(user_id__in=ids, kind=kind, email=False).values_list("user_id", flat=True))
    before = set(Notice.objects.filter(user_id__in=ids, once_key=once_key).values_list("user_id", flat=True))
    rows = [
        Notice(user_id=uid, kind=kind, once_key=once_key, url=url, project_id=project_id, params=params, email_wanted=uid not in unwanted)
        for uid in sorted(ids - before)
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
