"""Debian packages: what must be there, what is missing, and installing it as root without starting anybody's services."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path

from ground import postgres
from ground.say import Refusal, run, step

POLICY = Path("/usr/sbin/policy-rc.d")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CREATECLUSTER = Path("/etc/postgresql-common/createcluster.conf")
# The account that this is run by must not be asked anything, and somebody else's apt may be at work.
APT = ["apt-get", "-y", "-q", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Options::=--force-confold"]
APT += ["-o", "Dpkg::Options::=--force-confdef", "--no-install-recommends"]


@dataclass(frozen=True)
class Need:
    """A Debian package and the sign that what it brings is there, from this package or any other way."""

    package: str
    purpose: str
    testing: bool = False

    def present(self) -> bool:
        """Whether the machine already has it."""
        match self.package:
            case "postgresql":
                return postgres.newest_binaries() is not None
            case "redis-server":
                return _programme("redis-server", "valkey-server")
            case "gettext":
                return _programme("msgfmt")
            case "chromium":
                return _programme(*BROWSERS)
            case "poppler-utils":
                return _programme("pdftoppm")
            case "libpango-1.0-0":
                return find_library("pango-1.0") is not None
            case "libpangoft2-1.0-0":
                return find_library("pangoft2-1.0") is not None
            case "libharfbuzz-subset0":
                return find_library("harfbuzz-subset") is not None
            case "ca-certificates":
                return Path("/etc/ssl/certs/ca-certificates.crt").exists()
        return False


NEEDS = (
    Need("ca-certificates", "secure connections to the package sources"),
    Need("postgresql", "the database"),
    Need("redis-server", "the message broker"),
    Need("libpango-1.0-0", "PDF text layout"),
    Need("libpangoft2-1.0-0", "PDF text layout"),
    Need("libharfbuzz-subset0", "small fonts in PDFs"),
    Need("gettext", "compiling translations"),
    Need("chromium", "browser tests", testing=True),
    Need("poppler-utils", "looking into PDFs in tests", testing=True),
)


def _programme(*names: str) -> bool:
    return any(shutil.which(name) for name in names)


def missing(*, testing: bool) -> list[str]:
    """Packages that are still needed, for running alone or for the tests too."""
    return [need.package for need in NEEDS if (testing or not need.testing) and not need.present()]


def ensure(*, testing: bool) -> None:
    """Install what is missing as root; tell an ordinary user the one line that root must run."""
    wanted = missing(testing=testing)
    if not wanted:
        return
    if os.geteuid() != 0:
        command = Path(__file__).resolve().parents[1] / "up"
        raise Refusal(
            f"These Debian packages are missing: {', '.join(wanted)}. Root must run this one line, then start again:\n"
            f"    {command} --packages"
        )
    if not _programme("apt-get"):
        raise Refusal(
            f"These are missing: {', '.join(wanted)}, and this machine has no apt-get to install them with. "
            "Tenfold is made for Debian 12 or newer; elsewhere, install them by hand and start again."
        )
    with step(f"System packages: {', '.join(wanted)}"):
        environment = {"DEBIAN_FRONTEND": "noninteractive", "DEBCONF_NONINTERACTIVE_SEEN": "true"}
        run([*APT, "update"], what="Reading the Debian package lists", env=environment, fetches=True)
        with _no_services_started(), _no_default_cluster():
            run([*APT, "install", *wanted], what="Installing Debian packages", env=environment, fetches=True)
    if still := missing(testing=testing):
        raise Refusal(f"Debian's packages are installed, but this is still not found: {', '.join(still)}.")


@contextmanager
def _no_services_started() -> Iterator[None]:
    """Debian starts the services it installs; we run our own. A policy that is already there is left alone."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    fresh_redis = not _programme("redis-server")
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)
        if fresh_redis and Path("/run/systemd/system").exists():
            run(["systemctl", "disable", "--quiet", "redis-server"], what="Keeping the system's own Redis from starting")


@contextmanager
def _no_default_cluster() -> Iterator[None]:
    """Without this Debian makes and runs a PostgreSQL cluster of its own; an existing configuration is left alone."""
    if not CREATECLUSTER.exists():
        CREATECLUSTER.parent.mkdir(parents=True, exist_ok=True)
        CREATECLUSTER.write_text("create_main_cluster = false\n")
    yield
