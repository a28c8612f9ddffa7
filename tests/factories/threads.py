"""Several people at the same moment, each on a real connection of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections
from django.utils import translation


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run functions on threads of their own, released together; results or exceptions in order."""
    barrier = threading.Barrier(len(works))
    connections["default"].close()  # back to the pool: the threads may need them all

    def run(work: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=10)
            with translation.override("en"):
                return work()
        except Exception as error:
            return error
        finally:
            for alias in ("default", "maint"):
                connections[alias].close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))
