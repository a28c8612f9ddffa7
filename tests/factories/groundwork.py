"""Rows that many tests begin with, laid once for the tests of a module that follow each other, in a transaction around theirs.

A test runs in a savepoint on top and is rolled back to it, so it finds the rows as they were laid whatever the tests before it did;
the objects in its hands are copies of its own, and so is its space of the cache, since numbers of people and organisations come
again. Tests with committed rows (``live_db`` and the like) never meet an open transaction of this kind.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, transaction

COMMITTED = {"live_db", "transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}
SETUP = {"pytest_django.plugin", "pytest_django.fixtures", "tests.conftest"}


@dataclass(frozen=True)
class Groundwork:
    """How to lay rows: ``build`` gets what ``on`` made (None without it) and returns it, more attributes added."""

    build: Callable[[Any], SimpleNamespace]
    on: Groundwork | None = None

    def fixture(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Mark the function of a fixture as the one that gives these rows."""
        function.groundwork = self  # type: ignore[attr-defined]
        return function

    def layers(self) -> tuple[Groundwork, ...]:
        """What is laid, from the bottom."""
        return (*(self.on.layers() if self.on else ()), self)


@dataclass
class Laid:
    """What is laid at this moment, and what the test that runs has got of it."""

    module: Any = None
    layers: list[tuple[Groundwork, SimpleNamespace, transaction.Atomic]] = field(default_factory=list)
    given: SimpleNamespace | None = None
    last: bool = False
    spaces: Iterator[int] = field(default_factory=count)

    def give(self, wanted: Groundwork, below: SimpleNamespace | None = None) -> SimpleNamespace:
        """The rows for the test that runs: its copy if they are laid, else built on ``below`` within the test."""
        if self.given is not None and wanted in [layer for layer, _rows, _block in self.layers]:
            return self.given
        return wanted.build(below)

    @contextmanager
    def under(self, item: pytest.Item) -> Iterator[None]:
        """Lay what this test begins with before its own transaction opens. Needs access to the database."""
        wanted = _wanted(item)
        if not wanted:
            self.clear()
            yield
            return
        self._lay(item, wanted)
        self.given = copy.deepcopy(self.layers[-1][1])
        cache = caches["default"]
        prefix, cache.key_prefix = cache.key_prefix, f"{cache.key_prefix}-{next(self.spaces)}"
        try:
            yield
        finally:
            cache.key_prefix = prefix
            self.given = None
            if self.last or connection.closed_in_transaction or connection.needs_rollback:
                self.clear()

    def _lay(self, item: pytest.Item, wanted: tuple[Groundwork, ...]) -> None:
        if self.module != item.path or connection.closed_in_transaction:
            self.clear()
        same = 0
        while same < min(len(self.layers), len(wanted)) and self.layers[same][0] is wanted[same]:
            same += 1
        self.clear(same)
        self.module = item.path
        for layer in wanted[same:]:
            rows = copy.deepcopy(self.layers[-1][1]) if self.layers else None
            block = transaction.atomic()
            block._from_testcase = True  # type: ignore[attr-defined]  # as in Django's TestCase: blocks that must be outermost may lie inside
            block.__enter__()
            try:
                made = layer.build(rows)
                connection.check_constraints()  # once here, not again at the end of each test
            except BaseException:
                transaction.set_rollback(True)
                block.__exit__(None, None, None)
                raise
            self.layers.append((layer, made, block))

    def clear(self, down_to: int = 0) -> None:
        """Roll back what is laid above so many layers."""
        while len(self.layers) > down_to:
            _layer, _rows, block = self.layers.pop()
            transaction.set_rollback(True)
            block.__exit__(None, None, None)

    def before(self, item: pytest.Item) -> None:
        """A test is about to be set up: nothing may lie open that it would not stand on."""
        if self.layers and not self._stays(item):
            self.clear()

    def after(self, item: pytest.Item, following: pytest.Item | None) -> None:
        """A test is about to be torn down: what lies open ends with it, before the module's fixtures, unless the next one stands on it."""
        self.last = following is None or not self._stays(following)
        if self.layers and self.last and self.given is None:
            self.clear()

    def _stays(self, item: pytest.Item) -> bool:
        return item.path == self.module and (bool(_wanted(item)) or not _meets_database(item))


def _definitions(item: pytest.Item) -> dict[str, Any]:
    """The fixtures of a test by name, those that hold for it."""
    info = getattr(item, "_fixtureinfo", None)
    return {name: found[-1] for name, found in info.name2fixturedefs.items()} if info else {}


def _meets_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is not None or "django_db_setup" in _definitions(item)


def _wanted(item: pytest.Item) -> tuple[Groundwork, ...]:
    """The layers for a test, from the bottom; empty if it has none or keeps its rows in another way."""
    found = _definitions(item)
    marker = item.get_closest_marker("django_db")
    if found.keys() & COMMITTED or (marker and (marker.args or marker.kwargs)):
        return ()
    if any(one.scope != "function" and "django_db_blocker" in one.argnames and one.func.__module__ not in SETUP for one in found.values()):
        return ()  # rows of a whole module, committed
    marked = [one.func.groundwork for one in found.values() if hasattr(one.func, "groundwork")]
    whole = [one.layers() for one in marked if set(one.layers()) <= set(marked)]
    return max(whole, key=len, default=())
