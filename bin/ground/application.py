"""Tenfold's own commands: tables, demo, the sample report, and what the person is told at the end."""

from collections.abc import Mapping
from pathlib import Path

from ground import settings, stamps
from ground.say import Refusal, run, step
from ground.settings import Installation

REACH = """
import os, sys
import psycopg, redis
for name in sys.argv[1:]:
    if "REDIS" in name or "CACHE" in name:
        try:
            redis.Redis.from_url(os.environ[name], socket_connect_timeout=5).ping()
        except (redis.RedisError, ValueError) as error:
            sys.exit(f"{name} names a Redis that does not answer: {error}")
        continue
    try:
        with psycopg.connect(os.environ[name], connect_timeout=5) as connection:
            version = connection.info.server_version
            if version < 150000:
                sys.exit(f"{name} reaches PostgreSQL {version // 10000}; Tenfold needs 15 or newer.")
    except psycopg.Error as error:
        sys.exit(f"{name} names a database that does not answer: {' '.join(str(error).split())}")
"""


def manage(place: Installation, environment: Mapping[str, str], *words: str, what: str) -> str:
    """Run a manage.py command of the application."""
    return run([place.python, place.root / "manage.py", *words], what=what, cwd=place.root, exact_env=environment)


def has_command(place: Installation, name: str) -> bool:
    """Whether one of the three apps brings this command."""
    return any((place.root / app / "management" / "commands" / f"{name}.py").exists() for app in ("portal", "assessments", "compliance"))


def check_reachable(place: Installation, environment: Mapping[str, str]) -> None:
    """Before anything is changed there: do the external servers answer, and are they new enough?"""
    names = [] if place.own_database else ["DATABASE_URL", "MIGRATE_DATABASE_URL", "MAINT_DATABASE_URL"]
    names += [name for name in ("REDIS_URL", "CACHE_URL") if place.values.get(name)]
    if not names:
        return
    with step("Reaching the external servers"):
        try:
            run([place.python, "-c", REACH, *names], what="Reaching the database", exact_env=environment)
        except Refusal as refusal:
            # The last line is the sentence; a traceback never gets here.
            raise Refusal(f"{str(refusal).strip().splitlines()[-1].strip()} Nothing was changed; correct it and start again.") from refusal


def migrate(place: Installation, environment: Mapping[str, str]) -> None:
    """Bring the tables to the shape the code wants; skipped when our own database has it already."""
    stamp = place.var / "migrated"
    # The published content is brought up to date with the tables, the roles of organisations with what the code declares.
    sources = [f"{app}/{part}" for app in ("portal", "assessments", "compliance") for part in ("migrations", "permissions.py")]
    sources += ["portal/catalogue", "portal/roles/actions/provisioning.py"]
    shape = stamps.tree_fingerprint(place.root, sources)
    value = stamps.fingerprint(shape, place.root / "requirements" / "run.lock", place.root / "portal" / "settings.py")
    if place.own_database and stamps.is_current(stamp, value):
        return
    with step("Tables"):
        manage(place, environment, "migrate", "--noinput", "--database", "migrate", what="Changing the tables")
        manage(place, environment, "sync_roles", what="Adding new permissions to the organisations' roles")
        stamps.write(stamp, value)


def load_demo(place: Installation, environment: Mapping[str, str]) -> str:
    """Load the demo organisations unless they are there; returns the sign-ins that the command printed."""
    if not has_command(place, "load_demo"):
        return ""
    stamp, told = place.var / "demo-loaded", place.var / "demo-people.txt"
    # Once for each database: an upgrade does not touch what people did with the demo since.
    value = stamps.fingerprint(environment["DEMO_PASSWORD"], environment["DATABASE_URL"])
    if stamps.is_current(stamp, value) and told.exists():
        return told.read_text(encoding="utf-8")
    with step("Demo organisations"):
        try:
            words = manage(place, environment, "load_demo", what="Loading the demo organisations")
        except Refusal as refusal:
            raise Refusal(f"{refusal}\nTo start without the demo: bin/up --no-demo") from refusal
    _keep(told, words)
    stamps.write(stamp, value)
    return words


def order_demo_report(place: Installation, people: str) -> tuple[str, str]:
    """Order one real sign-off report through the workers and wait for it, once; returns where it is, and what went wrong."""
    if not people or not has_command(place, "order_demo_report"):
        return "", ""
    told = place.var / "demo-report.txt"
    if told.exists() and told.stat().st_mtime >= (place.var / "demo-loaded").stat().st_mtime:
        return told.read_text(encoding="utf-8"), ""
    environment = settings.application_environment(place, settings.socket_folder(place.var))
    try:
        with step("A first sign-off report, by the worker"):
            words = manage(place, environment, "order_demo_report", "--wait", what="Making the first sign-off report")
    except Refusal as refusal:
        return "", f"{refusal}\nEverything else runs. The worker's log: {place.logs}/worker-reports.log"
    _keep(told, words)
    return words, ""


def summary(place: Installation, people: str, report: str) -> str:
    """What the person needs to know now: address, sign-ins, report, files."""
    lines = ["", f"Tenfold runs at {place.address}"]
    if people:
        lines += ["", people.strip()]
    else:
        lines += ["", "There is no organisation yet. Make one: bin/manage create_tenant --help"]
    if report:
        lines += ["", report.strip()]
    mail = place.values.get("SMTP_HOST") or place.values.get("MAIL_DIR") or place.var / "mail"
    lines += ["", f"Logs: {place.logs}   Mail goes to: {mail}"]
    return "\n".join(lines)


def _keep(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")
