"""The database refuses what a forgotten filter would let through: checked on every table, not on a list."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from portal.core.tenancy import TenantForeignKey, TenantManager, TenantModel, TenantOneToOneField, tenant_context

TENANT_MODELS = [model for model in apps.get_models() if issubclass(model, TenantModel)]
# Tables with a tenant column that are written without a model of ours in between.
GRANTS = ["portal_projectusergrant", "portal_projectgroupgrant"]
TABLES = sorted({model._meta.db_table for model in TENANT_MODELS} | set(GRANTS) | {"portal_auditevent"})


def _rows(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def test_every_table_with_a_tenant_column_is_known_here(db):
    found = {
        name
        for (name,) in _rows(
            """select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
               where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not c.relispartition"""
        )
    }
    assert found == set(TABLES)


def test_row_security_is_forced_with_a_policy_on_every_table(db):
    unguarded = _rows(
        """select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
           where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
             and not (c.relrowsecurity and c.relforcerowsecurity and exists (select 1 from pg_policy p where p.polrelid = c.oid))"""
    )
    assert unguarded == []


def test_the_policy_compares_once_and_has_no_way_around(db):
    """`(select app.tenant_id())` is evaluated once; an OR or CASE would be a way around and a slow one."""
    for table, name, using in _rows("select tablename, policyname, qual from pg_policies where schemaname = 'public'"):
        if name == "own_rows":
            assert table == "portal_membership"
            continue
        assert "app.tenant_id()" in using, (table, using)
        assert " OR " not in using.upper(), (table, using)
        assert "CASE" not in using.upper(), (table, using)


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model._meta.db_table)
def test_keys_to_tenant_rows_are_composite(model, db):
    table = model._meta.db_table
    keys = {
        tuple(columns)
        for (columns,) in _rows(
            """select array(select a.attname::text from unnest(c.conkey) with ordinality k(n, place)
                              join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.n order by k.place)
               from pg_constraint c where c.contype = 'f' and c.conrelid = %s::regclass""",
            table,
        )
    }
    for field in model._meta.local_fields:
        if not field.is_relation or field.name == "tenant":
            continue
        if issubclass(field.related_model, TenantModel):
            assert isinstance(field, TenantForeignKey | TenantOneToOneField), f"{table}.{field.name} must be a TenantForeignKey"
            assert ("tenant_id", field.column) in keys, f"{table}.{field.column} lacks the composite key: GuardTable it in a migration"


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model._meta.db_table)
def test_unique_constraints_start_with_the_tenant(model):
    """A unique key without the tenant answers for all tenants: an oracle of what exists elsewhere."""
    random_secrets = {"token_hash"}
    for constraint in model._meta.constraints:
        names = getattr(constraint, "fields", ())
        if type(constraint).__name__ == "UniqueConstraint" and names:
            assert names[0] == "tenant", f"{constraint.name}: {names}"
    for field in model._meta.local_fields:
        if field.unique and not field.primary_key and field.name not in random_secrets:
            assert isinstance(field, TenantOneToOneField) or field.related_model.__name__ == "Group", field.name


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model._meta.db_table)
def test_the_default_manager_is_loud(model, db):
    assert isinstance(model._default_manager, TenantManager)
    from portal.core.tenancy import NoTenantInScope

    with pytest.raises(NoTenantInScope):
        model._default_manager.count()


@pytest.mark.parametrize("table", TABLES)
def test_raw_sql_of_the_app_role_shows_no_foreign_row(table, world):
    with tenant_context(world.tenant.pk):
        assert _rows(f"select count(*) from {table} where tenant_id <> %s", world.tenant.pk) == [(0,)]
    assert _rows(f"select count(*) from {table}") == [(0,)]


def test_the_app_role_cannot_lift_the_guard(world):
    with tenant_context(world.tenant.pk):
        for statement in (
            "alter table portal_project disable row level security",
            "set local row_security = off; select count(*) from portal_project",
            "truncate portal_project",
            "set local session_replication_role = replica",
            "create policy mine on portal_project using (true)",
            "drop trigger audit on portal_project",
            "insert into portal_auditevent (tenant_id, kind, verb, table_name, row_id, request_id, changes)"
            " values (1, 'act', 'x', 'x', 'x', '', '{}')",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_changed_rows_of_every_guarded_table_leave_a_trace_or_say_why_not(db):
    """Tables without a trigger hold derived or passing data only."""
    quiet = {
        "portal_job",
        "portal_notice",
        "portal_noticepreference",
        "portal_projectsummary",
        "portal_savedview",
        "portal_defaultview",
        "portal_portfoliorollup",
        "portal_intakedraft",
        "portal_auditevent",
        "compliance_calendarfeed",
        "compliance_remindersent",
        "compliance_reminderpreference",
        "compliance_digestsent",
        "compliance_webhookdelivery",
    }
    audited = {
        name for (name,) in _rows("select c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = 'audit'")
    }
    assert set(TABLES) - audited == quiet


def test_functions_of_the_owner_look_nothing_up_among_temporary_objects(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.oid::regprocedure::text, p.proconfig, has_function_privilege('public', p.oid, 'execute') "
            "from pg_proc p join pg_namespace n on n.oid = p.pronamespace "
            "where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')"
        )
        found = cursor.fetchall()
    assert len(found) >= 6
    for name, options, for_everybody in found:
        assert "search_path=pg_catalog, public, pg_temp" in (options or []), name
        assert not for_everybody, name


@pytest.mark.parametrize(
    "attempt",
    [
        "create temp table portal_project (id uuid, tenant_id bigint)",
        "create table public.portal_forged (id uuid, tenant_id bigint)",
        "create trigger t after insert on portal_tenant for each row execute function app.audit_row()",
        "select app.audit_row()",
    ],
)
def test_the_serving_role_cannot_forge_the_trail(world, attempt):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attempt)
