-- The three database roles and the database. Run by a superuser, once; running it again changes nothing:
--   psql -f deploy/roles.sql postgres
-- On a server that is reached over the network give the roles passwords afterwards: alter role tenfold_app password '…';
--   tenfold_migrate owns the tables and changes their shape (BYPASSRLS: a data migration sees all rows)
--   tenfold_app     serves people and runs jobs: owns nothing, bound by row-level security
--   tenfold_maint   reads across organisations for upkeep: which jobs wait, sealing, backups
\set ON_ERROR_STOP on
select 'create role tenfold_migrate login nosuperuser createdb bypassrls' where not exists (select from pg_roles where rolname = 'tenfold_migrate') \gexec
select 'create role tenfold_app login nosuperuser nobypassrls' where not exists (select from pg_roles where rolname = 'tenfold_app') \gexec
select 'create role tenfold_maint login nosuperuser bypassrls' where not exists (select from pg_roles where rolname = 'tenfold_maint') \gexec
select $$create database tenfold owner tenfold_migrate encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8' template template0$$
  where not exists (select from pg_database where datname = 'tenfold') \gexec
revoke all on database tenfold from public;
grant connect on database tenfold to tenfold_app, tenfold_maint;
revoke temporary on database tenfold from tenfold_app, tenfold_maint;

-- What each role may do with which table is granted by the migrations.
