"""Which database this process uses: the embedded server, or the one that DATABASE_URL names."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from waywatch.postgres import api as postgres
from waywatch.project.keys import ensure_secret_key

ROLES = ("owner", "web", "worker", "backup")
ADDRESSES = {role: "DATABASE_URL" if role == "web" else f"DATABASE_{role.upper()}_URL" for role in (*ROLES, "admin")}


@dataclass(frozen=True)
class Database:
    """The database of this installation. Called with a role, it tells that role's address (with its password)."""

    address: Callable[[str], str]
    holds: tuple[int, ...] = ()
    """Descriptors that keep an embedded server running: a child that has them can finish its work though we were killed."""

    def __call__(self, role: str) -> str:
        """Return the address of `role`."""
        return self.address(role)


def data_dir() -> Path:
    """Return where this installation keeps what is its own."""
    return Path(os.environ.get("WAYWATCH_DATA") or "var").resolve()


def is_external() -> bool:
    """Tell whether the address of a role points to a PostgreSQL that others run."""
    return any(os.environ.get(ADDRESSES[role]) for role in ROLES)


@contextmanager
def database() -> Iterator[Database]:
    """Have a database for the length of the block; see `Database`.

    Embedded unless one of them is set: DATABASE_URL is the address of the web role; DATABASE_OWNER_URL, DATABASE_WORKER_URL,
    DATABASE_BACKUP_URL and DATABASE_ADMIN_URL are asked for by the commands that need them. The secret key is at hand, too.
    Raises PostgresError.
    """
    if is_external():
        ensure_secret_key(data_dir())
        yield Database(_external)
        return
    with postgres.using_server(data_dir()) as server:
        ensure_secret_key(data_dir())
        yield Database(server.url, (server.hold,))


def _external(role: str) -> str:
    name = ADDRESSES[role]
    address = os.environ.get(name)
    if not address:
        text = f"Set {name}: this command works as the database role “{role}”. docs/how-to/use-your-own-postgresql.md shows how."
        raise postgres.PostgresError("address_missing", text)
    return address
