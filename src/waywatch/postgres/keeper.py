"""The keeper: a small process of its own that runs the server exactly as long as somebody uses it.

`python -m waywatch.postgres.keeper DATA_DIR`; started by `using_server`, not by people. It reports once on its
standard output, as one line of JSON, and then works in silence. It takes no signals but the last one: it ends when
the last process that uses the server has ended.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import sys
import threading
import time
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Literal

from waywatch.postgres.account import account_for
from waywatch.postgres.binaries import find_binaries, reachable_by
from waywatch.postgres.cluster import ensure_cluster
from waywatch.postgres.engine import Engine, choose_listening
from waywatch.postgres.errors import PostgresError
from waywatch.postgres.files import explained, size_of
from waywatch.postgres.locks import open_lock, take
from waywatch.postgres.paths import Paths
from waywatch.postgres.processes import stop_orphan
from waywatch.postgres.status import Status, read_status, write_status

if TYPE_CHECKING:
    import subprocess

Event = Literal["died", "unused"]
_LONGEST_PAUSE = 5.0
_LONG_LIFE = 30.0
_LOG_LIMIT = 10 * 1024 * 1024


class Keeper:
    """Runs the server of one data directory; the caller holds `keeper.lock`."""

    def __init__(self, paths: Paths, engine: Engine) -> None:
        self._paths = paths
        self._engine = engine
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and announce it."""
        child = self._engine.start()
        self._child = child
        listening, version = self._engine.listening, self._engine.binaries.version
        status = Status(listening.host, listening.port, os.getpid(), child.pid, version, secrets.token_hex(8))
        write_status(self._paths.status, status)
        threading.Thread(target=self._await_death, args=(child,), daemon=True).start()

    def keep(self) -> None:
        """Restart the server when it dies; stop it and return when nobody uses it."""
        threading.Thread(target=self._await_users, daemon=True).start()
        pause, started = 0.1, time.monotonic()
        while self._events.get() == "died":
            self._paths.status.unlink(missing_ok=True)
            pause = 0.1 if time.monotonic() - started > _LONG_LIFE else min(pause * 2, _LONGEST_PAUSE)
            if not self._revive(pause):
                return
            started = time.monotonic()
        self._stop()

    def _revive(self, pause: float) -> bool:
        """Start the server again, however often it takes. False: meanwhile everybody has left."""
        while True:
            try:
                self._events.get(timeout=pause)
            except Empty:
                pass
            else:
                return False
            try:
                self.start()
            except (PostgresError, OSError) as error:
                print(f"keeper: the server does not start: {error}", file=sys.stderr, flush=True)  # noqa: T201 - pg.log
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                return True

    def _stop(self) -> None:
        """Fast shutdown; harder after half a minute, hardest after another ten seconds."""
        self._paths.status.unlink(missing_ok=True)
        for number, patience in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            assert self._child
            self._child.send_signal(number)
            try:
                self._events.get(timeout=patience)
            except Empty:
                continue
            return

    def _await_death(self, child: subprocess.Popen[bytes]) -> None:
        child.wait()
        self._events.put("died")

    def _await_users(self) -> None:
        """Granted by the kernel when the last user has gone; kept until we are gone too."""
        fcntl.flock(open_lock(self._paths.users_lock), fcntl.LOCK_EX)
        self._events.put("unused")


def _build(paths: Paths) -> Engine:
    account = account_for(paths.cluster, paths.data_dir)
    binaries = reachable_by(find_binaries(), account)
    previous = read_status(paths.status)
    paths.status.unlink(missing_ok=True)
    ensure_cluster(paths, account, binaries)
    stop_orphan(paths.cluster)  # before looking for a port: it may still hold ours
    listening = choose_listening(paths, previous.port if previous else None)
    return Engine(paths, account, binaries, listening)


def _report(**said: str) -> None:
    """Tell the process that started us; it may be gone already."""
    try:
        os.write(1, json.dumps(said).encode() + b"\n")
    except BrokenPipeError:
        pass
    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), 1)


def _detach() -> None:
    """Become nobody's child, deaf to the signals meant for those who use the server."""
    if os.fork():
        os._exit(0)
    os.umask(0o077)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)


def run(paths: Paths) -> None:
    """Keep the server of a data directory, unless another keeper does so already."""
    with explained(paths.data_dir):
        take(paths.keeper_lock, fcntl.LOCK_EX, time.monotonic() + 1.0)
        if size_of(paths.log) > _LOG_LIMIT:
            paths.log.replace(paths.log.with_name("pg.log.1"))
        keeper = Keeper(paths, _build(paths))
        keeper.start()
    _report(code="ready")
    keeper.keep()


def main() -> None:
    """Entry point of the process."""
    _detach()
    try:
        run(Paths.of(sys.argv[1]))
    except PostgresError as error:
        _report(code=error.code, text=error.text)
        sys.exit(1)


if __name__ == "__main__":
    main()
