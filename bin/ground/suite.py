"""bin/test: everything the tests need, a database and a broker of their own, the checks of the code, then pytest."""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ground import account, machine, packages, postgres, settings, tools
from ground.say import Refusal, command_environment, plain_output, say, step
from ground.settings import Installation
from ground.supervisor import redis_configuration, redis_programme

USAGE = """\
bin/test                     every test, and the checks of the code beside them
bin/test --checks            only the checks of the code
bin/test tests/portal -k x   only pytest, with these arguments (put --all first to check the code too)
bin/test --start             only start the private database and broker, print their settings, wait for Ctrl-C
"""
NEEDED_MIB = 2500
PROCESSES = 2
NICE = 10  # the checks take the time that tests leave which wait for a page or a worker


@dataclass(frozen=True)
class Check:
    """One check of the code: a name, a command, and settings that it needs."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run bin/test; returns its exit code: pytest's, or 1 when a check of the code failed."""
    plain_output()
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] in (["--help"], ["-h"]):
        say(USAGE)
        return 0
    mode = words.pop(0) if words[:1] in (["--checks"], ["--all"], ["--start"]) else ""
    _end_like_ctrl_c()
    try:
        account.use_shared_python()
        machine.check_kind()
        return _test(settings.read({}), mode, words)
    except Refusal as refusal:
        say(f"\n{refusal}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130


def _end_like_ctrl_c() -> None:
    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt(number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


def _test(place: Installation, mode: str, words: Sequence[str]) -> int:
    if not (place.venv / "bin" / "pytest").exists():
        machine.check_space(place.root, NEEDED_MIB)
    packages.ensure(testing=True)
    with tools.alone_in_tree(place):
        tools.ensure_python(place, testing=True)
        tools.ensure_node_modules(place)
        tools.ensure_messages(place)
        tools.ensure_build(place, tools.source_fingerprint(place), collect=False)
    with services(place) as environment:
        if mode == "--start":
            return _wait(environment)
        if mode == "--checks":
            failed = _check_code(place, environment)
            say(f"Failed: {', '.join(failed)}" if failed else "All checks of the code passed.")
            return 1 if failed else 0
        return _pytest(place, environment, words, checking=bool(mode) or not words)


def _wait(environment: Mapping[str, str]) -> int:
    for name in sorted(set(environment) - set(command_environment())):
        say(f"{name}={environment[name]}")
    say("# Ctrl-C stops database and broker.")
    while True:
        time.sleep(1)


@contextmanager
def services(place: Installation) -> Iterator[dict[str, str]]:
    """A fresh database cluster and brokers on private sockets, gone afterwards; yields the environment for tests."""
    with ExitStack() as stack:
        with step("Database and broker for the tests"):
            folder = Path(tempfile.mkdtemp(prefix="tenfold-test-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            who = account.ensure(os.environ.get("TENFOLD_USER") or account.DEFAULT_NAME) if os.geteuid() == 0 else None
            sockets = _start_postgres(place, folder, who, stack)
            brokers = [f"gw{number}" for number in range(PROCESSES)] + ["main"]
            for name in brokers:
                _start_redis(place, folder, sockets, name, stack)
        yield _environment(place, folder, sockets)


def _start_postgres(place: Installation, folder: Path, who: account.Account | None, stack: ExitStack) -> Path:
    data, template = folder / "postgres" / "data", place.root / "deploy" / "postgresql.conf.template"
    sockets = folder / "s"
    for made in (data.parent, sockets):
        made.mkdir(mode=0o700)
    words = template.read_text(encoding="utf-8")

    def make() -> bool:
        postgres.make_cluster(data, lasting=False)
        postgres.configure(data, words, sockets, lasting=False)
        return True

    if who is None:
        make()
    else:
        folder.chmod(0o711)
        for made in (data.parent, sockets):
            os.chown(made, who.pw_uid, who.pw_gid)
        if not account.as_account(who, make):
            raise Refusal("The database for the tests could not be made.")
    programmes = postgres.binaries_for(data)
    log = folder / "postgres.log"
    _start([programmes / "postgres", "-D", data], log, who, stack, signal.SIGINT)
    postgres.wait_ready(programmes, sockets, 30, log)
    postgres.make_roles(programmes, sockets, place.root / "deploy" / "roles.sql")
    return sockets


def _start_redis(place: Installation, folder: Path, sockets: Path, name: str, stack: ExitStack) -> None:
    home = folder / f"redis-{name}"
    home.mkdir()
    template = (place.root / "deploy" / "redis.conf.template").read_text(encoding="utf-8")
    (home / "redis.conf").write_text(redis_configuration(template, home, home), encoding="utf-8")
    _start([redis_programme(), home / "redis.conf"], home / "log", None, stack, signal.SIGTERM)
    limit = time.monotonic() + 20
    while not (home / "redis.sock").is_socket():
        if time.monotonic() > limit:
            raise Refusal(f"Redis did not start:\n{postgres.last_lines(home / 'log')}")
        time.sleep(0.02)


def _start(command: Sequence[str | Path], log: Path, who: account.Account | None, stack: ExitStack, end: signal.Signals) -> None:
    """A server that ends when we do, however we end."""
    libc = ctypes.CDLL(None)

    def follow_parent() -> None:
        libc.prctl(1, end)

    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
            env=command_environment(),
            preexec_fn=follow_parent,
            user=None if who is None else who.pw_uid,
            group=None if who is None else who.pw_gid,
            extra_groups=None if who is None else [],
        )

    def stop() -> None:
        process.send_signal(end)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    stack.callback(stop)


def _environment(place: Installation, folder: Path, sockets: Path) -> dict[str, str]:
    """What the tests read. Processes of pytest-xdist get a broker and folders of their own (ground/pytest_plugin.py)."""
    base = {name: text for name, text in command_environment().items() if name not in settings.setting_names(place.root)}
    database = f"postgresql://{{role}}@/tenfold?host={sockets}"
    return {
        **base,
        "TENFOLD_TESTING": "1",
        "TENFOLD_TEST_FOLDER": str(folder),
        "PYTEST_PLUGINS": "ground.pytest_plugin",
        "PYTHONPATH": str(place.root / "bin"),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "SECRET_KEY": "for-tests-only-" + "x0y1z2w3" * 6,
        "DATABASE_URL": database.format(role="tenfold_app"),
        "MIGRATE_DATABASE_URL": database.format(role="tenfold_migrate"),
        "MAINT_DATABASE_URL": database.format(role="tenfold_maint"),
        "REDIS_URL": f"unix://{folder}/redis-main/redis.sock",
        "CACHE_URL": f"unix://{folder}/redis-main/redis.sock?db=1",
        "DATA_DIR": str(folder / "data-main"),
        "MAIL_DIR": str(folder / "mail-main"),
        "CHROMIUM": next((found for name in packages.BROWSERS if (found := shutil.which(name))), ""),
    }


def checks(place: Installation, environment: Mapping[str, str]) -> list[Check]:
    """Every check of the code, the slow one first."""
    programmes = place.venv / "bin"
    python = str(programmes / "python")
    production = {
        **environment,
        "TENFOLD_TESTING": "",
        "SITE_URL": "https://tenfold.example.com",
        "ALLOWED_HOSTS": "tenfold.example.com",
        "PYTEST_PLUGINS": "",
    }
    templates = [str(path.relative_to(place.root)) for path in sorted((place.root / "templates").rglob("*.html"))]
    return [
        Check("types (mypy)", (python, "-m", "mypy"), environment),
        Check("migrations complete", (python, "manage.py", "makemigrations", "--check", "--dry-run"), environment),
        Check("ready for production", (python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"), production),
        Check("import arrows", (str(programmes / "lint-imports"), "--no-cache"), {**environment, "PYTHONPATH": str(place.root)}),
        Check("lint (ruff)", (python, "-m", "ruff", "check", "--no-cache"), environment),
        Check("format (ruff)", (python, "-m", "ruff", "format", "--check", "--no-cache"), environment),
        Check("templates (djade)", (str(programmes / "djade"), "--check", "--target-version", "5.2", *templates), environment),
    ]


def _check_code(place: Installation, environment: Mapping[str, str]) -> list[str]:
    """Run the checks, as many at a time as there are processes for, and say how each ended; returns the names of those that failed."""
    with ThreadPoolExecutor(PROCESSES) as pool:
        return _told(pool.map(partial(_run_check, place), checks(place, environment)), say)


def _told(results: Iterable[tuple[Check, int, str, float]], tell: Callable[[str], None]) -> list[str]:
    failed = []
    for check, code, output, seconds in results:
        tell(f"  {check.name} … {'failed' if code else f'{seconds:.1f} s'}")
        if code:
            failed.append(check.name)
            tell("\n".join(output.strip().splitlines()[-60:]))
    return failed


def _run_check(place: Installation, check: Check) -> tuple[Check, int, str, float]:
    libc = ctypes.CDLL(None)

    def give_way() -> None:
        os.nice(NICE)
        libc.prctl(1, signal.SIGTERM)  # ends when we do, however we end

    started = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=place.root,
        env=dict(check.environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        preexec_fn=give_way,
    )
    return check, done.returncode, done.stdout, time.monotonic() - started


def _check_beside(place: Installation, environment: Mapping[str, str], report: Path) -> None:
    """The checks while the tests run, one by one in the time that those leave; our plugin waits for the report."""
    lines: list[str] = []
    failed = ["the checks were cut off"]
    try:
        failed = _told((_run_check(place, check) for check in checks(place, environment)), lines.append)
    finally:
        draft = report.with_suffix(".new")
        draft.write_text(json.dumps({"lines": lines, "failed": failed}), encoding="utf-8")
        draft.rename(report)


def _pytest(place: Installation, environment: dict[str, str], words: Sequence[str], *, checking: bool) -> int:
    command = [str(place.python), "-m", "pytest", *words]
    if not words:
        # By file: what a module sets up once (a browser, a whole bin/up) is set up once. Our plugin puts long files first.
        command += ["-q", "-n", str(PROCESSES), "--dist", "loadfile", "--no-loadscope-reorder"]
    if checking:
        # The plugin tells how they ended just above pytest's closing line, and makes the exit code tell.
        report = Path(environment["TENFOLD_TEST_FOLDER"]) / "checks.json"
        threading.Thread(target=_check_beside, args=(place, dict(environment), report), daemon=True).start()
        environment["TENFOLD_CHECKS"] = str(report)
    process = subprocess.Popen(command, cwd=place.root, env=environment, stdin=subprocess.DEVNULL)
    try:
        return process.wait()
    except KeyboardInterrupt as stopped:
        if stopped.args:  # a signal to us alone; Ctrl-C in a terminal has reached pytest already, a second would cut its tidying up
            process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
        raise
