"""A whole site of the test's own: gunicorn, a Celery worker and Redis as processes, a real browser in front."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, sync_playwright

from tests.compliance.reports.workers import BASE, Broker, Worker, wait, with_name
from tests.factories import cast

ARGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@dataclass
class Site:
    """The running site and the people in it."""

    url: str
    world: Any
    log: Path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in this thread
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGS)
        yield running
        running.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture
def site(live_db: None, tmp_path: Path) -> Iterator[Site]:
    """Two organisations with the cast, served by processes of their own."""
    world = cast.build_world()
    with served(tmp_path, world) as running:
        yield running


@contextmanager
def served(folder: Path, world: Any = None) -> Iterator[Site]:
    """What is in the test database, in front of a browser: gunicorn and a worker of the reports, with a broker of their own."""
    with ExitStack() as stack:
        broker = Broker(folder / "redis")
        stack.callback(broker.kill)
        broker.start()
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        log = folder / "web.log"
        stack.callback(end, _web(broker, port, url, log))
        stack.callback(Worker(broker, folder / "worker.log").kill)
        wait(lambda: answers(url), 60, "the site answers", log)
        yield Site(url, world, log)


def _web(broker: Broker, port: int, url: str, log: Path) -> subprocess.Popen[bytes]:
    """gunicorn with threads, as the product is served."""
    names = {"DATABASE_URL": "default", "MIGRATE_DATABASE_URL": "migrate", "MAINT_DATABASE_URL": "maint"}
    environment = os.environ | {key: with_name(os.environ.get(key, os.environ["DATABASE_URL"]), alias) for key, alias in names.items()}
    environment |= {
        "REDIS_URL": f"unix://{broker.socket}",
        "CACHE_URL": f"unix://{broker.socket}?db=1",
        "DATA_DIR": str(Path(settings.MEDIA_ROOT).parent),
        "PORT": str(port),
        "SITE_URL": url,
        "ALLOWED_HOSTS": "127.0.0.1",
        "CSRF_TRUSTED_ORIGINS": url,
        "TENFOLD_TESTING": "1",
        "DEBUG": "0",
    }
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "portal.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "2"),
            *("-k", "gthread", "--threads", "4", "--timeout", "60", "--graceful-timeout", "5"),
        ],
        cwd=BASE,
        env=environment,
        stdout=log.open("ab"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a server with its children; one that does not want to is killed."""
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
