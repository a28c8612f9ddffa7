"""Loaded by bin/test into pytest: own broker and folders for each process of pytest-xdist, and an honest end."""

import os

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
FOLDER = os.environ.get("TENFOLD_TEST_FOLDER", "")
if WORKER.startswith("gw") and FOLDER:
    # Before Django's settings are read, so that two processes never share a queue, a cache or a mail folder.
    os.environ["REDIS_URL"] = f"unix://{FOLDER}/redis-{WORKER}/redis.sock"
    os.environ["CACHE_URL"] = f"unix://{FOLDER}/redis-{WORKER}/redis.sock?db=1"
    os.environ["DATA_DIR"] = f"{FOLDER}/data-{WORKER}"
    os.environ["MAIL_DIR"] = f"{FOLDER}/mail-{WORKER}"


HEAVY = ("browser", "slow", "pdf")


def pytest_collection_modifyitems(items: list) -> None:  # type: ignore[type-arg]
    """Files with long tests first, so that no process works alone at the end; within a file nothing moves."""
    heavy = {item.path for item in items if any(item.get_closest_marker(name) for name in HEAVY)}
    items.sort(key=lambda item: item.path not in heavy)


def pytest_terminal_summary(terminalreporter: object) -> None:
    """Name the checks of the code that failed before the tests began, above the closing line."""
    if failed := os.environ.get("TENFOLD_FAILED_CHECKS"):
        terminalreporter.section("checks of the code", red=True)  # type: ignore[attr-defined]
        terminalreporter.line(f"failed before the tests: {failed} (see above)")  # type: ignore[attr-defined]


def pytest_sessionfinish(session: object, exitstatus: int) -> None:
    """Green tests do not hide a failed check."""
    if os.environ.get("TENFOLD_FAILED_CHECKS") and exitstatus == 0 and not WORKER:
        session.exitstatus = 1  # type: ignore[attr-defined]
