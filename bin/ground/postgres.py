"""A private PostgreSQL cluster on a unix socket: found, made, configured and reached without a system service."""

import os
import re
import shutil
import signal
import time
from pathlib import Path
from string import Template

from ground import machine
from ground.say import Refusal, run

OLDEST = 15
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin", "/usr/bin")


def newest_binaries(major: int | None = None) -> Path | None:
    """The folder of the newest PostgreSQL programmes, or of exactly one major version."""
    found: list[tuple[int, Path]] = []
    for pattern in PLACES:
        for folder in Path("/").glob(pattern.lstrip("/")):
            if (folder / "initdb").exists() and (folder / "postgres").exists():
                number = _major(folder)
                if number >= OLDEST and major in {None, number}:
                    found.append((number, folder))
    return max(found)[1] if found else None


def _major(folder: Path) -> int:
    named = re.search(r"(\d+)/bin$", str(folder))
    if named:
        return int(named.group(1))
    told = re.search(r"\) (\d+)", run([folder / "postgres", "--version"], what="Asking PostgreSQL for its version"))
    return int(told.group(1)) if told else 0


def binaries_for(data: Path) -> Path:
    """The programmes for a cluster: its own major version if it exists, else the newest."""
    version = data / "PG_VERSION"
    if not version.exists():
        newest = newest_binaries()
        if newest is None:
            raise Refusal("PostgreSQL 15 or newer was not found; bin/up --packages, run by root, installs it.")
        return newest
    major = int(version.read_text().split(".")[0])
    found = newest_binaries(major)
    if found is None:
        raise Refusal(
            f"The database in {data} was made by PostgreSQL {major}, whose programmes are gone from this machine. "
            f"Install postgresql-{major}, or move the data with pg_upgrade (docs/operations.md)."
        )
    return found


def make_cluster(data: Path, *, lasting: bool = True) -> Path:
    """Make the cluster unless it exists, whole or not at all; returns the folder of its programmes."""
    programmes = binaries_for(data)
    if (data / "PG_VERSION").exists():
        return programmes
    draft = data.with_name(data.name + ".new")
    if draft.exists():
        shutil.rmtree(draft)
    draft.parent.mkdir(parents=True, exist_ok=True)
    command: list[str | Path] = [programmes / "initdb", "-D", draft, "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8"]
    command += ["--auth-local=trust", "--auth-host=reject", "--data-checksums"]
    run([*command, *([] if lasting else ["--no-sync"])], what="Making the database cluster")
    with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("include = 'tenfold.conf'\n")
    (draft / "tenfold.conf").touch()
    draft.rename(data)
    return programmes


def configure(data: Path, template: str, sockets: Path, *, lasting: bool = True) -> None:
    """Write tenfold.conf: sockets only, sizes by this machine. `lasting` off trades safety for speed, in tests."""
    memory = machine.memory_mib()
    text = Template(template).substitute(
        sockets=str(sockets).replace("'", "''"),
        shared_buffers=f"{max(128, min(memory // 8, 4096))}MB" if lasting else "128MB",
        effective_cache_size=f"{max(256, memory // 2)}MB",
        durable="on" if lasting else "off",
    )
    (data / "tenfold.conf").write_text(text, encoding="utf-8")


def wait_ready(programmes: Path, sockets: Path, seconds: float, log: Path) -> None:
    """Wait until the server accepts connections."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            run([programmes / "pg_isready", "-q", "-h", sockets, "-U", "postgres", "-d", "postgres"], what="Waiting for PostgreSQL")
            return
        except Refusal:
            time.sleep(0.1)
    raise Refusal(f"PostgreSQL did not start within {seconds:.0f} s. Its log says why: {log}\n{last_lines(log)}")


def make_roles(programmes: Path, sockets: Path, sql: Path) -> None:
    """Make the three roles and the database `tenfold`; harmless when they exist."""
    run(
        [programmes / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", sockets, "-U", "postgres", "-d", "postgres", "-f", sql],
        what="Making the database roles",
    )


def tidy_after_crash(data: Path) -> bool:
    """End a server that outlived its supervisor, and drop the lock of one that is gone. True when there was something."""
    lock = data / "postmaster.pid"
    try:
        number = int(lock.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return False
    if _serves(number, data):
        os.kill(number, signal.SIGINT)
        for _ in range(300):
            if not _serves(number, data):
                return True
            time.sleep(0.1)
        raise Refusal(f"An earlier PostgreSQL (process {number}) does not end; stop it by hand and start again.")
    # The process number may belong to something else by now; PostgreSQL would refuse to start over it.
    lock.unlink(missing_ok=True)
    return True


def _serves(number: int, data: Path) -> bool:
    try:
        words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
        return os.fsencode(data) in words and os.stat(f"/proc/{number}").st_uid == os.geteuid()
    except OSError:
        return False


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a log file, indented."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
    except OSError:
        return ""
    return "\n".join("    " + line for line in lines)
