"""What can stand in the way of a start, and what a person is told then."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.postgres.helpers import NOBODY, WRITE, is_down, needs_root, rows, run, status_of, until, user
from waywatch.postgres import cluster
from waywatch.postgres.account import Account
from waywatch.postgres.api import PostgresError, using_server
from waywatch.postgres.binaries import PACKAGE, Binaries, find_binaries, find_tools, reachable_by
from waywatch.postgres.paths import Paths


def _refused(data_dir: Path) -> PostgresError:
    with pytest.raises(PostgresError) as caught, using_server(data_dir):
        pass
    assert "Traceback" not in caught.value.text
    return caught.value


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _mounted(place: Path, options: str) -> Iterator[Path]:
    place.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True, check=False
    ).returncode:
        pytest.skip("this machine does not let us mount")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def test_configured_port_is_used(old_data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = _free_port()
    monkeypatch.setenv("WAYWATCH_PG_PORT", str(port))
    with using_server(old_data_dir) as server:
        assert (server.host, server.port) == ("127.0.0.1", port)
        assert rows(server.url("web"), "SELECT 1") == [(1,)]


def test_taken_port_is_named(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("WAYWATCH_PG_PORT", str(port))
        error = _refused(data_dir)
    assert error.code == "port_taken"
    assert f"Port {port} " in error.text


@pytest.mark.parametrize("port", ["0", "65536", "five", "²", "9" * 5000])
def test_impossible_port_is_refused(data_dir: Path, monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("WAYWATCH_PG_PORT", port)
    assert _refused(data_dir).code == "port_invalid"


def test_long_path_falls_back_to_loopback_and_keeps_its_port(data_dir: Path) -> None:
    long = data_dir.parent / ("x" * 90)
    with using_server(long) as server:
        assert server.host == "127.0.0.1"
        killed = status_of(long)
        os.kill(killed.server_pid, signal.SIGSTOP)  # holds its port while the next keeper looks for one
        os.kill(killed.keeper_pid, signal.SIGKILL)
        until(lambda: not Paths(long).status.exists())
        os.kill(killed.server_pid, signal.SIGCONT)
        until(lambda: status_of(long).keeper_pid != killed.keeper_pid)
        assert rows(server.url("web"), "SELECT 1") == [(1,)]


def test_names_with_spaces_quotes_and_commas(data_dir: Path) -> None:
    odd = data_dir.parent / """o'd, "d\\ %41 é"""
    with using_server(odd) as server:
        assert rows(server.url("web"), "SELECT 1") == [(1,)]


def test_file_in_place_of_the_folder(data_dir: Path) -> None:
    data_dir.write_text("")
    assert _refused(data_dir).code == "data_dir_not_a_folder"
    data_dir.unlink()


@needs_root
def test_read_only_disk(data_dir: Path) -> None:
    with _mounted(data_dir, "ro"):
        error = _refused(data_dir)
    assert error.code == "data_dir_read_only"
    assert str(data_dir) in error.text


def test_too_little_space_is_found_before_the_cluster_is_made(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data_dir.mkdir()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 10**6))
    with pytest.raises(PostgresError) as caught:
        cluster.ensure_cluster(Paths(data_dir), None, find_binaries())
    assert caught.value.code == "disk_full"
    assert list(data_dir.iterdir()) == []


@needs_root
def test_disk_that_fills_up_is_survived(data_dir: Path) -> None:
    with _mounted(data_dir.parent / "disk", "size=260m,mode=755") as disk:
        full = disk / "var"
        with using_server(full) as server:
            run(server.url("owner"), "CREATE TABLE kept (n integer)", "INSERT INTO kept VALUES (1)")
            _fill(disk)
            with pytest.raises((psycopg.OperationalError, psycopg.errors.DiskFull)):
                run(server.url("owner"), "CREATE TABLE big AS SELECT repeat('x', 500) FROM generate_series(1, 100000)")
        until(lambda: is_down(full))
        assert _refused(full).code == "disk_full"
        (disk / "ballast").unlink()
        with using_server(full) as server:
            assert rows(server.url("owner"), "SELECT n FROM kept") == [(1,)]


def _fill(disk: Path) -> None:
    with (disk / "ballast").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return


@needs_root
def test_small_disk_is_refused_at_once(data_dir: Path) -> None:
    with _mounted(data_dir.parent / "disk", "size=100m,mode=755") as disk:
        assert _refused(disk / "var").code == "disk_full"


def test_cluster_of_another_major_version_is_refused(old_data_dir: Path) -> None:
    with using_server(old_data_dir):
        pass
    version = Paths(old_data_dir).cluster / "PG_VERSION"
    version.write_text("14\n")
    error = _refused(old_data_dir)
    assert error.code == "other_major_version"
    assert "PostgreSQL 14;" in error.text
    assert f"PostgreSQL {find_binaries().major}." in error.text
    assert "waywatch backup" in error.text
    assert "waywatch restore" in error.text


def test_failed_start_shows_the_end_of_the_log(old_data_dir: Path) -> None:
    with using_server(old_data_dir):
        pass
    with (Paths(old_data_dir).cluster / "postgresql.conf").open("a") as file:
        file.write("\nno_such_setting = 1\n")
    error = _refused(old_data_dir)
    assert error.code == "start_failed"
    assert "no_such_setting" in error.text


def test_folder_that_is_no_cluster_is_left_alone(data_dir: Path) -> None:
    (data_dir / "pg").mkdir(parents=True)
    (data_dir / "pg" / "thesis.txt").write_text("mine")
    assert _refused(data_dir).code == "cluster_damaged"
    assert (data_dir / "pg" / "thesis.txt").read_text() == "mine"


def test_half_made_cluster_is_made_anew(data_dir: Path) -> None:
    (data_dir / "pg.new" / "base").mkdir(parents=True)
    with using_server(data_dir) as server:
        assert rows(server.url("web"), "SELECT 1") == [(1,)]
    assert not (data_dir / "pg.new").exists()


@pytest.mark.parametrize("content", [None, "", "{}", "[1]"])
def test_lost_passwords_are_told_without_repeating_the_file(data_dir: Path, content: str | None) -> None:
    (data_dir / "pg").mkdir(parents=True)
    (data_dir / "pg" / "PG_VERSION").write_text(f"{find_binaries().major}\n")
    if content is not None:
        (data_dir / "secrets.json").write_text(content)
    assert _refused(data_dir).code == "secrets_unreadable"


def test_newer_release_over_an_old_data_directory(old_data_dir: Path) -> None:
    with using_server(old_data_dir) as server:
        run(server.url("owner"), "CREATE TABLE kept AS SELECT 1 AS n")
        old = server.passwords
    folder = Paths(old_data_dir).cluster
    (folder / "pg_hba.conf").write_text("local all all trust\n")
    (folder / "waywatch.conf").write_text("log_statement = 'all'\n")
    with using_server(old_data_dir) as server:
        assert server.passwords == old
        assert rows(server.url("owner"), "SELECT n FROM kept") == [(1,)]
        assert rows(server.url("admin"), "SHOW log_statement") == [("none",)]
        methods = "SELECT DISTINCT auth_method FROM pg_hba_file_rules"
        assert rows(server.url("admin"), methods) == [("scram-sha-256",)]


def test_newer_tools_are_not_used_for_an_older_server() -> None:
    assert find_tools(find_binaries().major).major == find_binaries().major
    assert find_tools(15).major <= find_binaries().major
    with pytest.raises(PostgresError) as caught:
        find_tools(99)
    assert caught.value.code == "tools_too_old"


ORDINARY: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def _ordinary_python() -> str:
    for python in (sys.executable, "/usr/bin/python3"):
        test = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            if not subprocess.run(test, **ORDINARY, cwd="/", check=False).returncode:
                return python
        except OSError:
            continue
    pytest.skip("no Python here that an ordinary user can run")


@needs_root
def test_ordinary_user_runs_it_directly(data_dir: Path) -> None:
    data_dir.mkdir()
    os.chown(data_dir, NOBODY, NOBODY)
    with user(data_dir, WRITE, python=_ordinary_python(), **ORDINARY):
        status = status_of(data_dir)
        for pid in (status.keeper_pid, status.server_pid):
            assert Path(f"/proc/{pid}").stat().st_uid == NOBODY
        with using_server(data_dir) as server:  # root attaches and leaves nothing of root's behind
            assert rows(server.url("owner"), "SELECT n FROM kept") == [(1,)]
    until(lambda: is_down(data_dir))
    with using_server(data_dir) as server:  # started by root, it still runs as the owner of the folder
        assert Path(f"/proc/{status_of(data_dir).server_pid}").stat().st_uid == NOBODY
    assert {place.lstat().st_uid for place in data_dir.rglob("*")} == {NOBODY}


@needs_root
def test_ordinary_user_is_told_of_a_folder_that_is_not_theirs(data_dir: Path) -> None:
    data_dir.mkdir(mode=0o755)
    with (
        pytest.raises(AssertionError, match="cannot be written"),
        user(data_dir, python=_ordinary_python(), **ORDINARY),
    ):
        pass


@needs_root
def test_root_gives_the_server_to_an_account_and_opens_no_folder(data_dir: Path) -> None:
    before = stat.S_IMODE(data_dir.parent.stat().st_mode)
    with using_server(data_dir):
        assert Path(f"/proc/{status_of(data_dir).server_pid}").stat().st_uid != 0
        assert Paths(data_dir).cluster.stat().st_uid != 0
    assert stat.S_IMODE(data_dir.parent.stat().st_mode) == before
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o710
    assert data_dir.stat().st_uid == 0


@needs_root
def test_root_with_a_closed_folder_keeps_the_cluster_outside(data_dir: Path) -> None:
    closed = data_dir.parent / "closed"
    closed.mkdir(mode=0o700)
    with using_server(closed / "var") as server:
        run(server.url("owner"), "CREATE TABLE kept AS SELECT 1 AS n")
        home = Paths(closed / "var").cluster.resolve().parent
        assert home.parent == data_dir.parent / "system"
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
    closed.chmod(0o711)  # opened later by somebody: the cluster stays where it is
    with using_server(closed / "var") as server:
        assert rows(server.url("owner"), "SELECT n FROM kept") == [(1,)]
    assert stat.S_IMODE(closed.stat().st_mode) == 0o711


@needs_root
def test_root_brings_programs_out_of_a_closed_folder(data_dir: Path) -> None:
    found = find_binaries()
    if found.folder.parents[1].name != PACKAGE:
        pytest.skip("not the programs of the wheel")
    closed = data_dir.parent / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(found.folder.parent, closed / PACKAGE / found.folder.parent.name, symlinks=True)
    shutil.copytree(found.folder.parents[1].with_name(f"{PACKAGE}.libs"), closed / f"{PACKAGE}.libs", symlinks=True)
    inside = Binaries(closed / PACKAGE / found.folder.parent.name / "bin", found.version)
    account = Account(NOBODY, NOBODY)
    copied = reachable_by(inside, account)
    assert copied.folder.is_relative_to(data_dir.parent / "system")
    assert reachable_by(inside, account) == copied
    for program in ("initdb", "pg_dump", "postgres"):
        done = subprocess.run([copied.program(program), "--version"], check=True, cwd="/", **account.run_as())
        assert done.returncode == 0
    with pytest.raises(PostgresError, match="WAYWATCH_PG_BIN"):
        reachable_by(Binaries(closed, found.version), account)


@needs_root
def test_root_hands_a_copied_cluster_to_the_account(old_data_dir: Path) -> None:
    with using_server(old_data_dir):
        pass
    for place in (Paths(old_data_dir).cluster, *Paths(old_data_dir).cluster.rglob("*")):
        os.chown(place, 0, 0, follow_symlinks=False)
    with using_server(old_data_dir) as server:
        assert rows(server.url("web"), "SELECT 1") == [(1,)]
