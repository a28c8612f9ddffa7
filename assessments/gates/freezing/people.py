"""People as the frozen record names them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assessments.gates.content_parts import PersonRef
from portal.tenants.clock import organisation_zone
from portal.tenants.models import Membership, User


class PeopleBook:
    """Names and units of all accounts a record mentions, read in two queries."""

    def __init__(self, user_ids: Iterable[int | None]) -> None:
        ids = {user_id for user_id in user_ids if user_id is not None}
        self._names = dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))
        self._units = dict(Membership.objects.filter(user_id__in=ids).values_list("user_id", "unit"))

    def ref(self, user_id: int, role: str = "") -> PersonRef:
        """The person in the role acted in ("" where none is meant)."""
        return {"id": str(user_id), "name": self._names.get(user_id, ""), "role": role, "unit": self._units.get(user_id, "")}

    def maybe(self, user_id: int | None, role: str = "") -> PersonRef | None:
        """Like :meth:`ref`, None for nobody."""
        return None if user_id is None else self.ref(user_id, role)


def instant(value: Any) -> str | None:
    """An aware datetime as ISO text in the local zone of the organisation, None for none."""
    from django.utils import timezone

    return None if value is None else timezone.localtime(value, organisation_zone()).isoformat(timespec="seconds")


def day(value: Any) -> str | None:
    """A date as ISO text, None for none."""
    return None if value is None else value.isoformat()
