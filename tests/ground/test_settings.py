"""Settings of an installation: what is read, what is refused, where sockets and secrets lie."""

import os
import shutil
import stat
from pathlib import Path

import pytest
from ground import settings
from ground.say import Refusal


def test_defaults(tmp_path: Path) -> None:
    place = settings.read({}, root=tmp_path)
    assert (place.port, place.bind, place.address) == (8000, "127.0.0.1", "http://127.0.0.1:8000")
    assert place.var == tmp_path / ".var"
    assert place.own_database
    assert place.own_redis


def test_folders_and_address_by_environment(tmp_path: Path) -> None:
    place = settings.read({"VAR_DIR": "/srv/v", "DATA_DIR": "/srv/d", "SITE_URL": "https://tenfold.example.com/"}, root=tmp_path)
    assert (place.var, place.data, place.address) == (Path("/srv/v"), Path("/srv/d"), "https://tenfold.example.com")


@pytest.mark.parametrize("text", ["0", "-1", "eight", "8.5", "８０" + "x"])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="PORT must be a whole number"):
        settings.read({"PORT": text})


def test_an_external_database_needs_all_three_roles() -> None:
    with pytest.raises(Refusal, match="MIGRATE_DATABASE_URL is not set"):
        settings.read({"DATABASE_URL": "postgresql://a/b"})
    with pytest.raises(Refusal, match="MAINT_DATABASE_URL is not set"):
        settings.read({"DATABASE_URL": "postgresql://a/b", "MIGRATE_DATABASE_URL": "postgresql://m/b"})
    with pytest.raises(Refusal, match="Set all three or none"):
        settings.read({"MAINT_DATABASE_URL": "postgresql://a/b"})


def test_sockets_lie_inside_when_the_path_is_short(tmp_path: Path) -> None:
    var = Path(os.path.realpath("/tmp")) / f"t{os.getpid()}"
    try:
        folder = settings.socket_folder(var)
        assert folder == var / "run"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    finally:
        for made in (var / "run", var):
            made.rmdir()


def test_a_long_path_falls_back_to_a_short_folder_and_remembers_it(tmp_path: Path) -> None:
    var = tmp_path / ("x" * 60) / ("y" * 60)
    var.mkdir(parents=True)
    short = Path("/tmp") / f"s{os.getpid()}"
    short.mkdir()
    folder = None
    try:
        folder = settings.socket_folder(var, candidates=[tmp_path / ("z" * 90), short])
        assert folder.parent == short
        assert len(os.fsencode(folder / settings.LONGEST_SOCKET)) <= settings.SOCKET_LIMIT
        assert (var / "run-folder").read_text() == f"{folder}\n"
        assert settings.socket_folder(var, candidates=[short]) == folder
    finally:
        if folder is not None:
            folder.rmdir()
        short.rmdir()


def test_a_path_with_a_blank_or_a_plus_gets_plain_sockets(tmp_path: Path) -> None:
    for name in ("my proj", "c++", "a,b"):
        var = Path("/tmp") / f"t {os.getpid()}" / name
        var.mkdir(parents=True)
        short = Path("/tmp") / f"s{os.getpid()}"
        short.mkdir()
        folder = settings.socket_folder(var, candidates=[short])
        try:
            assert folder.parent == short
            place = settings.Installation(settings.ROOT, var, {})
            assert settings.application_environment(place, folder)["DATABASE_URL"].endswith(f"?host={folder}")
        finally:
            shutil.rmtree(short)
            shutil.rmtree(var.parent)


@pytest.mark.parametrize("name", ["two\nlines", "my ;proj", "my #1", "end "])
def test_a_path_that_the_supervisor_cannot_read_is_refused_at_once(name: str) -> None:
    with pytest.raises(Refusal, match="Rename that folder"):
        settings.read({"VAR_DIR": f"/srv/{name}"}, root=Path("/srv/tenfold"))
    with pytest.raises(Refusal, match="Rename that folder"):
        settings.read({"VAR_DIR": "/srv/var"}, root=Path(f"/srv/{name}"))


def test_a_folder_that_is_a_link_or_not_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refusal, match="belongs to another account"):
        settings.private_folder(tmp_path / "link")


def test_a_secret_is_made_once_and_for_us_alone(tmp_path: Path) -> None:
    first = settings.secret(tmp_path / "secret", 30)
    assert len(first) == 30
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert settings.secret(tmp_path / "secret", 30) == first
    (tmp_path / "secret").write_text("")
    assert len(settings.secret(tmp_path / "secret", 30)) == 30


def test_the_application_gets_settings_and_nothing_else(tmp_path: Path) -> None:
    place = settings.Installation(settings.ROOT, tmp_path, {"PATH": "/bin", "MY_TOKEN": "hush", "S3_BUCKET": "files"})
    values = settings.application_environment(place, tmp_path / "run")
    assert "MY_TOKEN" not in values
    assert values["S3_BUCKET"] == "files"
    assert values["DATABASE_URL"] == f"postgresql://tenfold_app@/tenfold?host={tmp_path}/run"
    assert values["REDIS_URL"] == f"unix://{tmp_path}/run/redis.sock"
    assert Path(values["SECRET_KEY_FILE"]).read_text().strip()
    assert "SECRET_KEY" not in values
    assert values["DEMO_PASSWORD"] == (tmp_path / "demo-password").read_text().strip()


def test_external_servers_are_passed_on(tmp_path: Path) -> None:
    urls = {
        "DATABASE_URL": "postgresql://tenfold_app@db/x",
        "MIGRATE_DATABASE_URL": "postgresql://tenfold_migrate@db/x",
        "MAINT_DATABASE_URL": "postgresql://tenfold_maint@db/x",
        "REDIS_URL": "redis://cache:6379/0",
    }
    place = settings.Installation(settings.ROOT, tmp_path, urls)
    values = settings.application_environment(place, tmp_path / "run")
    assert {name: values[name] for name in urls} == urls
    assert "CACHE_URL" not in values


def test_help_names_every_setting_of_the_application() -> None:
    told = settings.HELP + (settings.ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    unnamed = {name for name in settings.setting_names(settings.ROOT) if name not in told}
    assert unnamed == set()
