"""The supervisor that keeps database, broker, web, workers and beat running: its configuration, and talking to it."""

import os
import shlex
import shutil
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from string import Template

from ground import machine
from ground.say import Refusal, run
from ground.settings import Installation, number

# Every process we start carries this; after a crash of the supervisor it tells ours from all others.
MARK = "TENFOLD_SUPERVISED"
APPLICATION = "application:*"


def write_configuration(place: Installation, sockets: Path, postgres: Path | None) -> Path:
    """Render deploy/supervisord.conf.template; parts for servers that are not ours are left out."""
    template = (place.root / "deploy" / "supervisord.conf.template").read_text(encoding="utf-8")
    sections = template.split("\n[")
    kept = [sections[0]]
    for section in sections[1:]:
        name = section.partition("]")[0]
        if (name == "program:postgres" and not place.own_database) or (name == "program:redis" and not place.own_redis):
            continue
        kept.append(section)
    concurrency = number(place.values, "WORKER_CONCURRENCY", max(1, min(machine.cores(), 8)))
    values = {
        "root": place.root,
        "var": place.var,
        "sockets": sockets,
        "python": place.python,
        "postgres": (postgres or Path("/nonexistent")) / "postgres",
        "redis": redis_programme(),
        "concurrency": concurrency,
    }
    # The supervisor's own language gives % a meaning, and splits command lines as a shell does; other values are taken as they stand.
    plain = {name: str(value).replace("%", "%%") for name, value in values.items()}
    quoted = {name: shlex.quote(str(value)).replace("%", "%%") for name, value in values.items()}
    # It reads the % of these twice.
    twice = {name: value.replace("%", "%%") for name, value in plain.items()}
    kinds = {"command": quoted, "stdout_logfile": twice}
    lines = "\n[".join(kept).splitlines(keepends=True)
    text = "".join(Template(line).substitute(kinds.get(line.partition("=")[0], plain)) for line in lines)
    target = place.var / "supervisord.conf"
    target.write_text(text, encoding="utf-8")
    return target


def redis_configuration(template: str, sockets: Path, folder: Path) -> str:
    """Render deploy/redis.conf.template; its values stand in quotes, in which a backslash has a meaning."""
    escaped = {name: str(path).replace("\\", "\\\\").replace('"', '\\"') for name, path in (("sockets", sockets), ("folder", folder))}
    return Template(template).substitute(escaped)


def redis_programme() -> str:
    """The Redis server's programme, or Valkey's where a distribution ships that instead."""
    return shutil.which("redis-server") or shutil.which("valkey-server") or "/usr/bin/redis-server"


def control(place: Installation, *words: str) -> str:
    """Ask the running supervisor something; returns its answer."""
    command: list[str | Path] = [place.python, "-m", "supervisor.supervisorctl", "-c", place.var / "supervisord.conf", *words]
    return run(command, what=f"supervisorctl {' '.join(words)}")


def states(place: Installation) -> dict[str, str]:
    """Programme name -> state such as RUNNING; empty when no supervisor runs."""
    if running_process(place) is None:
        return {}
    try:
        answer = control(place, "status")
    except Refusal as refusal:
        # supervisorctl exits with 3 when something is not running, and still prints the list.
        answer = str(refusal)
    known = {"RUNNING", "STARTING", "STOPPED", "STOPPING", "BACKOFF", "EXITED", "FATAL", "UNKNOWN"}
    found = {}
    for line in answer.splitlines():
        words = line.split()
        if len(words) >= 2 and words[1] in known:
            found[words[0].rpartition(":")[2]] = words[1]
    return found


def running_process(place: Installation) -> int | None:
    """Process number of the living supervisor of this installation, or None."""
    try:
        found = int((place.var / "supervisord.pid").read_text())
        words = Path(f"/proc/{found}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return found if os.fsencode(place.var / "supervisord.conf") in words else None


def start(place: Installation, environment: Mapping[str, str]) -> None:
    """Start the supervisor with database and broker; web and workers wait until the tables are ready."""
    (place.var / "supervisord.pid").unlink(missing_ok=True)
    command: list[str | Path] = [place.python, "-m", "supervisor.supervisord", "-c", place.var / "supervisord.conf"]
    run(command, what="Starting the supervisor", cwd=place.var, exact_env={**environment, MARK: str(place.var)})


def stop(place: Installation, seconds: float = 120) -> bool:
    """Stop everything in order and wait for it; True when something ran."""
    found = running_process(place)
    if found is not None:
        os.kill(found, signal.SIGTERM)
        limit = time.monotonic() + seconds
        while running_process(place) is not None:
            if time.monotonic() > limit:
                raise Refusal(f"The supervisor (process {found}) does not end; see {place.logs}/supervisord.log")
            time.sleep(0.1)
    return bool(sweep(place)) or found is not None


def sweep(place: Installation) -> int:
    """End processes that outlived a supervisor that was killed; returns how many there were."""
    left = left_over(place)
    for signal_number, seconds in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)):
        for process in left_over(place):
            try:
                os.kill(process, signal_number)
            except ProcessLookupError:
                continue
        limit = time.monotonic() + seconds
        while left_over(place) and time.monotonic() < limit:
            time.sleep(0.1)
    return len(left)


def left_over(place: Installation) -> list[int]:
    """Our processes without a supervisor: the account of the installation, the same file system, our mark in the environment."""
    if not place.var.exists():
        return []
    mark, owner = f"{MARK}={place.var}".encode(), place.var.stat().st_uid
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.stat().st_uid != owner or int(process.name) == os.getpid():
                continue
            if mark in (process / "environ").read_bytes().split(b"\0") and os.path.samefile(process / "root", "/"):
                found.append(int(process.name))
        except OSError:
            continue
    return found
