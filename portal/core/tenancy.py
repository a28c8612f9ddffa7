"""Tenant scope: which organisation the current work belongs to, for Python and for the database.

The scope lives in a context variable and, inside the transaction that :func:`tenant_context` opens, in the settings
``app.tenant_id``, ``app.user_id`` and ``app.request_id`` (``SET LOCAL``). Row-level security reads the first; the audit
trigger reads all three. Nothing is ever set at session level: a pooled connection must not carry a tenant to the next user.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Scope:
    """The tenant, the person and the request that current database work belongs to, and the zone by which the tenant counts days.

    ``own_content`` is the mark of what the tenant added to the content itself; empty for nothing.
    """

    tenant_id: int
    user_id: int | None = None
    request_id: str = ""
    time_zone: str = ""
    own_content: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The zone by which the tenant counts days; that of the installation for a tenant that has none yet."""
        return ZoneInfo(self.time_zone or settings.TIME_ZONE)

    @property
    def today(self) -> date:
        """The day it is for the tenant; the zone that a person reads times in has no part in it."""
        return timezone.localdate(timezone=self.zone)


class NoTenantInScope(RuntimeError):
    """A tenant table was asked without a tenant in scope. Open ``tenant_context`` first."""


_scope: ContextVar[Scope | None] = ContextVar("tenant_scope", default=None)

_SET = (
    "select set_config('app.tenant_id', %s, true), set_config('app.user_id', %s, true), set_config('app.request_id', %s, true), "
    "(select array[time_zone, own_content] from portal_tenant where id = %s)"
)


def current_scope() -> Scope | None:
    """The scope in force, or None outside any tenant."""
    return _scope.get()


def require_scope() -> Scope:
    """The scope in force; raises :class:`NoTenantInScope` outside any tenant."""
    scope = _scope.get()
    if scope is None:
        raise NoTenantInScope("No tenant in scope: wrap this in tenant_context(tenant_id, user_id=…).")
    return scope


def current_tenant_id() -> int:
    """Id of the tenant in scope, the default of every ``tenant`` column.

    None outside any tenant (schema changes ask for defaults too); such a row is refused by the column and by the policy.
    """
    scope = _scope.get()
    return scope.tenant_id if scope else None  # type: ignore[return-value]


def _apply(scope: Scope | None) -> Scope | None:
    """Tell the database the scope; returns it with the tenant's time zone and mark of own content, which come with the same statement."""
    values: list[str | int | None] = (
        ["", "", "", None] if scope is None else [str(scope.tenant_id), str(scope.user_id or ""), scope.request_id, scope.tenant_id]
    )
    with connection.cursor() as cursor:
        cursor.execute(_SET, values)
        time_zone, own_content = cursor.fetchone()[3] or ("", "")
    return replace(scope, time_zone=time_zone, own_content=own_content) if scope else None


def own_request_id() -> str:
    """The number of the request in force, or a new one for work that no request started."""
    outer = _scope.get()
    return (outer.request_id if outer else "") or f"run-{uuid7().hex}"


@contextmanager
def tenant_context(tenant_id: int, user_id: int | None = None, request_id: str = "") -> Iterator[Scope]:
    """Open a transaction (or a savepoint) in which only this tenant's rows exist.

    Contexts nest: leaving an inner one, also by an exception, restores the outer one. Work without a request gets a number of its
    own, so that the trail can always tell which changes were made together.
    """
    scope = Scope(int(tenant_id), user_id, request_id or own_request_id())
    with entered(scope, lambda: _apply(scope)) as found:
        yield found


@contextmanager
def entered(scope: Scope | None, apply: Any) -> Iterator[Any]:
    """Run ``apply`` first thing in a new transaction block and keep the scope it stands for until the block ends.

    ``apply`` sets the database side and may return the :class:`Scope` itself (when only the database knows the tenant).
    """
    outer = _scope.get()
    with transaction.atomic():
        result = apply()
        token = _scope.set(result if isinstance(result, Scope) else scope)
        try:
            yield result
        finally:
            _scope.reset(token)
    # A released savepoint keeps its settings, so the outer ones are put back; a rolled back one restores them itself.
    if connection.in_atomic_block and not connection.needs_rollback:
        _apply(outer)


class TenantQuerySet(models.QuerySet[M]):
    """A query set of one tenant's rows."""


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """Refuses to build a query outside a tenant and adds the constant ``tenant_id = N``.

    Row-level security would hide foreign rows anyway; the constant gives the planner right estimates, and the refusal
    turns the quiet "0 rows" of a forgotten context into a loud error.
    """

    def get_queryset(self) -> models.QuerySet[Any]:
        """Rows of the tenant in scope."""
        return super().get_queryset().filter(tenant_id=require_scope().tenant_id)


class TenantForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A foreign key to a row of the same tenant.

    The database constraint is the composite ``(tenant_id, x_id)`` made by ``GuardTable``; a plain one would accept the row
    of another tenant, since foreign-key checks ignore row-level security.
    """

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs.setdefault("db_constraint", False)
        kwargs.setdefault("db_index", False)
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> Any:
        """Always state the two options, so that migrations do not depend on our defaults."""
        name, path, args, kwargs = super().deconstruct()
        kwargs["db_constraint"] = self.db_constraint  # type: ignore[attr-defined]
        kwargs["db_index"] = self.db_index  # type: ignore[attr-defined]
        return name, path, args, kwargs


class TenantOneToOneField(models.OneToOneField):  # type: ignore[type-arg]
    """A one-to-one link to a row of the same tenant, guarded like :class:`TenantForeignKey`."""

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs.setdefault("db_constraint", False)
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> Any:
        """Always state the option, so that migrations do not depend on our default."""
        name, path, args, kwargs = super().deconstruct()
        kwargs["db_constraint"] = self.db_constraint  # type: ignore[attr-defined]
        return name, path, args, kwargs


class TenantModel(models.Model):
    """Base of every row that belongs to one tenant. Its table must be guarded by ``GuardTable`` in a migration."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(
        "portal.Tenant",
        on_delete=models.PROTECT,
        default=current_tenant_id,
        editable=False,
        related_name="+",
        db_index=False,
    )

    objects: ClassVar[Any] = TenantManager()

    class Meta:
        abstract = True
