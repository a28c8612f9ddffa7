"""The ground in the database: scope functions, audit trail, search, guards on every tenant table of the portal."""

from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations

from portal.core.guard import GroundSQL, GuardTable

FUNCTIONS = """
create schema if not exists app;
grant usage on schema app to {app}, {maint};

create or replace function app.tenant_id() returns bigint language sql stable parallel safe as
$$ select nullif(current_setting('app.tenant_id', true), '')::bigint $$;
create or replace function app.user_id() returns bigint language sql stable parallel safe as
$$ select nullif(current_setting('app.user_id', true), '')::bigint $$;

-- One call per request: is this account an active member of this organisation, and what may it do there?
-- SECURITY DEFINER because the answer is needed before the tenant is in scope. Returns null for strangers.
create or replace function app.enter_tenant(p_slug text, p_user bigint, p_request text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, public as $$
declare t public.portal_tenant; m uuid; result jsonb;
begin
  select * into t from public.portal_tenant where slug = p_slug;
  if not found then return null; end if;
  select id into m from public.portal_membership where tenant_id = t.id and user_id = p_user and active;
  if not found then return null; end if;
  select jsonb_build_object('tenant', to_jsonb(t), 'membership', m,
      'roles', coalesce((select jsonb_agg(r.key order by r.position) from public.portal_membershiprole mr
                 join public.portal_role r on r.tenant_id = mr.tenant_id and r.id = mr.role_id
                 where mr.tenant_id = t.id and mr.membership_id = m), '[]'),
      'permissions', coalesce((select jsonb_agg(distinct rp.permission) from public.portal_membershiprole mr
                 join public.portal_rolepermission rp on rp.tenant_id = mr.tenant_id and rp.role_id = mr.role_id
                 where mr.tenant_id = t.id and mr.membership_id = m), '[]')) into result;
  perform set_config('app.tenant_id', t.id::text, true), set_config('app.user_id', p_user::text, true), set_config('app.request_id', p_request, true);
  return result;
end $$;
revoke all on function app.enter_tenant(text, bigint, text) from public;
grant execute on function app.enter_tenant(text, bigint, text) to {app};
"""

AUDIT = """
create table public.portal_auditevent (
  id uuid not null default gen_random_uuid(),
  tenant_id bigint not null,
  at timestamptz not null default clock_timestamp(),
  kind varchar(3) not null,
  verb varchar(80) not null,
  table_name varchar(80) not null,
  row_id varchar(40) not null,
  project_id uuid,
  user_id bigint,
  request_id varchar(64) not null,
  changes jsonb not null,
  txid bigint not null default pg_current_xact_id()::text::bigint,
  primary key (tenant_id, at, id)
) partition by range (at);
create index audit_row_ix on public.portal_auditevent (tenant_id, table_name, row_id, at desc);
create index audit_project_ix on public.portal_auditevent (tenant_id, project_id, at desc) where project_id is not null;
alter table public.portal_auditevent enable row level security;
alter table public.portal_auditevent force row level security;
create policy tenant on public.portal_auditevent using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));

-- Partitions a year ahead; a beat task calls this daily. Only the parent is granted: a partition would bypass the policy.
create or replace function app.ensure_audit_partitions(p_from date, p_months int) returns int
language plpgsql security definer set search_path = pg_catalog, public as $$
declare first date; made int := 0; name text;
begin
  for i in 0..p_months loop
    first := (date_trunc('month', p_from) + make_interval(months => i))::date;
    name := 'portal_auditevent_' || to_char(first, 'YYYY_MM');
    if to_regclass('public.' || name) is null then
      execute format('create table public.%I partition of public.portal_auditevent for values from (%L) to (%L)',
                     name, first, (first + interval '1 month')::date);
      execute format('revoke all on public.%I from {app}', name);
      execute format('alter table public.%I enable row level security', name);
      execute format('alter table public.%I force row level security', name);
      execute format('create policy tenant on public.%I using (tenant_id = (select app.tenant_id()))', name);
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;
revoke all on function app.ensure_audit_partitions(date, int) from public;
grant execute on function app.ensure_audit_partitions(date, int) to {app}, {maint};
select app.ensure_audit_partitions((current_date - interval '1 month')::date, 15);

-- Writes one event per changed row, with the changed columns only. Runs as the owner: the app role cannot write events itself,
-- and no setting of the app role can switch it off. Arguments of the trigger are columns to keep quiet about.
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
          'row', lower(tg_op), tg_table_name, any_row ->> 'id',
          case when tg_table_name = 'portal_project' then (any_row ->> 'id')::uuid else (any_row ->> 'project_id')::uuid end,
          app.user_id(), coalesce(current_setting('app.request_id', true), ''), diff);
  return null;
end $$;

create or replace function app.record_act(p_verb text, p_table text, p_row text, p_project uuid, p_detail jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if app.tenant_id() is null then raise exception 'no tenant in scope'; end if;
  insert into public.portal_auditevent (tenant_id, kind, verb, table_name, row_id, project_id, user_id, request_id, changes)
  values (app.tenant_id(), 'act', p_verb, p_table, p_row, p_project, app.user_id(), coalesce(current_setting('app.request_id', true), ''), p_detail);
end $$;
revoke all on function app.record_act(text, text, text, uuid, jsonb) from public;
grant execute on function app.record_act(text, text, text, uuid, jsonb) to {app};

drop trigger if exists audit on public.portal_tenant;
create trigger audit after insert or update on public.portal_tenant for each row execute function app.audit_row();
"""

SEARCH = """
create index project_grams_ix on public.portal_project using gin (tenant_id, grams);

-- Ids of at most p_limit projects of the tenant in scope whose bigrams contain all of p_grams. An index on arrays cannot serve
-- under row security (its operator is not leakproof), so this runs as the owner, repeats the tenant itself and returns ids only.
create or replace function app.search_projects(p_grams text[], p_limit int) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select id from public.portal_project where tenant_id = app.tenant_id() and grams @> p_grams::varchar[] limit p_limit
$$;
revoke all on function app.search_projects(text[], int) from public;
grant execute on function app.search_projects(text[], int) to {app};
"""

GRANTS = """
alter default privileges in schema public grant select, insert, update, delete on tables to {app};
alter default privileges in schema public grant usage, select on sequences to {app};
alter default privileges in schema public grant select on tables to {maint};
grant usage on schema public to {app}, {maint};
grant select, insert, update, delete on all tables in schema public to {app};
grant usage, select on all sequences in schema public to {app};
grant select on all tables in schema public to {maint};
grant update on public.portal_job to {maint};
grant insert on public.portal_periodicrun to {maint};
grant usage, select on all sequences in schema public to {maint};
revoke insert, update, delete, truncate on public.portal_auditevent from {app};
revoke insert, update, delete on public.portal_catalogueversion, public.django_migrations, public.django_content_type, public.auth_permission from {app};
do $$ declare p text; begin
  for p in select inhrelid::regclass::text from pg_inherits where inhparent = 'public.portal_auditevent'::regclass loop
    execute format('revoke all on %s from {app}', p);
  end loop;
end $$;
"""


class Migration(migrations.Migration):
    """Runs as the owner of the tables (role ``migrate``)."""

    dependencies = [("portal", "0001_tables")]

    operations = [
        BtreeGinExtension(),
        GroundSQL(FUNCTIONS, "drop schema app cascade"),
        GroundSQL(AUDIT, "drop table public.portal_auditevent"),
        GroundSQL(SEARCH, "drop index project_grams_ix"),
        GroundSQL(GRANTS),
        GuardTable("membership", own_rows=True),
        GuardTable("invitation", quiet=("token_hash",)),
        GuardTable("role"),
        GuardTable("rolepermission"),
        GuardTable("membershiprole"),
        GuardTable("team"),
        GuardTable("teammember"),
        GuardTable("job", events=""),
        GuardTable("notice", events=""),
        GuardTable("noticepreference", events=""),
        GuardTable("project", quiet=("grams", "version")),
        GuardTable("projectusergrant"),
        GuardTable("projectgroupgrant"),
        GuardTable("projectmember"),
        GuardTable("factanswer", quiet=("version",)),
        GuardTable("projectsummary", events=""),
        GuardTable("savedview", events=""),
        GuardTable("intakedraft", events=""),
        GuardTable("contact"),
        GuardTable("stakeholder", quiet=("version",)),
        GuardTable("responsibility"),
    ]
