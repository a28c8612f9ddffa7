"""bin/up: from whatever this machine has to a running Tenfold, and stopping, asking and preparing it."""

import argparse
import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ground import account, application, machine, packages, postgres, settings, stamps, supervisor, tools
from ground.say import Refusal, plain_output, say, step
from ground.settings import Installation

NEEDED_MIB_FRESH = 1800
NEEDED_MIB_LATER = 300


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="bin/up",
        description="Sets up and runs Tenfold: installs what is missing, then database, broker, web, workers. "
        "Without a flag it stays in the foreground and Ctrl-C stops everything.",
        epilog=settings.HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--detach", action="store_true", help="return when everything runs")
    what.add_argument("--stop", action="store_true", help="stop everything")
    what.add_argument("--status", action="store_true", help="say what runs; exit code 3 when something does not")
    what.add_argument("--packages", action="store_true", help="as root: only install the Debian packages, those for bin/test too")
    parser.add_argument("--no-demo", action="store_true", help="do not load the demo organisations, now and at later starts")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run bin/up; returns its exit code."""
    plain_output()
    options = parse(sys.argv[1:] if arguments is None else arguments)
    end_like_ctrl_c()
    try:
        account.use_shared_python()
        machine.check_kind()
        if options.packages:
            return _packages()
        place = settings.read()
        if options.stop:
            return _stop(place)
        if options.status:
            return _status(place)
        return _up(place, detach=options.detach, demo=not options.no_demo)
    except Refusal as refusal:
        say(f"\n{refusal}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped. Start again: it goes on where it was.")
        return 130


def end_like_ctrl_c() -> None:
    """A polite end (kill, a closed terminal) tidies up as Ctrl-C does; what nohup set to be ignored stays ignored."""

    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, end)


def _packages() -> int:
    if os.geteuid() != 0:
        raise Refusal("bin/up --packages installs Debian packages, so root must run it (sudo bin/up --packages).")
    machine.check_space(Path("/usr"), 1000 if packages.missing(testing=True) else 0)
    packages.ensure(testing=True)
    say("The Debian packages are there. Now any account can run bin/up and bin/test.")
    return 0


def _stop(place: Installation) -> int:
    if not place.var.exists():
        say("Nothing runs here.")
        return 0
    hand_over(place)
    stopped = supervisor.stop(place)
    stopped = postgres.tidy_after_crash(place.var / "postgres") or stopped
    say("Stopped." if stopped else "Nothing ran here.")
    return 0


def _status(place: Installation) -> int:
    if place.var.exists():
        hand_over(place)
    states = supervisor.states(place) if place.var.exists() else {}
    if not states:
        say("Tenfold does not run. Start it: bin/up --detach")
        return 3
    for name, state in states.items():
        say(f"  {name:<15} {state.lower()}")
    well = all(state == "RUNNING" for state in states.values())
    address = _started(place).get("address", place.address)
    say(f"{address}  {'everything runs' if well else f'something does not run; logs: {place.logs}'}")
    return 0 if well else 3


def _up(place: Installation, *, detach: bool, demo: bool) -> int:
    ours = place.var.exists() and supervisor.running_process(place) is not None
    if not ours and not (place.var.exists() and supervisor.left_over(place)):
        machine.check_port(place.bind, place.port)
    fresh = not (place.venv / ".tenfold-stamp").exists()
    machine.check_space(place.root, NEEDED_MIB_FRESH if fresh else NEEDED_MIB_LATER)
    say("Tenfold 十问: getting ready")
    packages.ensure(testing=False)
    source = _prepare_tree(place)
    hand_over(place)
    with _alone(place):
        people = _run_everything(place, source, demo=demo)
        try:
            report, failure = application.order_demo_report(place, people)
        except BaseException:
            if not ours:
                supervisor.stop(place)
            raise
    say(application.summary(place, people, report))
    if failure:
        say(f"\n{failure}")
    if detach or ours:
        say("Stop it: bin/up --stop")
        return 1 if failure else 0
    return _stay(place)


def _prepare_tree(place: Installation) -> str:
    """Everything that lies in the project folder and may belong to root; returns the fingerprint of the sources."""
    before = os.umask(0o022)
    with tools.alone_in_tree(place):
        tools.ensure_python(place, testing=False)
        tools.ensure_node_modules(place)
        tools.ensure_messages(place)
        source = tools.source_fingerprint(place)
        tools.ensure_build(place, source, collect=True)
    os.umask(before)
    return source


def hand_over(place: Installation) -> None:
    """From here on nothing is done as root: the account that owns the installation takes over."""
    if os.geteuid() == 0:
        name = settings.owner_of(place.var, os.environ.get("TENFOLD_USER") or account.DEFAULT_NAME)
        who = account.ensure(name)
        account.own(place.var, who)
        if place.values.get("DATA_DIR"):
            account.own(place.data, who, 0o750)
        needed = [place.root, place.root / "manage.py"]
        if place.python.exists():
            needed += [place.python, place.build]
        if not account.can_use(who, *needed):
            raise Refusal(
                f"Started as root, Tenfold runs as the account {name}, which may not read {place.root} or the Python in it. "
                "Put the project into a folder that everyone may enter, such as /srv/tenfold; or start bin/up as an ordinary user."
            )
        account.become(who)
    os.umask(0o027)
    try:
        settings.private_folder(place.var)
    except PermissionError as error:
        raise Refusal(f"This account may not write in {place.var.parent}.") from error
    if place.values.get("DATA_DIR"):
        place.data.mkdir(parents=True, exist_ok=True)
        if not os.access(place.data, os.W_OK | os.X_OK):
            raise Refusal(f"DATA_DIR is {place.data}, where this account may not write.")


@contextmanager
def _alone(place: Installation) -> Iterator[None]:
    """Two bin/up at once take turns."""
    with (place.var / "up.lock").open("w", encoding="utf-8") as lock:
        tools.take_turn(lock.fileno(), "Another bin/up is at work here; waiting for it.")
        yield


def _run_everything(place: Installation, source: str, *, demo: bool) -> str:
    """Servers, tables, demo, web and workers; returns the demo's sign-ins. A failure stops what this run started."""
    sockets = settings.socket_folder(place.var)
    for folder in (place.logs, place.var / "home", place.var / "cache", place.var / "mail", place.data):
        folder.mkdir(parents=True, exist_ok=True)
    environment = settings.application_environment(place, sockets)
    application.check_reachable(place, environment)
    run_as = stamps.fingerprint(json.dumps(environment, sort_keys=True))
    if supervisor.running_process(place) is not None and _started(place).get("environment") != run_as:
        with step("Stopping what runs with other settings"):
            supervisor.stop(place)
    started_here = supervisor.running_process(place) is None
    try:
        if started_here:
            _start_servers(place, sockets, environment)
        return _start_application(place, source, environment, run_as, demo=demo)
    except BaseException:
        if started_here:
            supervisor.stop(place)
        raise


def _start_application(place: Installation, source: str, environment: dict[str, str], run_as: str, *, demo: bool) -> str:
    application.migrate(place, environment)
    without = place.var / "without-demo"
    if not demo:
        without.touch()
    people = "" if without.exists() else application.load_demo(place, environment)
    restart = _started(place).get("source") not in {None, source}
    with step("Restarting web, workers and beat" if restart else "Starting web, workers and beat"):
        supervisor.control(place, "restart" if restart else "start", supervisor.APPLICATION)
        _wait_for_page(place, 60)
        _all_running(place)
    now = {"environment": run_as, "source": source, "address": place.address, "bind": place.bind, "port": place.port}
    stamps.write(place.var / "started.json", json.dumps(now))
    return people


def _start_servers(place: Installation, sockets: Path, environment: dict[str, str]) -> None:
    left = supervisor.sweep(place)
    data = place.var / "postgres"
    if postgres.tidy_after_crash(data) or left:
        say("  An earlier run was cut off; what it left behind is cleared away.")
    machine.check_port(place.bind, place.port)
    programmes = None
    if place.own_database:
        if not (data / "PG_VERSION").exists():
            with step("New database cluster"):
                programmes = postgres.make_cluster(data)
        programmes = postgres.make_cluster(data)
        template = (place.root / "deploy" / "postgresql.conf.template").read_text(encoding="utf-8")
        postgres.configure(data, template, sockets)
    if place.own_redis:
        (place.var / "redis").mkdir(exist_ok=True)
        template = (place.root / "deploy" / "redis.conf.template").read_text(encoding="utf-8")
        text = supervisor.redis_configuration(template, sockets, place.var / "redis")
        (place.var / "redis.conf").write_text(text, encoding="utf-8")
    supervisor.write_configuration(place, sockets, programmes)
    (place.var / "started.json").unlink(missing_ok=True)
    with step("Starting database and broker" if place.own_database or place.own_redis else "Starting the supervisor"):
        supervisor.start(place, environment)
        if programmes is not None:
            postgres.wait_ready(programmes, sockets, 60, place.logs / "postgres.log")
            stamp, sql = data / "tenfold-roles", place.root / "deploy" / "roles.sql"
            if not stamps.is_current(stamp, stamps.fingerprint(sql)):
                postgres.make_roles(programmes, sockets, sql)
                stamps.write(stamp, stamps.fingerprint(sql))
        if place.own_redis:
            _wait_for_socket(sockets / "redis.sock", 20, place.logs / "redis.log")


def _wait_for_socket(path: Path, seconds: float, log: Path) -> None:
    limit = time.monotonic() + seconds
    while not path.is_socket():
        if time.monotonic() > limit:
            raise Refusal(f"Redis did not start. Its log says why: {log}\n{postgres.last_lines(log)}")
        time.sleep(0.05)


class _StayHere(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer; where it leads may not be reachable from here."""

    def redirect_request(self, *args: object) -> None:
        """Do not follow."""


def _wait_for_page(place: Installation, seconds: float) -> None:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(place.bind, f"[{place.bind}]" if ":" in place.bind else place.bind)
    name = place.address.partition("://")[2]
    asked = urllib.request.Request(f"http://{host}:{place.port}/", headers={"Host": name, "X-Forwarded-Proto": "https"})
    limit = time.monotonic() + seconds
    answer = "nothing"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _StayHere())
    while time.monotonic() < limit:
        try:
            with opener.open(asked, timeout=10):
                return
        except urllib.error.HTTPError as error:
            answer = f"{error.code}"
            if error.code < 500:
                return
        except OSError as error:
            answer = str(error)
        time.sleep(0.1)
    log = place.logs / "web.log"
    raise Refusal(f"The web server does not answer well ({answer}). Its log says why: {log}\n{postgres.last_lines(log)}")


def _all_running(place: Installation) -> None:
    poor = {name: state for name, state in supervisor.states(place).items() if state not in {"RUNNING", "STARTING"}}
    if poor:
        name, state = next(iter(poor.items()))
        log = place.logs / f"{name}.log"
        raise Refusal(f"{name} does not run ({state.lower()}). Its log says why: {log}\n{postgres.last_lines(log)}")


def _started(place: Installation) -> dict[str, str]:
    try:
        return dict(json.loads((place.var / "started.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _stay(place: Installation) -> int:
    """Stay until Ctrl-C (or the end of the terminal), then stop everything in order."""
    say("Ctrl-C stops everything.")
    try:
        while supervisor.running_process(place) is not None:
            time.sleep(0.5)
        say("Tenfold was stopped from elsewhere.")
        return 0
    except KeyboardInterrupt:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        say()
        with step("Stopping everything"):
            supervisor.stop(place)
        return 0
