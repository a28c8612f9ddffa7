"""A real bin/up beside everything else: what runs, as whom, what listens, and how it survives being killed."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from ground import account, settings, supervisor
from ground.settings import ROOT, Installation

# Seconds; two to four on an idle machine, but other tests run at the same time.
QUICK = 120
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@dataclass
class Running:
    """One installation of its own, in a temporary folder."""

    place: Installation
    environment: dict[str, str]

    def up(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([ROOT / "bin" / "up", *words], env=self.environment, capture_output=True, text=True, check=False)

    def page(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.place.port}/", timeout=20) as answer:
            return int(answer.status)

    def servers(self) -> dict[str, int]:
        """What a second start leaves alone, by name: supervisor, database, broker."""
        found = {name: int(supervisor.control(self.place, "pid", name)) for name in ("postgres", "redis")}
        return {"supervisor": supervisor.running_process(self.place) or 0, **found}

    def processes(self) -> list[int]:
        """All of them: those that carry our mark, the supervisor's other children, and their children."""
        root = supervisor.running_process(self.place)
        found = {root} if root else set()
        parents = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
        grown = True
        while grown:
            more = {child for child, parent in parents.items() if parent in found} - found
            found |= more
            grown = bool(more)
        return sorted(found)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    if os.geteuid() == 0:
        who = account.ensure(account.DEFAULT_NAME)
        if not account.can_use(who, ROOT, ROOT / "manage.py", ROOT / ".venv" / "bin" / "python"):
            pytest.skip(f"The account {who.pw_name} may not read {ROOT}; bin/up would refuse, and says so.")
    # Not below pytest's own folders, which are closed to the account that root hands over to.
    # The blank and the signs are meant: people keep projects in such folders.
    var = Path("/tmp") / f"tenfold up+100% {os.getpid()}"
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/nonexistent")}
    environment |= {"VAR_DIR": str(var), "PORT": str(_free_port()), "WEB_WORKERS": "2"}
    it = Running(settings.read(environment), environment)
    try:
        done = it.up("--detach", "--no-demo")
        assert done.returncode == 0, done.stdout + done.stderr
        yield it
    finally:
        done = it.up("--stop")
        assert done.returncode == 0, done.stdout + done.stderr
        assert supervisor.left_over(it.place) == []
        subprocess.run(["rm", "-rf", str(var)], check=True)


def test_it_answers_a_stranger_and_says_that_all_runs(running: Running) -> None:
    assert running.page() == 200
    status = running.up("--status")
    assert status.returncode == 0, status.stdout
    for name in ("postgres", "redis", "web", "worker", "worker-reports", "beat"):
        assert f"  {name:<15} running" in status.stdout


def test_nothing_of_it_runs_as_root_and_only_the_web_server_listens_on_a_port(running: Running) -> None:
    processes = running.processes()
    assert len(processes) > 8
    owners = set()
    for process in processes:
        with suppress(FileNotFoundError):  # short-lived ones come and go
            owners.add(Path(f"/proc/{process}").stat().st_uid)
    assert 0 not in owners
    assert len(owners) == 1
    listening = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for fields in (line.split() for line in Path(table).read_text().splitlines()[1:]):
            if fields[3] == "0A":
                listening[f"socket:[{fields[9]}]"] = int(fields[1].rpartition(":")[2], 16)
    held = set()
    for process in processes:
        with suppress(FileNotFoundError, ProcessLookupError):  # the process has ended
            for handle in Path(f"/proc/{process}/fd").iterdir():
                with suppress(FileNotFoundError, ProcessLookupError):  # the descriptor is closed
                    held.add(os.readlink(handle))
    assert {port for name, port in listening.items() if name in held} == {running.place.port}


def test_secrets_and_sockets_are_for_the_account_alone(running: Running) -> None:
    # The folder's path is nothing for sockets, so they lie elsewhere; the installation remembers where.
    sockets = Path((running.place.var / "run-folder").read_text(encoding="utf-8").strip())
    assert sockets.stat().st_mode & 0o777 == 0o700
    for name, mode in (("", 0o700), ("secret-key", 0o600), ("demo-password", 0o600)):
        assert (running.place.var / name).stat().st_mode & 0o777 == mode, name


def test_a_second_start_is_quick_and_changes_nothing(running: Running) -> None:
    before = running.servers()
    started = time.monotonic()
    done = running.up("--detach", "--no-demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert time.monotonic() - started < QUICK
    assert running.servers() == before
    assert 0 not in before.values()
    assert running.up("--stop").returncode == 0
    started = time.monotonic()
    assert running.up("--detach", "--no-demo").returncode == 0
    assert time.monotonic() - started < QUICK


def test_manage_runs_with_the_same_settings(running: Running) -> None:
    done = subprocess.run([ROOT / "bin" / "manage", "check"], env=running.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _reports_workers(running: Running) -> set[int]:
    found = set()
    for number in running.processes():
        try:
            if b"reports@" in Path(f"/proc/{number}/cmdline").read_bytes():
                found.add(number)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def test_a_killed_worker_comes_back(running: Running) -> None:
    before = _reports_workers(running)
    assert before
    for number in before:
        os.kill(number, signal.SIGKILL)
    limit = time.monotonic() + 60
    now = before
    while time.monotonic() < limit and (not now or now & before):
        time.sleep(0.2)
        now = _reports_workers(running)
    assert now, (running.place.logs / "supervisord.log").read_text()[-3000:]
    assert not now & before


def test_a_killed_supervisor_is_cleared_away_by_the_next_start(running: Running) -> None:
    found = supervisor.running_process(running.place)
    assert found is not None
    os.kill(found, signal.SIGKILL)
    done = running.up("--detach", "--no-demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "An earlier run was cut off" in done.stdout
    assert running.page() == 200


def test_a_closed_port_of_another_programme_is_named_while_we_run(running: Running) -> None:
    """A second installation on the same port is told who has it."""
    other = {**running.environment, "VAR_DIR": f"{running.environment['VAR_DIR']}-other"}
    done = subprocess.run([ROOT / "bin" / "up", "--detach"], env=other, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"Port {running.place.port} is taken by python" in done.stdout
