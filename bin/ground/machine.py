"""What the machine must be able to do, checked before anything is changed."""

import os
import platform
import shutil
import socket
import sys
from pathlib import Path

from ground.say import Refusal

ARCHITECTURES = {"x86_64", "amd64", "aarch64", "arm64"}
MIB = 1024 * 1024


def check_kind(system: str | None = None, architecture: str | None = None, libc: str | None = None) -> None:
    """Refuse a machine for which the packages we lean on are not made."""
    system = platform.system() if system is None else system
    architecture = platform.machine() if architecture is None else architecture
    libc = platform.libc_ver()[0] if libc is None else libc
    if system != "Linux":
        raise Refusal(f"Tenfold runs on Linux; this is {system}. Use a Debian 12 machine, a virtual one or a container.")
    if architecture.lower() not in ARCHITECTURES:
        raise Refusal(f"This machine's architecture is {architecture}; the packages Tenfold needs exist for x86_64 and aarch64 only.")
    if sys.maxsize <= 2**32:
        raise Refusal("This Python is a 32-bit programme; Tenfold needs a 64-bit Python.")
    if libc != "glibc":
        raise Refusal("This Linux is not built on glibc (Alpine, for one); use Debian 12 or newer.")


def check_space(folder: Path, needed_mib: int) -> None:
    """Refuse when the disk of `folder` has less than `needed_mib` MiB free."""
    existing = folder
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free // MIB
    if free < needed_mib:
        raise Refusal(
            f"The disk that holds {existing} has {free} MB free; about {needed_mib} MB are needed. Free some space and start again."
        )


def check_port(host: str, port: int) -> None:
    """Refuse when something else listens on the address, or when an ordinary account may not."""
    if not 0 < port < 65536:
        raise Refusal(f"PORT must be a number from 1 to 65535, not {port}.")
    if port < _first_ordinary_port():
        raise Refusal(
            f"Port {port} is reserved for the system and Tenfold does not run as root. "
            "Leave PORT at 8000 and put a reverse proxy in front (docs/operations.md)."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in {98, 48}:
                holder = port_holder(port)
                raise Refusal(
                    f"Port {port} is taken{f' by {holder}' if holder else ''}. "
                    f"Stop that programme, or choose another port: PORT={port + 1} bin/up"
                ) from error
            raise Refusal(f"Cannot listen on {host}, port {port}: {error.strerror}. Check BIND and PORT.") from error


def _first_ordinary_port() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    except (OSError, ValueError):
        return 1024


def port_holder(port: int) -> str:
    """Name and process number of what listens on a TCP port, as far as this account may see; otherwise ''."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in (line.split() for line in lines):
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(os.readlink(handle) in inodes for handle in (process / "fd").iterdir()):
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:
            continue
    return ""


def memory_mib() -> int:
    """Main memory in MiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB


def cores() -> int:
    """Processor cores this process may use."""
    return len(os.sched_getaffinity(0))
