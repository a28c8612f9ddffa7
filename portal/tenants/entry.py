"""Entering an organisation: one database call checks the membership, sets the scope and brings the rights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_datetime

from portal.core.access import Actor
from portal.core.errors import NotFound
from portal.core.tenancy import Scope, entered, own_request_id, tenant_context
from portal.tenants.models import Membership, Tenant, User


@dataclass(frozen=True)
class Entered:
    """The organisation and the actor of a request."""

    tenant: Tenant
    actor: Actor


def _tenant_from(row: dict[str, Any]) -> Tenant:
    fields = {field.attname: row[str(field.column)] for field in Tenant._meta.concrete_fields}
    for name in ("created_at", "suspended_at"):
        fields[name] = parse_datetime(fields[name]) if fields[name] else None
    tenant = Tenant(**fields)
    tenant._state.adding = False
    tenant._state.db = "default"
    return tenant


@contextmanager
def enter_tenant(slug: str, user: User, request_id: str = "") -> Iterator[Entered]:
    """Open the transaction of a request in the organisation ``slug`` as ``user``.

    Raises :class:`NotFound` for an unknown organisation and for one the person is no active member of: the two look the same.
    A suspended organisation is entered; what may be done there is decided by the middleware.
    """
    found: dict[str, Any] = {}
    request_id = request_id or own_request_id()

    def apply() -> Scope:
        with connection.cursor() as cursor:
            cursor.execute("select app.enter_tenant(%s, %s, %s)", [slug, user.pk, request_id])
            (value,) = cursor.fetchone()
        if value is None:
            raise NotFound()
        found.update(json.loads(value) if isinstance(value, str) else value)
        return Scope(found["tenant"]["id"], user.pk, request_id, found["tenant"]["time_zone"], found["tenant"]["own_content"])

    with entered(None, apply):
        tenant = _tenant_from(found["tenant"])
        actor = Actor(
            user=user,
            tenant_id=tenant.pk,
            membership_id=found["membership"],
            roles=tuple(role["key"] for role in found["roles"]),
            permissions=frozenset(found["permissions"]),
            role_names=tuple({"zh": role["zh"], "en": role["en"]} for role in found["roles"]),
        )
        yield Entered(tenant, actor)


@contextmanager
def acting_as(tenant: Tenant, user: User, request_id: str = "") -> Iterator[Actor]:
    """The actor of ``user`` in ``tenant`` for commands, tasks and tests; opens the transaction as a request would."""
    with enter_tenant(tenant.slug, user, request_id) as found:
        yield found.actor


@contextmanager
def person_context(user: User) -> Iterator[None]:
    """A transaction in which the own membership rows of all organisations can be read, and nothing else of any tenant."""

    def apply() -> None:
        with connection.cursor() as cursor:
            cursor.execute("select set_config('app.tenant_id', '', true), set_config('app.user_id', %s, true)", [str(user.pk)])

    with entered(None, apply):
        yield


def memberships_of(user: User) -> list[int]:
    """Ids of the organisations the account is an active member of. Works outside any tenant."""
    with person_context(user):
        return list(Membership._base_manager.filter(user=user, active=True).order_by("tenant_id").values_list("tenant_id", flat=True))


def tenants_of(user: User) -> list[Tenant]:
    """The organisations the person is an active member of, by name. Works outside any tenant."""
    ids = memberships_of(user)
    return list(Tenant.objects.filter(pk__in=ids).order_by("name_zh"))


__all__ = ["Entered", "acting_as", "enter_tenant", "memberships_of", "person_context", "tenant_context", "tenants_of"]
