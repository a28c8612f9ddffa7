"""What bin/up asks of the application before it serves."""

from pathlib import Path

import pytest
from ground import application
from ground.settings import Installation


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    """A project with little in it."""
    root = tmp_path / "project"
    for app in ("portal", "assessments", "compliance"):
        (root / app / "migrations").mkdir(parents=True)
        (root / app / "permissions.py").write_text("one")
    return Installation(root, tmp_path / "var", {})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that were run."""
    words: list[str] = []
    monkeypatch.setattr(application, "manage", lambda _place, _environment, *said, what: words.append(said[0]))
    return words


def test_roles_follow_the_tables_once(place: Installation, asked: list[str]) -> None:
    for _ in range(2):
        application.migrate(place, {})
    assert asked == ["migrate", "sync_roles"]


def test_a_new_permission_is_a_reason_to_do_both_again(place: Installation, asked: list[str]) -> None:
    application.migrate(place, {})
    (place.root / "compliance" / "permissions.py").write_text("two")
    application.migrate(place, {})
    assert asked == ["migrate", "sync_roles"] * 2
