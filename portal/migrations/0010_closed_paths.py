"""The serving role cannot lend itself the owner's rights: functions that run as the owner look nothing up among temporary objects.

Without ``pg_temp`` at the end of ``search_path`` PostgreSQL looks there first for tables and types (its manual, CREATE FUNCTION,
"Writing SECURITY DEFINER Functions Safely"): a temporary type named like one of ours would run its own check as the owner.
"""

from django.db import migrations

from portal.core.guard import GroundSQL

CLOSED = """
do $$
declare one record;
begin
  for one in select p.oid::regprocedure as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
              where n.nspname = 'app' and exists (select 1 from unnest(p.proconfig) c where c like 'search_path=%') loop
    execute format('alter function %s set search_path = pg_catalog, public, pg_temp', one.name);
  end loop;
  -- nor does it have a use for temporary objects
  execute format('revoke temporary on database %I from public, {app}, {maint}', current_database());
end $$;
-- A trigger fires without this right; with it the serving role could hang the function on a table of its own and forge events.
revoke execute on function app.audit_row() from public;
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0009_contact_version")]

    operations = [GroundSQL(CLOSED)]
