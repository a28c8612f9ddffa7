"""The programmes in bin: there, executable, and saying what they can do; the locks they install from."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from ground import packages, postgres, settings, supervisor, tools, up
from ground.say import Refusal
from ground.settings import ROOT, Installation

LOCKS = ["requirements/tools.lock", "requirements/run.lock", "requirements/dev.lock", "package-lock.json", ".npmrc"]


@pytest.mark.parametrize("name", ["bin/up", "bin/test", "bin/manage", "bin/lock", "bin/format", ".ci/run", "manage.py"])
def test_programmes_are_executable(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)


def test_ci_runs_the_whole_of_bin_test() -> None:
    lines = [line for line in (ROOT / ".ci/run").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[-1] == "exec bin/test"


def test_the_ground_needs_nothing_but_python_itself() -> None:
    """-S -I: no installed package can be imported; what bin/up imports before it has set anything up must not want one."""
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'bin')!r}); import ground.up, ground.suite, ground.manage, ground.locking"
    subprocess.run([sys.executable, "-S", "-I", "-c", code], check=True)


@pytest.mark.parametrize("name", LOCKS)
def test_locks_name_no_host_and_no_place(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"https?://|file:|index-url|find-links", text) == []


def test_every_locked_package_has_hashes() -> None:
    for name in LOCKS[:3]:
        text = (ROOT / name).read_text(encoding="utf-8")
        pins = re.findall(r"(?m)^[a-z0-9][\w.-]*(?:\[[\w,-]+\])?==\S+", text)
        assert pins
        for block in re.split(r"(?m)^(?=[a-z0-9])", text)[1:]:
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_test_tools_never_change_what_runs() -> None:
    """bin/test adds packages to the environment that bin/up serves from: each shared one must be the same version."""

    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"(?m)^([a-z0-9][\w.-]*)(?:\[[\w,-]+\])?==(\S+)", (ROOT / name).read_text(encoding="utf-8")))

    running, testing = pins("requirements/run.lock"), pins("requirements/dev.lock")
    assert {name: testing.get(name) for name in running} == running


def test_npm_packages_are_exact_and_checked() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert all("integrity" in package for name, package in locked.items() if name)


def test_one_action_at_a_time() -> None:
    assert up.parse([]).detach is False
    assert up.parse(["--detach", "--no-demo"]).no_demo is True
    with pytest.raises(SystemExit):
        up.parse(["--stop", "--status"])
    with pytest.raises(SystemExit):
        up.parse(["--detatch"])


def test_help_says_every_flag_and_setting() -> None:
    told = subprocess.run([ROOT / "bin" / "up", "--help"], check=True, capture_output=True, text=True).stdout
    for word in ("--detach", "--stop", "--status", "--packages", "--no-demo", "PORT", "DATA_DIR", "DATABASE_URL", "REDIS_URL", "S3_BUCKET"):
        assert word in told


def test_an_ordinary_user_is_told_the_line_for_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "missing", lambda testing: ["postgresql"])
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Refusal) as refused:
        packages.ensure(testing=False)
    assert str(refused.value).splitlines()[-1].strip() == f"{ROOT}/bin/up --packages"


def test_a_port_in_use_stops_bin_up_before_anything_is_made(tmp_path: Path) -> None:
    import socket

    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        values = {**os.environ, "PORT": str(port), "VAR_DIR": str(tmp_path / "var")}
        done = subprocess.run([ROOT / "bin" / "up", "--detach"], env=values, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stdout
    assert not (tmp_path / "var").exists()


def test_status_and_stop_of_nothing(tmp_path: Path) -> None:
    values = {**os.environ, "VAR_DIR": str(tmp_path / "var")}
    for flag, code in (("--status", 3), ("--stop", 0)):
        done = subprocess.run([ROOT / "bin" / "up", flag], env=values, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr


def test_the_supervisor_leaves_out_servers_that_are_not_ours(tmp_path: Path) -> None:
    everything = Installation(ROOT, tmp_path, {})
    text = supervisor.write_configuration(everything, tmp_path / "run", Path("/usr/lib/postgresql/15/bin")).read_text()
    for name in ("postgres", "redis", "web", "worker", "worker-reports", "beat"):
        assert f"[program:{name}]" in text
    assert "%%h" in text
    outside = Installation(ROOT, tmp_path, {"DATABASE_URL": "postgresql://a/b", "REDIS_URL": "redis://c"})
    text = supervisor.write_configuration(outside, tmp_path / "run", None).read_text()
    assert "[program:postgres]" not in text
    assert "[program:redis]" not in text
    assert "[program:web]" in text


def test_the_supervisor_reads_paths_with_blanks_as_they_are(tmp_path: Path) -> None:
    """Rendered for such a folder and read by the supervisor's own parser."""
    options = pytest.importorskip("supervisor.options")
    root, var = tmp_path / "my proj+'100%'", tmp_path / "100% var"
    shutil.copytree(ROOT / "deploy", root / "deploy")
    (var / "logs").mkdir(parents=True)
    place = Installation(root, var, {})
    path = supervisor.write_configuration(place, tmp_path / "run", Path("/opt/post gres/bin"))
    server = options.ServerOptions()
    server.realize(["-c", str(path)])
    programs = {program.name: program for group in server.process_group_configs for program in group.process_configs}
    words = {name: shlex.split(program.command) for name, program in programs.items()}
    assert words["postgres"] == ["/opt/post gres/bin/postgres", "-D", str(var / "postgres")]
    assert words["redis"][1:] == [str(var / "redis.conf")]
    assert words["web"][:5] == [str(place.python), "-m", "gunicorn", "--config", str(root / "deploy" / "gunicorn.conf.py")]
    assert str(var / "celerybeat-schedule") in words["beat"]
    assert "default@%h" in words["worker"]
    assert programs["web"].stdout_logfile == str(var / "logs" / "web.log")
    assert (server.pidfile, server.directory) == (str(var / "supervisord.pid"), str(root))


def test_redis_reads_paths_with_blanks_as_they_are(tmp_path: Path) -> None:
    template = (ROOT / "deploy" / "redis.conf.template").read_text(encoding="utf-8")
    text = supervisor.redis_configuration(template, tmp_path, Path('/srv/my "new" proj'))
    assert f'unixsocket "{tmp_path}/redis.sock"' in text
    assert 'dir "/srv/my \\"new\\" proj"' in text


def test_a_lock_of_a_dead_postgres_is_dropped_even_when_its_number_lives_on(tmp_path: Path) -> None:
    lock = tmp_path / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{tmp_path}\n")
    assert postgres.tidy_after_crash(tmp_path) is True
    assert not lock.exists()
    assert postgres.tidy_after_crash(tmp_path) is False


def test_a_cluster_of_a_missing_version_is_explained(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("9\n")
    with pytest.raises(Refusal, match=r"made by PostgreSQL 9, whose programmes are gone"):
        postgres.binaries_for(tmp_path)


def test_whoever_prepares_the_folder_does_so_alone(tmp_path: Path) -> None:
    """Two installations of one folder, or bin/test beside bin/up, once collected the same files at the same time."""
    place = replace(settings.read({}), root=tmp_path)
    seen: list[str] = []

    def second() -> None:
        with tools.alone_in_tree(place):
            seen.append("second")

    with tools.alone_in_tree(place):
        other = threading.Thread(target=second)
        other.start()
        other.join(0.3)
        seen.append("first")
    other.join(10)
    assert seen == ["first", "second"]


def test_a_folder_that_is_not_ours_needs_no_turn(tmp_path: Path) -> None:
    (tmp_path / ".tools").write_text("not a folder")
    with tools.alone_in_tree(replace(settings.read({}), root=tmp_path)):
        pass


def test_nothing_is_left_over_where_nothing_ever_was(tmp_path: Path) -> None:
    assert supervisor.left_over(replace(settings.read({}), var=tmp_path / "never")) == []
