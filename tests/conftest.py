"""The ground of all tests: a real database made by the owner role and used by the app role, and the fixed cast."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import blocking_manager_key

from portal.core.tenancy import tenant_context
from tests.factories import cast
from tests.factories.groundwork import Groundwork, Laid

# A stopwatch on each example says how busy the machine is, not whether the code is right.
hypothesis_settings.register_profile("tenfold", deadline=None)
hypothesis_settings.load_profile("tenfold")


def _name(worker: str) -> str:
    base = os.environ.get("TEST_DATABASE_NAME") or f"test_{settings.DATABASES['migrate']['NAME']}"
    return base if worker in ("", "master") else f"{base}_{worker}"


def _owner_connection(name: str) -> psycopg.Connection[Any]:
    params = connections["migrate"].get_connection_params()
    for key in ("cursor_factory", "context", "prepare_threshold", "pool"):
        params.pop(key, None)
    params["dbname"] = name
    return psycopg.connect(**params, autocommit=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    """Create the test database as the owner, migrate it as the owner, and point every alias at it.

    The pool of the app role must not be open yet: settings are changed before the first connection.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = _name(worker)
    with django_db_blocker.unblock():
        with _owner_connection("postgres") as admin:
            _drop(admin, name)
            admin.execute(f"create database \"{name}\" template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'")
        for alias in ("default", "migrate", "maint"):
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
            settings.DATABASES[alias]["NAME"] = name
        call_command("migrate", database="migrate", verbosity=0)
        connections["migrate"].close()
    yield
    with django_db_blocker.unblock():
        for alias in ("default", "migrate", "maint"):
            connections[alias].close()
            if getattr(connections[alias], "pool", None):
                connections[alias].close_pool()
        with _owner_connection("postgres") as admin:
            _drop(admin, name)


def _drop(admin: psycopg.Connection[Any], name: str) -> None:
    """Drop a test database; connections of other roles may take a moment to end, and only their own role may end them."""
    for attempt in range(40):
        try:
            admin.execute(f'drop database if exists "{name}" with (force)')
            return
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            if attempt == 39:
                raise
            time.sleep(0.5)


def truncate_everything() -> None:
    """Empty all tables of the product as the owner; reference rows that migrations wrote stay."""
    keep = {"django_migrations", "django_content_type", "auth_permission", "portal_catalogueversion"}
    with _owner_connection(connections["migrate"].settings_dict["NAME"]) as owner:
        rows = owner.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        names = [f'public."{row[0]}"' for row in rows if row[0] not in keep and not row[0].startswith("portal_auditevent_")]
        owner.execute(f"truncate {', '.join(names)} restart identity cascade")


@pytest.fixture
def live_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Committed data for tests with several connections, workers or a browser; emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        for alias in ("default", "maint"):
            connections[alias].close()
        truncate_everything()


LAID = Laid()
WORLD = Groundwork(lambda _nothing: cast.build_world())


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """See tests/factories/groundwork.py. Between two tests the database is out of bounds for everybody else."""
    with item.config.stash[blocking_manager_key].unblock():
        LAID.before(item)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """See tests/factories/groundwork.py."""
    with item.config.stash[blocking_manager_key].unblock():
        LAID.after(item, nextitem)


@pytest.fixture
def laid(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Laid]:
    """Rows that the tests of a module begin with."""
    with django_db_blocker.unblock(), LAID.under(request.node):
        yield LAID


@pytest.fixture
def _django_db_helper(laid: Laid, _django_db_helper: None) -> None:
    """The transaction of a test, opened by pytest-django, lies within the one of the rows it begins with."""


@pytest.fixture
@WORLD.fixture
def world(db: None, laid: Laid) -> SimpleNamespace:
    """Two organisations with the fixed cast, inside the test's transaction. See tests/factories/cast.py."""
    return laid.give(WORLD)


@pytest.fixture
def in_tenant(world: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The world, with the first organisation in scope as nobody in particular."""
    with tenant_context(world.tenant.pk):
        yield world
