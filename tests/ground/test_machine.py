"""What is checked about the machine before anything is changed."""

import socket
from pathlib import Path

import pytest
from ground import machine
from ground.say import Refusal, explain


@pytest.mark.parametrize(
    ("system", "architecture", "libc", "sentence"),
    [
        ("Darwin", "arm64", "", "runs on Linux; this is Darwin"),
        ("Linux", "riscv64", "glibc", "architecture is riscv64"),
        ("Linux", "x86_64", "", "not built on glibc"),
    ],
)
def test_a_machine_of_the_wrong_kind_is_refused(system: str, architecture: str, libc: str, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        machine.check_kind(system, architecture, libc)


@pytest.mark.parametrize("architecture", ["x86_64", "aarch64", "AMD64"])
def test_both_architectures_are_welcome(architecture: str) -> None:
    machine.check_kind("Linux", architecture, "glibc")


def test_a_taken_port_is_refused_with_its_holder_and_a_way_out() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(Refusal) as refused:
            machine.check_port("127.0.0.1", port)
        assert f"Port {port} is taken by " in str(refused.value)
        assert f"PORT={port + 1} bin/up" in str(refused.value)
    machine.check_port("127.0.0.1", port)


def test_a_port_of_the_system_and_an_address_that_is_not_ours_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_first_ordinary_port", lambda: 1024)
    with pytest.raises(Refusal, match="reserved for the system"):
        machine.check_port("127.0.0.1", 80)
    with pytest.raises(Refusal, match="from 1 to 65535"):
        machine.check_port("127.0.0.1", 70000)
    with pytest.raises(Refusal, match="Check BIND and PORT"):
        machine.check_port("192.0.2.1", 8000)


def test_a_full_disk_is_refused_also_for_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    machine.check_space(tmp_path / "a" / "b", 1)
    with pytest.raises(Refusal, match=r"MB free; about 99999999 MB are needed"):
        machine.check_space(tmp_path / "a" / "b", 99_999_999)


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("error: failed to copy: No space left on device (os error 28)", "the disk is full"),
        ("npm error code EAI_AGAIN", "could not be reached"),
        ("Failed to establish a new connection: [Errno -3] Temporary failure in name resolution", "could not be reached"),
        ("Connection refused", "could not be reached"),
        ("SyntaxError: invalid syntax", "SyntaxError"),
    ],
)
def test_a_failed_download_is_put_into_a_sentence(output: str, sentence: str) -> None:
    assert sentence in explain("Installing", output, fetches=True)


def test_a_command_that_needs_no_network_never_blames_it() -> None:
    assert "could not be reached" not in explain("Changing the tables", "Connection refused", fetches=False)
