"""Start-up checks: refuse to serve with too much power or with unguarded tables."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import connections


def install() -> None:
    """Register the checks with Django."""
    register(serving_role, Tags.database)


def serving_role(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Error]:
    """E001: the web and the workers must not run as superuser, owner of the tables, or with BYPASSRLS."""
    if not databases or "default" not in databases:
        return []
    fault = power_of_serving_role()
    return [Error(fault, id="tenfold.E001", hint="Point DATABASE_URL at the role that bin/up calls the app role.")] if fault else []


def power_of_serving_role() -> str:
    """A sentence saying why the serving role is too powerful, or an empty text."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            """select current_user, rolsuper, rolbypassrls,
                      exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                              where n.nspname = 'public' and c.relkind in ('r', 'p') and pg_has_role(current_user, c.relowner, 'member'))
               from pg_roles where rolname = current_user"""
        )
        name, is_super, bypasses, owns = cursor.fetchone()
    if settings.TESTING and not (is_super or bypasses or owns):
        return ""
    if is_super:
        return f"The database role {name} is a superuser: row-level security would not protect any tenant."
    if bypasses:
        return f"The database role {name} has BYPASSRLS: row-level security would not protect any tenant."
    if owns:
        return f"The database role {name} owns tables (or is a member of their owner): it could switch row-level security off."
    return ""
