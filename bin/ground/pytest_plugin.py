"""Loaded by bin/test into pytest: own broker and folders for each process of pytest-xdist, and an honest end."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
FOLDER = os.environ.get("TENFOLD_TEST_FOLDER", "")
if WORKER.startswith("gw") and FOLDER:
    # Before Django's settings are read, so that two processes never share a queue, a cache or a mail folder.
    os.environ["REDIS_URL"] = f"unix://{FOLDER}/redis-{WORKER}/redis.sock"
    os.environ["CACHE_URL"] = f"unix://{FOLDER}/redis-{WORKER}/redis.sock?db=1"
    os.environ["DATA_DIR"] = f"{FOLDER}/data-{WORKER}"
    os.environ["MAIL_DIR"] = f"{FOLDER}/mail-{WORKER}"


HEAVY = ("browser", "slow", "pdf", "timeout")
PATIENCE = 900  # seconds that the checks of the code may take longer than the tests
CHECKS: dict[str, list[str]] = {}


def pytest_collection_modifyitems(items: list) -> None:  # type: ignore[type-arg]
    """Files with long tests first, so that no process works alone at the end; within a file nothing moves."""
    heavy = {item.path for item in items if any(item.get_closest_marker(name) for name in HEAVY)}
    items.sort(key=lambda item: item.path not in heavy)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Wait for the checks that ran beside the tests: green tests do not hide one that failed."""
    told = os.environ.get("TENFOLD_CHECKS")
    if WORKER or not told or exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return
    report, limit = Path(told), time.monotonic() + PATIENCE
    while not report.exists() and time.monotonic() < limit:
        time.sleep(0.2)
    CHECKS.update(json.loads(report.read_text("utf-8")) if report.exists() else {"lines": [], "failed": ["the checks did not end"]})
    if CHECKS["failed"] and exitstatus == 0:
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How the checks of the code ended, above the closing line."""
    if CHECKS:
        failed = CHECKS["failed"]
        terminalreporter.section("checks of the code", red=bool(failed), green=not failed)
        for line in CHECKS["lines"]:
            terminalreporter.line(line)
        terminalreporter.line(f"failed: {', '.join(failed)}" if failed else "all passed")
