"""Stamps: a small file beside a result that says from what it was made, so that finished work is not done again."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

IGNORED = {"__pycache__"}


def fingerprint(*parts: str | bytes | Path) -> str:
    """SHA-256 over texts and the contents of files; a file that is missing counts as such."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            content = part.read_bytes() if part.is_file() else b"(missing)"
        else:
            content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def tree_fingerprint(root: Path, folders: Iterable[str], suffixes: frozenset[str] | None = None) -> str:
    """SHA-256 over names and contents of the files below some folders of `root` (or over single files)."""
    digest = hashlib.sha256()
    for folder in folders:
        start = root / folder
        paths = [start] if start.is_file() else sorted(start.rglob("*")) if start.is_dir() else []
        for path in paths:
            if not path.is_file() or IGNORED.intersection(path.parts[len(root.parts) :]):
                continue
            if suffixes is not None and path.suffix not in suffixes:
                continue
            content = path.read_bytes()
            name = str(path.relative_to(root)).encode()
            digest.update(len(name).to_bytes(8, "big") + name + len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def is_current(stamp: Path, value: str) -> bool:
    """Whether the work that writes this stamp was finished from exactly these sources."""
    try:
        return stamp.read_text(encoding="utf-8").strip() == value
    except OSError:
        return False


def write(stamp: Path, value: str) -> None:
    """Say that the work is finished; the stamp appears whole or not at all."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    draft = stamp.with_name(stamp.name + ".new")
    draft.write_text(value + "\n", encoding="utf-8")
    draft.replace(stamp)
