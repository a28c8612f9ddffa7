"""Finished work is not done again; changed sources and cut-off work are."""

from pathlib import Path

from ground import stamps


def test_a_stamp_holds_for_the_same_sources_only(tmp_path: Path) -> None:
    source, stamp = tmp_path / "lock", tmp_path / "out" / ".stamp"
    source.write_text("a==1")
    value = stamps.fingerprint(source)
    assert not stamps.is_current(stamp, value)
    stamps.write(stamp, value)
    assert stamps.is_current(stamp, value)
    source.write_text("a==2")
    assert not stamps.is_current(stamp, stamps.fingerprint(source))


def test_parts_are_kept_apart_and_a_missing_file_is_not_an_empty_one(tmp_path: Path) -> None:
    assert stamps.fingerprint("ab", "c") != stamps.fingerprint("a", "bc")
    (tmp_path / "empty").touch()
    assert stamps.fingerprint(tmp_path / "empty") != stamps.fingerprint(tmp_path / "missing")


def test_the_tree_counts_names_and_contents_but_not_leavings(tmp_path: Path) -> None:
    (tmp_path / "portal" / "__pycache__").mkdir(parents=True)
    (tmp_path / "portal" / "a.py").write_text("1")
    first = stamps.tree_fingerprint(tmp_path, ["portal", "missing"])
    (tmp_path / "portal" / "__pycache__" / "a.pyc").write_text("x")
    assert stamps.tree_fingerprint(tmp_path, ["portal", "missing"]) == first
    (tmp_path / "portal" / "a.py").rename(tmp_path / "portal" / "b.py")
    assert stamps.tree_fingerprint(tmp_path, ["portal", "missing"]) != first
