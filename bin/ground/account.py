"""The system account that runs everything when bin/up is started as root."""

import os
import pwd
import sys
from collections.abc import Callable
from pathlib import Path

from ground.say import Refusal, run

DEFAULT_NAME = "tenfold"
Account = pwd.struct_passwd


def shared_python() -> Path:
    """The Python to use: the one running this, or Debian's when root runs one that no other account can reach."""
    current = Path(sys.executable).resolve()
    if os.geteuid() != 0 or _open_to_all(current):
        return current
    for candidate in sorted(Path("/usr/bin").glob("python3.[0-9]*"), reverse=True):
        minor = candidate.name.removeprefix("python3.")
        if minor.isdecimal() and int(minor) >= 11:
            return candidate
    raise Refusal(
        f"The Python that runs this, {current}, is for root alone. Install Debian's (apt-get install python3), or start as a user."
    )


def _open_to_all(path: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in [path, *path.parents])


def use_shared_python() -> None:
    """Start this programme again under a Python that it can still read after it has given up root."""
    chosen = shared_python()
    if chosen != Path(sys.executable).resolve():
        os.execv(chosen, [str(chosen), *sys.argv])


def of_folder(folder: Path) -> str | None:
    """The name of the account that owns a folder, unless that is root or nobody known."""
    try:
        owner = folder.stat().st_uid
        return pwd.getpwuid(owner).pw_name if owner != 0 else None
    except (OSError, KeyError):
        return None


def ensure(name: str) -> Account:
    """The account; made as a system account without a password or a shell when it is missing (needs root)."""
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        command += ["--shell", "/usr/sbin/nologin", "--comment", "Tenfold", name]
        run(command, what=f"Making the system account {name}")
        found = pwd.getpwnam(name)
    if found.pw_uid == 0:
        raise Refusal("TENFOLD_USER must not be root: nothing of Tenfold runs as root.")
    return found


def own(folder: Path, account: Account, mode: int = 0o700) -> None:
    """Make a folder if needed and give it (not what is in it) to the account."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.is_symlink():
        folder = folder.resolve()
    if folder.stat().st_uid != account.pw_uid:
        os.chown(folder, account.pw_uid, account.pw_gid)
        folder.chmod(mode)


def become(account: Account) -> None:
    """Give up root for good: from here on this process and all it starts belong to the account."""
    os.initgroups(account.pw_name, account.pw_gid)
    os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
    os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)
    os.environ.update(USER=account.pw_name, LOGNAME=account.pw_name, HOME="/nonexistent")


def as_account(account: Account, question: Callable[[], bool]) -> bool:
    """Answer a yes/no question as the account sees it, in a child process."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        answer = False
        try:
            become(account)
            answer = question()
        except Refusal as refusal:
            print(f"\n{refusal}", flush=True)
        finally:
            os._exit(0 if answer else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def can_use(account: Account, *paths: Path) -> bool:
    """Whether the account can read (and enter or execute) all these paths."""
    return as_account(account, lambda: all(os.access(path, os.R_OK | os.X_OK) for path in paths))
