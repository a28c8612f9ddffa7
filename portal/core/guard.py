"""Migration operations that put a tenant table under guard, and the SQL ground they stand on.

``GuardTable("project")`` is repeated in any migration that adds a table or a tenant foreign key; it is idempotent.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.migrations.operations.base import Operation

from portal.core.tenancy import TenantForeignKey, TenantOneToOneField

ALL_EVENTS = "insert or update or delete"
CHANGES_ONLY = "update or delete"


def _table(app_label: str, name: str, state: Any) -> str:
    """Table of a model in a migration's state."""
    options = state.models[app_label, name.lower()].options
    return str(options.get("db_table") or f"{app_label}_{name.lower()}")


def _tenant_links(app_label: str, name: str, state: Any) -> list[tuple[str, str]]:
    """(column, target table) of the tenant foreign keys of a model.

    Read off the plain state: asking for model classes would build all of them anew for every table.
    """
    links = []
    for field_name, field in state.models[app_label, name.lower()].fields.items():
        if isinstance(field, TenantForeignKey | TenantOneToOneField):
            target = str(field.remote_field.model)
            target_app, _dot, target_name = target.rpartition(".")
            target_app, target_name = (app_label, name) if target == "self" else (target_app or app_label, target_name)
            links.append((f"{field_name}_id", _table(target_app, target_name, state)))
    return links


def _statements(table: str, links: list[tuple[str, str]], events: str, quiet: tuple[str, ...], own_rows: bool) -> list[str]:
    """SQL that guards a table: unique pair, composite keys, forced row security, audit trigger."""
    sql = [
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        f"drop policy if exists tenant on {table}",
        f"create policy tenant on {table} using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()))",
        _once(f"{table}_tenant_pk", f"alter table {table} add constraint {table}_tenant_pk unique (tenant_id, id)"),
    ]
    if own_rows:
        # "My tenants" before a tenant is chosen: a person always sees the own membership rows.
        sql += [
            f"drop policy if exists own_rows on {table}",
            f"create policy own_rows on {table} for select using (user_id = (select app.user_id()))",
        ]
    for column, target in links:
        name = f"{table}_{column}_ten"[:60]
        sql.append(
            _once(
                name,
                f"alter table {table} add constraint {name} foreign key (tenant_id, {column}) "
                f"references {target} (tenant_id, id) deferrable initially deferred",
            )
        )
        sql.append(f"create index if not exists {name}_ix on {table} (tenant_id, {column})")
    sql.append(f"drop trigger if exists audit on {table}")
    if events:
        arguments = ", ".join(f"'{column}'" for column in quiet)
        sql.append(f"create trigger audit after {events} on {table} for each row execute function app.audit_row({arguments})")
    return sql


def _once(name: str, statement: str) -> str:
    return f"do $$ begin if not exists (select 1 from pg_constraint where conname = '{name}') then {statement}; end if; end $$"


class GuardTable(Operation):
    """Put the table of a tenant model under guard (foundation: isolation and audit)."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, name: str, events: str = ALL_EVENTS, quiet: tuple[str, ...] = (), own_rows: bool = False) -> None:
        """``events`` are the row events that leave a trace ("" for none); ``quiet`` columns are left out of them."""
        self.name = name
        self.events = events
        self.quiet = tuple(quiet)
        self.own_rows = own_rows

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """The call that makes this operation again."""
        kwargs: dict[str, Any] = {"name": self.name}
        if self.events != ALL_EVENTS:
            kwargs["events"] = self.events
        if self.quiet:
            kwargs["quiet"] = self.quiet
        if self.own_rows:
            kwargs["own_rows"] = True
        return self.__class__.__qualname__, [], kwargs

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The guard changes nothing in the model state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Write the guard's SQL. Deferred checks run first, so that ALTER TABLE meets no pending trigger events."""
        # Constraints that Django queued (foreign keys to the tenant) must exist before the row security is forced.
        table, links = _table(app_label, self.name, to_state), _tenant_links(app_label, self.name, to_state)
        for statement in _statements(table, links, self.events, self.quiet, self.own_rows):
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Take the guard away again."""
        table = _table(app_label, self.name, from_state)
        for statement in (
            f"drop trigger if exists audit on {table}",
            f"drop policy if exists tenant on {table}",
            f"drop policy if exists own_rows on {table}",
            f"alter table {table} no force row level security",
            f"alter table {table} disable row level security",
        ):
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        """One line for the migration's log."""
        return f"Guard the table of {self.name}"


class GroundSQL(Operation):
    """A piece of hand-written SQL with role names filled in: ``{app}`` and ``{maint}``."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, forwards: str, backwards: str = "") -> None:
        self.forwards = forwards
        self.backwards = backwards

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """The call that makes this operation again."""
        return self.__class__.__qualname__, [self.forwards], {"backwards": self.backwards} if self.backwards else {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """SQL only."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Run the SQL."""
        schema_editor.execute(_with_roles(self.forwards), params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Run the SQL that undoes it, if any."""
        if self.backwards:
            schema_editor.execute(_with_roles(self.backwards), params=None)

    def describe(self) -> str:
        """One line for the migration's log."""
        return "Run SQL of the ground"


def _with_roles(sql: str) -> str:
    return sql.replace("{app}", settings.DB_APP_ROLE).replace("{maint}", settings.DB_MAINT_ROLE)
