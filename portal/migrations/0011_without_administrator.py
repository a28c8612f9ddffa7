"""Platform staff may ask which organisations nobody can administer; that is all they learn about the people inside."""

from django.db import migrations

from portal.core.guard import GroundSQL

WITHOUT = """
-- Of these organisations, those in which no active account of an active member holds the administrator's role.
create or replace function app.without_administrator(p_tenants bigint[]) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select asked.id from unnest(p_tenants) asked(id)
   where not exists (
     select 1 from public.portal_role r
       join public.portal_membershiprole mr on mr.tenant_id = r.tenant_id and mr.role_id = r.id
       join public.portal_membership m on m.tenant_id = mr.tenant_id and m.id = mr.membership_id
       join public.portal_user u on u.id = m.user_id
      where r.tenant_id = asked.id and r.kind = 'tenant' and r.key = 'administrator' and m.active and u.is_active)
$$;
revoke all on function app.without_administrator(bigint[]) from public;
grant execute on function app.without_administrator(bigint[]) to {app};
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0010_closed_paths")]

    operations = [GroundSQL(WITHOUT, "drop function app.without_administrator(bigint[])")]
