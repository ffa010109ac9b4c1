"""Real processes around a real server, and waiting for what they do."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from waywatch.postgres import locks
from waywatch.postgres.paths import Paths
from waywatch.postgres.processes import servers_in
from waywatch.postgres.status import Status, read_status

SOURCE = Path(__file__).parents[2] / "src"
AS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not AS_ROOT, reason="needs root")
NOBODY = 65534

USER = """
import sys
from waywatch.postgres.api import using_server
with using_server(sys.argv[1]) as server:
    print("ready", flush=True)
    {then}
    print("done", flush=True)
    sys.stdin.read()
"""
WRITE = """
    import psycopg
    with psycopg.connect(server.url("owner"), autocommit=True) as c:
        c.execute("CREATE TABLE IF NOT EXISTS kept (n integer)")
        c.execute("INSERT INTO kept VALUES (1)")
"""


def until(what: Callable[[], Any], seconds: float = 15.0) -> Any:
    """Wait for something to become true, and not a moment longer."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
    return found


class User:
    """A process of its own that uses the server until it is told to leave."""

    def __init__(self, data_dir: Path, then: str = "pass", *, python: str = sys.executable, **popen: Any) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SOURCE), *_site_packages(python)])}
        self.process = subprocess.Popen(
            [python, "-c", USER.format(then=then.strip()), str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=environment,
            cwd="/",
            **popen,
        )

    def said(self, word: str) -> "User":
        """Wait until it has said a word."""
        assert self.process.stdout
        line = self.process.stdout.readline().strip()
        assert line == word, self.process.communicate()[1]
        return self

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End this process, and with it its group: never another one."""
        os.killpg(self.process.pid, number)
        self.process.communicate(timeout=20)

    def leave(self) -> None:
        """Let it leave in order."""
        assert self.process.communicate(timeout=60)[1] == ""
        assert self.process.returncode == 0


def _site_packages(python: str) -> list[str]:
    return [] if python == sys.executable else [str(Path(psycopg.__file__).parents[1])]


@contextmanager
def user(data_dir: Path, then: str = "pass", **options: Any) -> Iterator[User]:
    """A user that has got its server."""
    one = User(data_dir, then, **options)
    try:
        yield one.said("ready").said("done")
    finally:
        if one.process.poll() is None:
            one.kill()
        one.process.communicate()


def status_of(data_dir: Path) -> Status:
    """How the running server is reached."""
    found = until(lambda: read_status(Paths(data_dir).status))
    assert isinstance(found, Status)
    return found


def is_down(data_dir: Path) -> bool:
    """Whether server and keeper are both gone."""
    paths = Paths(data_dir)
    if not paths.keeper_lock.parent.is_dir():
        return True
    return locks.is_free(paths.keeper_lock) and not servers_in(paths.cluster)


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """What a query gives."""
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def run(url: str, *statements: str) -> None:
    """Execute statements one after the other."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
