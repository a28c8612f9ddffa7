"""A real worker and a real Redis of the test's own, to be killed in mid-work."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import connections

BASE = Path(settings.BASE_DIR)


class Broker:
    """redis-server on a socket in the test's folder, with the append-only file of the real one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "r.sock"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        program = shutil.which("redis-server")
        assert program, "redis-server is needed for this test"
        self.process = subprocess.Popen(
            [program, "--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder), "--appendonly", "yes", "--save", ""],
            stdout=subprocess.DEVNULL,
        )
        wait(lambda: self.answers(), 20, "redis answers")

    def answers(self) -> bool:
        try:
            return bool(redis.Redis(unix_socket_path=str(self.socket), socket_timeout=1).ping())
        except redis.RedisError:
            return False

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def empty(self) -> None:
        """Lose everything that was in it."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}"


class Worker:
    """A Celery worker of the reports queue in a process group of its own, on the test's database."""

    def __init__(self, broker: Broker, log: Path) -> None:
        names = {"DATABASE_URL": "default", "MIGRATE_DATABASE_URL": "migrate", "MAINT_DATABASE_URL": "maint"}
        own = {key: with_name(os.environ.get(key, os.environ["DATABASE_URL"]), alias) for key, alias in names.items()}
        environment = os.environ | own | {"REDIS_URL": f"unix://{broker.socket}", "DATA_DIR": str(Path(settings.MEDIA_ROOT).parent)}
        self.log = log
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "--app", "portal", "worker", "--queues", "reports", "--concurrency", "1"),
                *("--loglevel", "INFO", "--without-gossip", "--without-mingle", "--hostname", f"{log.stem}@%h"),
            ],
            cwd=BASE,
            env=environment,
            stdout=log.open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def kill(self) -> None:
        """kill -9 of parent and children, as a machine that loses power would."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def with_name(url: str, alias: str) -> str:
    """The address with the name of the test's database."""
    return re.sub(r"(://[^/]*/)[^?]*", rf"\g<1>{connections[alias].settings_dict['NAME']}", url, count=1)


def wait(true: Callable[[], Any], seconds: float, what: str, log: Path | None = None) -> Any:
    """Ask again and again until the answer is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := true():
            return value
        time.sleep(0.1)
    told = f"\n{log.read_text(errors='replace')[-3000:]}" if log and log.exists() else ""
    raise AssertionError(f"not within {seconds} s: {what}{told}")
