"""No file outgrows what one reads at a sitting: a crowded room is split by concept before it gets there."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST = 400
FOLDERS = ("portal", "assessments", "compliance", "templates", "tests", "bin", "deploy")
KINDS = {".py", ".html", ".js", ".css", ".sh", ""}
# Written by a machine or a plain list that nobody reads from top to bottom.
LEFT_OUT = ("migrations", "__pycache__", "build", "node_modules")


def sources(folder: str) -> list[Path]:
    """The written source files below a top folder."""
    return [
        path
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix in KINDS and not set(path.relative_to(ROOT).parts) & set(LEFT_OUT)
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_file_grows_past_four_hundred_lines(folder: str) -> None:
    found = sources(folder)
    assert found
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in found}
    assert {name: length for name, length in lengths.items() if length > MOST} == {}
