"""Helpers of the project tests: signed-in clients, more projects, the statements of a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from portal.core.tenancy import tenant_context
from portal.projects.models import Project, ProjectSummary
from portal.projects.search import refresh_search
from tests.factories import cast

# Opening and closing of transactions and putting an outer scope back is not counted: the number depends on how a test is wrapped.
_FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK", "select set_config")


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements sent inside the block, without those that only open and close transactions."""
    sent: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(_FRAME):
            sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


@pytest.fixture
def signed_in(world: SimpleNamespace) -> Callable[[Any], Client]:
    """A browser of one of the cast."""

    def sign_in(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def more(world: SimpleNamespace) -> Callable[..., Project]:
    """One more project of the first organisation; ``summary`` are columns of its wide row."""
    made = iter(range(2, 10_000))

    def make(owner: Any = None, *, summary: dict[str, Any] | None = None, **fields: Any) -> Project:
        with tenant_context(world.tenant.pk):
            project = cast.make_project(owner or world.alice, fields.pop("code", f"XH-{next(made):04d}"), **fields)
            refresh_search(Project.objects.filter(pk=project.pk))
            if summary:
                ProjectSummary.objects.filter(project=project).update(**summary)
            return project

    return make


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Sentences are compared in English; requests take the person's language, which is English for the cast."""
    with translation.override("en"):
        yield
