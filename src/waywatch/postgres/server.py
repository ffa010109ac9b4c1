"""Using the embedded server: the first user starts it, the others attach, the last one out stops it."""

from __future__ import annotations

import fcntl
import json
import os
import select
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from waywatch.postgres import locks
from waywatch.postgres.binaries import clean_environment
from waywatch.postgres.credentials import read_passwords, role_name
from waywatch.postgres.errors import PostgresError
from waywatch.postgres.files import create_data_dir, explained, last_lines, open_private, size_of, write_private
from waywatch.postgres.paths import Paths
from waywatch.postgres.roles import prepare_database
from waywatch.postgres.status import Status, read_status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STOP_PATIENCE = 45.0


@dataclass(frozen=True)
class Server:
    """A running embedded server. Its text form shows no password."""

    data_dir: Path
    host: str
    port: int
    version: str
    passwords: Mapping[str, str] = field(repr=False)
    hold: int = field(compare=False)
    """A descriptor: whatever process has it open keeps the server running. For `pass_fds` of a child that must end first."""

    def url(self, role: str, dbname: str = "waywatch") -> str:
        """Make a libpq URL for one of ROLES, password included: not for logs, messages or arguments."""
        name, password = role_name(role), quote(self.passwords[role], safe="")
        return f"postgresql://{name}:{password}@{quote(self.host, safe='')}:{self.port}/{quote(dbname, safe='')}"


@contextmanager
def using_server(
    data_dir: str | os.PathLike[str] | None = None, *, dbname: str = "waywatch", timeout: float = 120.0
) -> Iterator[Server]:
    """Have a running server, with roles and database prepared, for the length of the block.

    While the block runs, a server that dies is restarted, and so is its keeper. When the last user leaves, the server
    stops before this returns; when the last user is killed, it stops all the same.
    """
    paths = Paths.of(data_dir)
    deadline = time.monotonic() + timeout
    with explained(paths.data_dir):
        create_data_dir(paths)
        use = locks.take(paths.users_lock, fcntl.LOCK_SH, deadline)
    owner, guard = os.getpid(), _Guard(paths)
    try:
        status = _attach(paths, deadline)
        server = Server(paths.data_dir, status.host, status.port, status.version, read_passwords(paths.secrets), use)
        _prepare(paths, server, status, dbname, deadline)
        guard.watch(status)
        yield server
    finally:
        guard.end()
        os.close(use)  # closing, not unlocking: a forked child that still uses the server keeps the lock
        if os.getpid() == owner:
            _wait_if_last(paths)


def _attach(paths: Paths, deadline: float) -> Status:
    """Return the running server's address; a keeper is started if there is none, or once the one that is just stopping has gone."""
    started = False
    with explained(paths.data_dir), locks.held(paths.start_lock, deadline):
        while locks.is_free(paths.keeper_lock) or not (status := read_status(paths.status)):
            is_gone = locks.is_free(paths.keeper_lock)
            if time.monotonic() > deadline or (is_gone and started):
                said = last_lines(paths.log)
                raise PostgresError("not_ready", f"PostgreSQL is not ready. The end of {paths.log} says:\n{said}")
            if is_gone:
                _start_keeper(paths, deadline)
                started = True
            else:
                time.sleep(0.01)
        return status


def _start_keeper(paths: Paths, deadline: float) -> None:
    log_position = size_of(paths.log)
    log = open_private(paths.log, os.O_WRONLY | os.O_APPEND)
    try:
        process = subprocess.Popen(  # noqa: S603 - this Python, a module of ours
            [sys.executable, "-P", "-m", "waywatch.postgres.keeper", str(paths.data_dir)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            cwd="/",
            env=_keeper_environment(),
        )
    finally:
        os.close(log)
    with process:  # it forks at once, so that the keeper is nobody's child
        assert process.stdout
        report = _read_line(process.stdout.fileno(), deadline)
    said = json.loads(report or b"{}")
    if said.get("code") != "ready":
        default = f"The keeper of PostgreSQL did not start:\n{last_lines(paths.log, since=log_position)}"
        raise PostgresError(said.get("code", "keeper_failed"), said.get("text", default))


def _keeper_environment() -> dict[str, str]:
    """Only what the keeper needs: the application's own secrets stay with the application."""
    source = str(Path(__file__).parents[2])
    path = os.pathsep.join([source, *filter(None, [os.environ.get("PYTHONPATH")])])
    ours = {name: value for name, value in os.environ.items() if name in _KEEPER_VARIABLES}
    return {**clean_environment(), **ours, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


_KEEPER_VARIABLES = {"WAYWATCH_PG_BIN", "WAYWATCH_PG_PORT", "WAYWATCH_SYSTEM_DIR"}


def _read_line(descriptor: int, deadline: float) -> bytes:
    """Read the one line that the keeper reports; empty if it ends without."""
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise PostgresError("slow_start", "PostgreSQL takes too long to start; pg.log says what it is doing.")
        chunk = os.read(descriptor, 65536)
        if not chunk:
            return b""
        line += chunk
    return line


def _prepare(paths: Paths, server: Server, status: Status, dbname: str, deadline: float) -> None:
    """Prepare roles and database once for each run of the server."""
    if dbname in _prepared_in(paths, status.run):
        return
    with explained(paths.data_dir), locks.held(paths.start_lock, deadline):
        done = _prepared_in(paths, status.run)
        if dbname not in done:
            prepare_database(server.url("admin", "postgres"), dbname=dbname, passwords=server.passwords)
            write_private(paths.prepared, json.dumps({"run": status.run, "databases": [*done, dbname]}))


def _prepared_in(paths: Paths, run: str) -> list[str]:
    try:
        found = json.loads(paths.prepared.read_text(encoding="utf-8"))
        return list(found["databases"]) if found["run"] == run else []
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return []


def _wait_if_last(paths: Paths) -> None:
    """After the last user, let the server stop in order before our own end can end a container around it."""
    try:
        if locks.nobody_left(paths.users_lock):
            os.close(locks.take(paths.keeper_lock, fcntl.LOCK_SH, time.monotonic() + _STOP_PATIENCE))
    except (OSError, PostgresError):
        pass  # the keeper finishes without us


class _Guard:
    """Replaces a keeper that was killed while this process uses the server."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._wake: tuple[int, int] | None = None
        self._thread: threading.Thread | None = None

    def watch(self, status: Status) -> None:
        """Begin; costs nothing until the keeper dies."""
        self._wake = os.pipe2(os.O_CLOEXEC)
        self._thread = threading.Thread(target=self._run, args=(status, self._wake[0]), daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop watching."""
        if not self._wake or not self._thread:
            return
        os.write(self._wake[1], b"!")
        self._thread.join()
        for descriptor in self._wake:
            os.close(descriptor)

    def _run(self, status: Status, wake: int) -> None:
        while True:
            if _wait_for_end(status.keeper_pid, wake):
                return
            try:
                status = _attach(self._paths, time.monotonic() + _STOP_PATIENCE)
            except PostgresError:
                if select.select([wake], [], [], 1.0)[0]:
                    return


def _wait_for_end(pid: int, wake: int) -> bool:
    """Wait until the process ends (False) or `wake` can be read (True)."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return bool(select.select([wake], [], [], 0)[0])
    try:
        return wake in select.select([handle, wake], [], [])[0]
    finally:
        os.close(handle)
