"""One run of the server process: start it, know when it is ready, stop it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass

from waywatch.postgres.account import Account, run_as
from waywatch.postgres.binaries import Binaries, clean_environment
from waywatch.postgres.cluster import write_settings
from waywatch.postgres.errors import PostgresError
from waywatch.postgres.files import disk_full, last_lines, open_private, size_of
from waywatch.postgres.paths import SOCKET_PORT, Paths
from waywatch.postgres.processes import ended_with_parent, forget_foreign_pid, stop_orphan
from waywatch.postgres.settings import Listening

LOOPBACK = "127.0.0.1"
_STATE_LINE = 7
_NEARLY_NOTHING = 20 * 1024 * 1024


@dataclass(frozen=True)
class Engine:
    """What is needed to start the server of one data directory again and again."""

    paths: Paths
    account: Account | None
    binaries: Binaries
    listening: Listening

    def start(self, *, patience: float = 600.0) -> subprocess.Popen[bytes]:
        """Start the server and return when it accepts connections. Recovery after a crash may take its time."""
        stop_orphan(self.paths.cluster)
        forget_foreign_pid(self.paths.cluster)
        write_settings(self.paths, self.account, self.listening, self.binaries.major)
        log_position = size_of(self.paths.log)
        child = self._spawn()
        deadline = time.monotonic() + patience
        while not self._ready(child.pid):
            if child.poll() is not None or time.monotonic() > deadline:
                child.send_signal(signal.SIGINT)  # does nothing to a child that has ended
                child.wait()
                raise self._failed(log_position)
            time.sleep(0.005)
        return child

    def _spawn(self) -> subprocess.Popen[bytes]:
        log = open_private(self.paths.log, os.O_WRONLY | os.O_APPEND)
        try:
            return subprocess.Popen(  # noqa: S603 - the server, with arguments of ours
                [self.binaries.program("postgres"), "-D", self.paths.cluster.resolve()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=clean_environment(),
                umask=0o077,
                preexec_fn=ended_with_parent(),  # noqa: PLW1509 - one system call, prepared beforehand
                **run_as(self.account),
            )
        finally:
            os.close(log)

    def _ready(self, pid: int) -> bool:
        try:
            lines = (self.paths.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(lines) > _STATE_LINE and lines[0] == str(pid) and lines[_STATE_LINE].strip() == "ready"

    def _failed(self, log_position: int) -> PostgresError:
        said = last_lines(self.paths.log, since=log_position)
        # a full disk often leaves no room to write so in the log
        if "No space left on device" in said or shutil.disk_usage(self.paths.home).free < _NEARLY_NOTHING:
            return disk_full(self.paths.home)
        return PostgresError("start_failed", f"PostgreSQL did not start. The end of {self.paths.log} says:\n{said}")


def choose_listening(paths: Paths, previous_port: int | None) -> Listening:
    """Choose a private socket; or 127.0.0.1, if a port is configured or the socket's path will not do."""
    configured = os.environ.get("WAYWATCH_PG_PORT")
    if configured:
        return Listening(LOOPBACK, _configured_port(configured))
    if paths.socket_fits:
        return Listening(str(paths.sockets), SOCKET_PORT)
    return Listening(LOOPBACK, previous_port if previous_port and _port_is_free(previous_port) else _any_free_port())


def _configured_port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:  # noqa: PLR2004 - the range of TCP ports
        raise PostgresError("port_invalid", f"WAYWATCH_PG_PORT is {text!r}; it must be a number from 1 to 65535.")
    if not _port_is_free(int(text)):
        raise PostgresError(
            "port_taken",
            f"Port {text} on {LOOPBACK} is taken by another program. Stop that program, set WAYWATCH_PG_PORT to a "
            "free port, or unset it to use a private socket.",
        )
    return int(text)


def _port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def _any_free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
