"""Words to the person at the keyboard, and commands whose failure is put into a sentence."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

NO_NETWORK = (
    "temporary failure in name resolution",
    "temporary failure resolving",
    "could not resolve",
    "name or service not known",
    "network is unreachable",
    "failed to establish a new connection",
    "no route to host",
    "connection timed out",
    "connection refused",
    "connect timeout",
    "read timed out",
    "dns error",
    "error sending request",
    "failed to fetch",
    "eai_again",
    "enotfound",
    "etimedout",
    "econnrefused",
    "enetunreach",
    "no matching distribution found",
    "certificate verify failed",
)
NO_SPACE = ("no space left on device", "enospc", "disk quota exceeded", "you don't have enough free space")


class Refusal(Exception):
    """Something that stops us, as a sentence that says what happened and what to do."""


def plain_output() -> None:
    """Never fail on a terminal that cannot show a character (LANG unset, old encodings)."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace", line_buffering=True)


def say(text: str = "") -> None:
    """One line, shown at once; nobody may be listening any more."""
    with suppress(BrokenPipeError):
        print(text, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """A named piece of work with its duration in seconds."""
    started = time.monotonic()
    print(f"  {title} … ", end="", flush=True)
    try:
        yield
    except BaseException:
        print("stopped", flush=True)
        raise
    print(f"{time.monotonic() - started:.1f} s", flush=True)


def command_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for helper programmes: UTF-8 whatever LANG says, no questions asked."""
    values = dict(os.environ)
    values.update(LC_ALL="C.UTF-8", LANG="C.UTF-8", PYTHONUTF8="1")
    values.update(extra or {})
    return values


def run(
    command: Sequence[str | Path],
    *,
    what: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    exact_env: Mapping[str, str] | None = None,
    fetches: bool = False,
) -> str:
    """Run a command and return its output; a failure becomes a Refusal that names `what` failed and why.

    The output is what went to standard output: progress belongs on the error stream. `env` is added to this process's
    environment; `exact_env` replaces it. `fetches` says that the command needs the network, so that its failure is
    explained by that where it looks like it.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env=command_environment(env) if exact_env is None else dict(exact_env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except FileNotFoundError as missing:
        raise Refusal(f"{what} failed: the programme {command[0]} is not there.") from missing
    except OSError as error:
        raise Refusal(explain(what, str(error), fetches=fetches)) from error
    if done.returncode != 0:
        raise Refusal(explain(what, f"{done.stdout}\n{done.stderr}", fetches=fetches))
    return done.stdout


def explain(what: str, output: str, *, fetches: bool) -> str:
    """The sentence for a failed command: no network, no disk, or the last lines that it printed."""
    low = output.lower()
    lines = ["    " + line for line in output.strip().splitlines()[-15:]]
    few, all_of_them = "\n".join(lines[-4:]), "\n".join(lines)
    again = "Then start again: it goes on where it stopped."
    if any(sign in low for sign in NO_SPACE):
        return f"{what} failed: the disk is full. Free some space. {again}\n{few}"
    if fetches and any(sign in low for sign in NO_NETWORK):
        return (
            f"{what} failed: the package source could not be reached. Check the network, the proxy (HTTPS_PROXY) and, "
            f"if you use a mirror, its settings (PIP_INDEX_URL, npm's registry, apt's sources). {again}\n{few}"
        )
    return f"{what} failed:\n{all_of_them}"
