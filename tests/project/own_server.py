"""A PostgreSQL that others run (DATABASE_ADMIN_URL), for the running product; left as it was found."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from waywatch.postgres.api import ROLES

OURS = [name for role, name in ROLES.items() if role != "admin"]
DATABASE, DRILL = "waywatch", "waywatch_drill"


@contextmanager
def own_server(admin_url: str) -> Iterator[psycopg.Connection]:
    """Connect as the administrator; the server has neither our roles nor our databases before and after the block."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        found = admin.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [OURS]).fetchall()
        assert found == [], "roles belong to a whole server: run this alone, by tools/on-debian-postgresql"
        try:
            yield admin
        finally:
            for name in (DATABASE, DRILL):
                admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            for name in OURS:
                admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))


def addresses_in(said: str) -> dict[str, str]:
    """Return what `waywatch database-roles` prints, as settings."""
    return dict(re.findall(r'^(\w+)="(.+)"$', said, re.MULTILINE))
