"""Settings of the installation, all from the environment, and where its files lie."""

import hashlib
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ground import account
from ground.say import Refusal

ROOT = Path(__file__).resolve().parents[2]
# A unix socket's path may have 107 bytes; PostgreSQL's name for its socket is the longest that we add.
LONGEST_SOCKET = ".s.PGSQL.5432"
SOCKET_LIMIT = 107
# What addresses of sockets are made of: they stand in URLs, in lists with commas, and in files of four languages. No quoting there.
PLAIN = re.compile(r"[\w./-]+")
# Not Tenfold's own, but needed to reach a proxy, a mirror or a storage with a private certificate.
PASSED_ON = {"PATH", "TZ", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "DEMO_PASSWORD"}
# What bin/up decides itself, or what belongs to tests.
OURS = {"BUILD_DIR", "STATIC_ROOT", "TENFOLD_TESTING", "TEST_DATABASE_NAME"}
# env("NAME"), env_bool("NAME"), os.environ.get("NAME") in a settings file.
READS_SETTING = re.compile(r"""(?:\benv(?:_\w+)?|environ\.get)\(\s*["']([A-Z][A-Z0-9_]*)["']""")
PASSED_ON |= {"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE"}

HELP = """\
Settings, from the environment (docs/operations.md says more):
  PORT, BIND            address to serve at: 8000 on 127.0.0.1
  SITE_URL              address people use, e.g. https://tenfold.example.com: http://127.0.0.1:PORT
  ALLOWED_HOSTS         host names answered, with commas: 127.0.0.1,localhost
  VAR_DIR               databases, logs, secrets of this installation: .var in the project
  DATA_DIR              evidence files and reports: VAR_DIR/data
  DATABASE_URL          an external PostgreSQL 15 or newer, as the app role; then also
  MIGRATE_DATABASE_URL  … as the role that owns the tables, and
  MAINT_DATABASE_URL    … as the maintenance role (deploy/roles.sql makes all three)
  REDIS_URL, CACHE_URL  an external Redis: message broker, and cache
  S3_BUCKET, S3_ENDPOINT_URL, S3_REGION, S3_ACCESS_KEY, S3_SECRET_KEY   files in S3 instead of DATA_DIR
  SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASSWORD, SMTP_TLS, MAIL_FROM   mail; without SMTP_HOST it goes to files in VAR_DIR/mail
  SECRET_KEY            signing key; without it one is made once, in VAR_DIR/secret-key
  DEMO_PASSWORD         password of the demo people; without it one is made once, in VAR_DIR/demo-password
  WEB_WORKERS, WEB_THREADS, WORKER_CONCURRENCY   size: by the number of cores
  TENFOLD_USER          system account used when started as root: tenfold
"""


@dataclass(frozen=True)
class Installation:
    """One installation: its folders and the settings it was started with."""

    root: Path
    var: Path
    values: Mapping[str, str]

    @property
    def port(self) -> int:
        """Port of the web server."""
        return number(self.values, "PORT", 8000)

    @property
    def bind(self) -> str:
        """Address of the web server."""
        return self.values.get("BIND", "").strip() or "127.0.0.1"

    @property
    def address(self) -> str:
        """What a person types into the browser."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.bind, self.bind)
        return self.values.get("SITE_URL", "").rstrip("/") or f"http://{host}:{self.port}"

    @property
    def data(self) -> Path:
        """Folder of evidence files and reports."""
        return Path(self.values["DATA_DIR"]).absolute() if self.values.get("DATA_DIR") else self.var / "data"

    @property
    def own_database(self) -> bool:
        """Whether we run PostgreSQL ourselves."""
        return not self.values.get("DATABASE_URL")

    @property
    def own_redis(self) -> bool:
        """Whether we run Redis ourselves."""
        return not self.values.get("REDIS_URL")

    @property
    def venv(self) -> Path:
        """The Python environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The Python that runs Tenfold."""
        return self.venv / "bin" / "python"

    @property
    def build(self) -> Path:
        """Served front-end files and fonts."""
        return self.root / "build"

    @property
    def logs(self) -> Path:
        """Log files of every programme."""
        return self.var / "logs"


def read(values: Mapping[str, str] | None = None, root: Path = ROOT) -> Installation:
    """The installation described by the environment; contradictions are refused."""
    values = os.environ if values is None else values
    place = Path(values.get("VAR_DIR") or root / ".var").absolute()
    found = Installation(root=root, var=place, values=dict(values))
    if not found.own_database:
        for name in ("MIGRATE_DATABASE_URL", "MAINT_DATABASE_URL"):
            if not values.get(name):
                raise Refusal(
                    f"DATABASE_URL names an external database, but {name} is not set. Tenfold needs three roles there: "
                    "deploy/roles.sql makes them, docs/operations.md explains them."
                )
    elif values.get("MIGRATE_DATABASE_URL") or values.get("MAINT_DATABASE_URL"):
        raise Refusal("MIGRATE_DATABASE_URL or MAINT_DATABASE_URL is set, but DATABASE_URL is not. Set all three or none.")
    for name, folder in (("the project", found.root), ("VAR_DIR", found.var)):
        # The supervisor's configuration knows no quotes: a line break ends a value there, a blank before ; or # begins a remark.
        if re.search(r"[\r\n\x00]|\s[;#]|\s$", str(folder)):
            raise Refusal(
                f"The path of {name} ({str(folder)!r}) has a line break, a blank at its end, or a blank before ; or #. Rename that folder."
            )
    _ = found.port
    for name in ("WEB_WORKERS", "WEB_THREADS", "WORKER_CONCURRENCY"):
        number(values, name, 1)
    return found


def number(values: Mapping[str, str], name: str, default: int) -> int:
    """A whole number from the environment, one or more."""
    text = values.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise Refusal(f"{name} must be a whole number of one or more, not “{text}”.")
    return int(text)


def socket_folder(var: Path, preferred: str = "run", candidates: list[Path] | None = None) -> Path:
    """A private folder whose path is short and plain enough for unix sockets: in `var` if that fits, else remembered elsewhere."""
    inside = var / preferred
    if _fits(inside):
        return private_folder(inside)
    name = f"tenfold-{os.geteuid()}-{hashlib.sha256(str(inside).encode()).hexdigest()[:10]}"
    if candidates is None:
        runtime = os.environ.get("XDG_RUNTIME_DIR")
        candidates = [Path(runtime)] if runtime and os.access(runtime, os.W_OK) else []
        candidates += [Path("/tmp"), Path(tempfile.gettempdir())]
    for parent in candidates:
        if _fits(parent / name):
            chosen = private_folder(parent / name)
            (var / f"{preferred}-folder").write_text(f"{chosen}\n", encoding="utf-8")
            return chosen
    raise Refusal(f"No folder with a path short and plain enough for unix sockets was found; set VAR_DIR to one, not {var}.")


def _fits(folder: Path) -> bool:
    return PLAIN.fullmatch(str(folder)) is not None and len(os.fsencode(folder / LONGEST_SOCKET)) <= SOCKET_LIMIT


def private_folder(folder: Path) -> Path:
    """Make a folder that only this account may enter; somebody else's folder of that name is refused."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid():
        raise Refusal(f"{folder} belongs to another account. Remove it, or set VAR_DIR to a folder of your own.")
    folder.chmod(0o700)
    return folder


def secret(path: Path, length: int = 50) -> str:
    """A secret made once and kept in a file that only this account may read."""
    try:
        kept = path.read_text(encoding="utf-8").strip()
        if kept:
            return kept
    except FileNotFoundError:
        pass
    # Letters that nobody mixes up when reading them from a screen.
    alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    made = "".join(secrets.choice(alphabet) for _ in range(length))
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(made + "\n")
    draft.replace(path)
    return made


def application_environment(place: Installation, sockets: Path) -> dict[str, str]:
    """What portal/settings.py reads, for web, workers and commands: the person's settings plus what we run ourselves."""
    # Only what is a setting goes on: a variable of somebody's shell must not look like a changed setting, nor leak into a worker.
    wanted = (PASSED_ON | setting_names(place.root)) - OURS
    values = {name: text for name, text in place.values.items() if name in wanted}
    database = f"postgresql://{{role}}@/tenfold?host={sockets}"
    cache = f"{place.var}/cache"
    values.update(
        LANG="C.UTF-8",
        LC_ALL="C.UTF-8",
        PYTHONUTF8="1",
        PYTHONDONTWRITEBYTECODE="1",
        DJANGO_SETTINGS_MODULE="portal.settings",
        PORT=str(place.port),
        BIND=place.bind,
        SITE_URL=place.address,
        DATA_DIR=str(place.data),
        VAR_DIR=str(place.var),
        HOME=str(place.var / "home"),
        XDG_CACHE_HOME=cache,
        WEB_WORKERS=place.values.get("WEB_WORKERS") or str(default_web_workers()),
        WEB_THREADS=place.values.get("WEB_THREADS") or "4",
    )
    values.setdefault("MAIL_DIR", str(place.var / "mail"))
    if not values.get("SECRET_KEY"):
        values.pop("SECRET_KEY", None)
        secret(place.var / "secret-key")
        values["SECRET_KEY_FILE"] = str(place.var / "secret-key")
    values["DEMO_PASSWORD"] = values.get("DEMO_PASSWORD") or secret(place.var / "demo-password", 12)
    if place.own_database:
        values["DATABASE_URL"] = database.format(role="tenfold_app")
        values["MIGRATE_DATABASE_URL"] = database.format(role="tenfold_migrate")
        values["MAINT_DATABASE_URL"] = database.format(role="tenfold_maint")
    if place.own_redis:
        values["REDIS_URL"] = f"unix://{sockets}/redis.sock"
        values.setdefault("CACHE_URL", f"unix://{sockets}/redis.sock?db=1")
    return values


def setting_names(root: Path) -> set[str]:
    """Every environment variable that the application's settings and the web server's configuration read."""
    found: set[str] = set()
    for name in ("portal/settings.py", "deploy/gunicorn.conf.py"):
        found.update(READS_SETTING.findall((root / name).read_text(encoding="utf-8")))
    return found


def default_web_workers() -> int:
    """Web processes for this machine: one more than cores, four at most."""
    return min(len(os.sched_getaffinity(0)) + 1, 4)


def owner_of(var: Path, wanted: str) -> str:
    """The account that root hands over to: who owns the installation already, else the one asked for."""
    return account.of_folder(var) or wanted
