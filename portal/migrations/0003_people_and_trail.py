"""Invitations found before a tenant is in scope, role names with the entry, and a trail that knows the project of every row."""

from django.db import migrations

from portal.core.guard import GroundSQL

INVITATIONS = """
-- Which organisation does this link belong to? Only the hash of the link's secret is known here, and only an open invitation is
-- answered: a used, revoked or expired one, and one of a suspended organisation, look like none at all.
create or replace function app.find_invitation(p_hash text) returns table (tenant_id bigint, invitation_id uuid)
language sql stable security definer set search_path = pg_catalog, public as $$
  select i.tenant_id, i.id from public.portal_invitation i join public.portal_tenant t on t.id = i.tenant_id
   where i.token_hash = p_hash and i.accepted_at is null and i.revoked_at is null and i.expires_at > now() and t.status = 'active'
$$;
revoke all on function app.find_invitation(text) from public;
grant execute on function app.find_invitation(text) to {app};
"""

ENTRY = """
create or replace function app.enter_tenant(p_slug text, p_user bigint, p_request text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, public as $$
declare t public.portal_tenant; m uuid; result jsonb;
begin
  select * into t from public.portal_tenant where slug = p_slug;
  if not found then return null; end if;
  select id into m from public.portal_membership where tenant_id = t.id and user_id = p_user and active;
  if not found then return null; end if;
  select jsonb_build_object('tenant', to_jsonb(t), 'membership', m,
      'roles', coalesce((select jsonb_agg(jsonb_build_object('key', r.key, 'zh', r.name_zh, 'en', r.name_en) order by r.position, r.key)
                 from public.portal_membershiprole mr
                 join public.portal_role r on r.tenant_id = mr.tenant_id and r.id = mr.role_id
                 where mr.tenant_id = t.id and mr.membership_id = m), '[]'),
      'permissions', coalesce((select jsonb_agg(distinct rp.permission) from public.portal_membershiprole mr
                 join public.portal_rolepermission rp on rp.tenant_id = mr.tenant_id and rp.role_id = mr.role_id
                 where mr.tenant_id = t.id and mr.membership_id = m), '[]')) into result;
  perform set_config('app.tenant_id', t.id::text, true), set_config('app.user_id', p_user::text, true), set_config('app.request_id', p_request, true);
  return result;
end $$;
"""

TRAIL = """
-- The project a row belongs to, by its own column or by that of its parent, so that the trail of a confidential project stays with it.
create or replace function app.project_of(p_table text, p_row jsonb) returns uuid
language plpgsql stable set search_path = pg_catalog, public as $$
declare tenant bigint := (p_row ->> 'tenant_id')::bigint; found_id uuid;
begin
  if p_table = 'portal_project' then return (p_row ->> 'id')::uuid; end if;
  if p_row ->> 'project_id' is not null then return (p_row ->> 'project_id')::uuid; end if;
  if p_table in ('portal_projectusergrant', 'portal_projectgroupgrant') then return (p_row ->> 'content_object_id')::uuid; end if;
  if p_row ->> 'assessment_id' is not null then
    select project_id into found_id from public.assessments_assessment where tenant_id = tenant and id = (p_row ->> 'assessment_id')::uuid;
  elsif p_row ->> 'answer_id' is not null then
    select project_id into found_id from public.assessments_answer where tenant_id = tenant and id = (p_row ->> 'answer_id')::uuid;
  elsif p_row ->> 'round_id' is not null then
    select project_id into found_id from public.assessments_gateround where tenant_id = tenant and id = (p_row ->> 'round_id')::uuid;
  elsif p_row ->> 'filing_id' is not null then
    select project_id into found_id from public.compliance_filing where tenant_id = tenant and id = (p_row ->> 'filing_id')::uuid;
  end if;
  return found_id;
end $$;
revoke all on function app.project_of(text, jsonb) from public;

create or replace function app.audit_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare old_row jsonb; new_row jsonb; diff jsonb; any_row jsonb; quiet text[] := array['updated_at'];
begin
  for i in 0..tg_nargs - 1 loop quiet := quiet || tg_argv[i]; end loop;
  if tg_op <> 'INSERT' then old_row := to_jsonb(old) - quiet; end if;
  if tg_op <> 'DELETE' then new_row := to_jsonb(new) - quiet; end if;
  if tg_op = 'UPDATE' then
    select jsonb_object_agg(n.key, jsonb_build_array(old_row -> n.key, n.value)) into diff
      from jsonb_each(new_row) n where n.value is distinct from old_row -> n.key;
    if diff is null then return null; end if;
  else
    diff := jsonb_strip_nulls(coalesce(new_row, old_row));
  end if;
  any_row := coalesce(new_row, old_row);
  insert into public.portal_auditevent (tenant_id, kind, verb, table_name, row_id, project_id, user_id, request_id, changes)
  values (case when tg_table_name = 'portal_tenant' then (any_row ->> 'id')::bigint else (any_row ->> 'tenant_id')::bigint end,
          'row', lower(tg_op), tg_table_name, any_row ->> 'id', app.project_of(tg_table_name, any_row),
          app.user_id(), coalesce(current_setting('app.request_id', true), ''), diff);
  return null;
end $$;

-- What one request changed: folded under its act in the readable history, and the log's filter by request number.
create index audit_request_ix on public.portal_auditevent (tenant_id, request_id) where request_id <> '';
"""


class Migration(migrations.Migration):
    """Runs as the owner of the tables (role ``migrate``)."""

    dependencies = [("portal", "0002_ground")]

    operations = [
        GroundSQL(INVITATIONS, "drop function app.find_invitation(text)"),
        GroundSQL(ENTRY),
        GroundSQL(TRAIL, "drop index public.audit_request_ix"),
    ]
