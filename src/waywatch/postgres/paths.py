"""Where everything lives: one data directory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

LONGEST_SOCKET_PATH = 100
SOCKET_PORT = 5432


def system_dir() -> Path:
    """Where root keeps what the server's account could not reach inside root's own folders."""
    return Path(os.environ.get("WAYWATCH_SYSTEM_DIR", "/var/lib/waywatch"))


@dataclass(frozen=True)
class Paths:
    """The files of one data directory."""

    data_dir: Path

    @classmethod
    def of(cls, data_dir: str | os.PathLike[str] | None = None) -> Paths:
        """Take the given data directory, else `WAYWATCH_DATA`, else `./var`."""
        return cls(Path(data_dir or os.environ.get("WAYWATCH_DATA") or "var").absolute())

    @property
    def cluster(self) -> Path:
        """The cluster: a folder, or a link to one that the server's account can reach."""
        return self.data_dir / "pg"

    @property
    def log(self) -> Path:
        """What the server and its keeper say."""
        return self.data_dir / "pg.log"

    @property
    def secrets(self) -> Path:
        """The generated passwords of the roles, readable by the owner only."""
        return self.data_dir / "secrets.json"

    @property
    def status(self) -> Path:
        """How to reach the running server; there only while it accepts connections."""
        return self.data_dir / "server.json"

    @property
    def prepared(self) -> Path:
        """For which run of the server the roles and databases were last prepared."""
        return self.data_dir / "prepared.json"

    @property
    def keeper_lock(self) -> Path:
        """Held exclusively by the keeper for its life."""
        return self.data_dir / "keeper.lock"

    @property
    def users_lock(self) -> Path:
        """Held shared by each process that uses the server; exclusively by a keeper that stops."""
        return self.data_dir / "users.lock"

    @property
    def start_lock(self) -> Path:
        """Held while somebody looks for a keeper or starts one."""
        return self.data_dir / "start.lock"

    @property
    def home(self) -> Path:
        """The folder that holds the real cluster: the data directory unless the cluster is a link."""
        return self.cluster.resolve().parent

    @property
    def sockets(self) -> Path:
        """The private folder of the server's socket."""
        return self.home / "run"

    @property
    def socket_fits(self) -> bool:
        """Whether the operating system takes the socket's path (its length) and libpq does (a comma parts hosts)."""
        path = os.fsencode(self.sockets / f".s.PGSQL.{SOCKET_PORT}")
        return len(path) <= LONGEST_SOCKET_PATH and b"," not in path
