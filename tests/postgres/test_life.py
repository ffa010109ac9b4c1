"""The server lives exactly as long as somebody uses it, whatever is killed."""

import fcntl
import os
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg

from tests.postgres.helpers import WRITE, User, is_down, rows, status_of, until, user
from waywatch.postgres import locks
from waywatch.postgres.account import account_for, run_as
from waywatch.postgres.api import using_server
from waywatch.postgres.binaries import clean_environment, find_binaries, reachable_by
from waywatch.postgres.paths import Paths


def _answers(url: str) -> bool:
    try:
        return rows(url, "SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False


def _log(data_dir: Path) -> str:
    return Paths(data_dir).log.read_text()


def test_first_user_starts_it_a_second_attaches_and_the_last_one_stops_it(old_data_dir: Path) -> None:
    with using_server(old_data_dir) as first:
        before = time.monotonic()
        with using_server(old_data_dir) as second:
            assert time.monotonic() - before < 0.05
            assert second == first
        assert rows(first.url("web"), "SELECT current_user") == [("waywatch_web",)]
    assert is_down(old_data_dir)
    assert "database system is shut down" in _log(old_data_dir)


def test_two_starts_at_once_share_one_server(data_dir: Path) -> None:
    both = [User(data_dir), User(data_dir)]
    for one in both:
        one.said("ready").said("done")
    assert _log(data_dir).count("ready to accept connections") == 1
    both[0].leave()
    assert not is_down(data_dir)
    both[1].leave()
    assert is_down(data_dir)


def test_six_starts_at_the_same_instant_share_one_server(old_data_dir: Path) -> None:
    together = threading.Barrier(6, timeout=30)

    def use(_: int) -> tuple[str, int]:
        together.wait()
        with using_server(old_data_dir) as server:
            together.wait()
            return server.host, status_of(old_data_dir).server_pid

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(use, range(6)))) == 1


def test_app_killed_server_stops_and_next_start_has_what_was_committed(old_data_dir: Path) -> None:
    with user(old_data_dir, WRITE) as app:
        app.kill()
    until(lambda: is_down(old_data_dir), 5)
    with using_server(old_data_dir) as server:
        assert rows(server.url("owner"), "SELECT n FROM kept") == [(1,)]
    assert "not properly shut down" not in _log(old_data_dir)


def test_newcomers_while_the_server_stops_get_a_server(old_data_dir: Path) -> None:
    for _ in range(5):
        with user(old_data_dir) as app:
            app.kill()
        with using_server(old_data_dir) as server:
            assert _answers(server.url("web"))


def test_a_newcomer_waits_for_a_keeper_that_is_just_going_and_starts_its_own(old_data_dir: Path) -> None:
    """The one that goes has taken its address away already, and holds its lock a moment longer."""
    going = locks.take(Paths.of(old_data_dir).keeper_lock, fcntl.LOCK_EX, time.monotonic() + 5)
    timer = threading.Timer(0.3, os.close, [going])
    timer.start()
    with using_server(old_data_dir) as server:
        assert _answers(server.url("web"))
    timer.join()


def test_killed_server_is_restarted_with_its_data(old_data_dir: Path) -> None:
    with using_server(old_data_dir) as server, user(old_data_dir, WRITE):
        killed = status_of(old_data_dir).server_pid
        os.kill(killed, signal.SIGKILL)
        until(lambda: status_of(old_data_dir).server_pid != killed)
        assert rows(server.url("owner"), "SELECT n FROM kept") == [(1,)]


def test_killed_keeper_is_replaced_while_somebody_uses_the_server(old_data_dir: Path) -> None:
    with using_server(old_data_dir) as server, user(old_data_dir, WRITE):
        killed = status_of(old_data_dir)
        os.kill(killed.keeper_pid, signal.SIGKILL)
        until(lambda: status_of(old_data_dir).keeper_pid != killed.keeper_pid)
        assert rows(server.url("owner"), "SELECT n FROM kept") == [(1,)]
    assert "not properly shut down" not in _log(old_data_dir)


def test_killed_keeper_and_app_leave_nothing_behind(old_data_dir: Path) -> None:
    with user(old_data_dir, WRITE) as app:
        os.kill(app.process.pid, signal.SIGSTOP)  # so that it does not replace the keeper
        os.kill(status_of(old_data_dir).keeper_pid, signal.SIGKILL)
        app.kill()
    until(lambda: is_down(old_data_dir), 5)
    with using_server(old_data_dir) as server:
        assert rows(server.url("owner"), "SELECT n FROM kept") == [(1,)]


def test_interrupting_a_terminals_process_group_stops_the_server_cleanly(old_data_dir: Path) -> None:
    with user(old_data_dir, WRITE) as app:
        app.kill(signal.SIGINT)
        assert app.process.returncode != 0
    assert is_down(old_data_dir)
    with using_server(old_data_dir) as server:
        assert rows(server.url("owner"), "SELECT n FROM kept") == [(1,)]
    assert "not properly shut down" not in _log(old_data_dir)


def test_foreign_process_named_by_a_stale_pid_file_is_left_alone(old_data_dir: Path) -> None:
    with using_server(old_data_dir):
        text = (Paths(old_data_dir).cluster / "postmaster.pid").read_text()
    account = account_for(Paths(old_data_dir).cluster)  # PostgreSQL itself sees through other accounts' processes
    with subprocess.Popen(["sleep", "60"], cwd="/", **run_as(account)) as sleeper:
        try:
            stale = "\n".join([str(sleeper.pid), *text.splitlines()[1:], ""])
            (Paths(old_data_dir).cluster / "postmaster.pid").write_text(stale)
            (Paths(old_data_dir).sockets / ".s.PGSQL.5432.lock").write_text(stale)
            with using_server(old_data_dir) as server:
                assert _answers(server.url("web"))
            assert sleeper.poll() is None
        finally:
            sleeper.kill()


def test_orphan_server_in_our_cluster_is_stopped_and_replaced(old_data_dir: Path) -> None:
    with using_server(old_data_dir):
        pass
    account = account_for(Paths(old_data_dir).cluster)
    program = reachable_by(find_binaries(), account).program("postgres")
    with subprocess.Popen(
        [program, "-D", Paths(old_data_dir).cluster],
        stderr=subprocess.DEVNULL,
        cwd="/",
        env=clean_environment(),
        **run_as(account),
    ) as orphan:
        pid_file = Paths(old_data_dir).cluster / "postmaster.pid"
        until(lambda: pid_file.exists() and "ready" in pid_file.read_text())
        try:
            with using_server(old_data_dir) as server:
                assert orphan.poll() == 0
                assert _answers(server.url("web"))
        finally:
            orphan.terminate()


def test_forked_child_that_outlives_its_parent_still_has_its_server(old_data_dir: Path) -> None:
    fork = """
    import os
    if os.fork():
        sys.exit(0)
    """
    with user(old_data_dir, fork) as app:
        assert app.process.wait(10) == 0
        assert not is_down(old_data_dir)
        assert app.process.stdin
        app.process.stdin.close()  # the child reads it to its end, then leaves
        app.process.stdin = None
        until(lambda: is_down(old_data_dir))
