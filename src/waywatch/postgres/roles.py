"""The roles of the database, and who may do what with the database as a whole. Works on any PostgreSQL from 15 on."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from waywatch.postgres.binaries import OLDEST_MAJOR
from waywatch.postgres.credentials import ROLES
from waywatch.postgres.errors import PostgresError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Connection = psycopg.Connection[tuple[object, ...]]

_LOCK = 7_746_929_015  # any number: all who prepare use the same


@dataclass(frozen=True)
class Wanted:
    """What a role is to be. Nobody is a superuser, creates roles or databases, or replicates."""

    bypasses_rls: bool
    inherits: bool
    settings: Mapping[LiteralString, str]


WANTED: Mapping[str, Wanted] = {
    "owner": Wanted(bypasses_rls=False, inherits=False, settings={"search_path": "public"}),
    "web": Wanted(
        bypasses_rls=False,
        inherits=False,
        settings={
            "search_path": "public",
            "statement_timeout": "30s",
            "lock_timeout": "10s",
            "idle_in_transaction_session_timeout": "60s",
        },
    ),
    "worker": Wanted(bypasses_rls=False, inherits=False, settings={"search_path": "public"}),
    "backup": Wanted(
        bypasses_rls=True,
        inherits=True,  # of pg_read_all_data, its only membership
        settings={"search_path": "public", "default_transaction_read_only": "on"},
    ),
}
"""The four roles that `prepare_database` makes; the admin's role exists before."""


def prepare_database(admin_url: str, *, dbname: str, passwords: Mapping[str, str]) -> None:
    """Make roles and database what they have to be; anything that is right already is left alone.

    `admin_url` is a superuser's, or that of a role with CREATEROLE, CREATEDB and BYPASSRLS. `passwords` are by role:
    owner, web, worker, backup.
    """
    with connected(admin_url) as admin:
        check_version(admin)
        admin.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        with _rights_explained():
            for role in WANTED:
                _prepare_role(admin, role, passwords[role])
            _join(admin, "pg_read_all_data", ROLES["backup"])
            if not _is_superuser(admin):
                _join(admin, ROLES["owner"], admin.info.user)
            _prepare_database(admin, dbname)
            with connected(make_conninfo(admin_url, dbname=dbname)) as inside:
                if admin.info.dbname != dbname:  # the lock counts in one database only; ours has it already otherwise
                    inside.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
                _prepare_schema(inside)


def has_roles(admin_url: str) -> bool:
    """Tell whether the server behind `admin_url` has any of our roles already."""
    with connected(admin_url) as admin:
        return any(attributes_of(admin, ROLES[role]) is not None for role in WANTED)


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Connect; each statement commits by itself, and failure is told without the password."""
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=20)
    except psycopg.OperationalError as error:
        raise PostgresError("cannot_connect", f"The database cannot be reached: {_reason(error)}") from None
    with connection:
        yield connection


def _reason(error: psycopg.Error) -> str:
    return " ".join(str(error).split())


def check_version(connection: Connection) -> None:
    """Refuse a server that is too old."""
    major = connection.info.server_version // 10000
    if major < OLDEST_MAJOR:
        raise PostgresError(
            "server_too_old", f"The database server is PostgreSQL {major}. Waywatch needs {OLDEST_MAJOR} or newer."
        )


@contextmanager
def _rights_explained() -> Iterator[None]:
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise PostgresError(
            "admin_rights",
            "The admin's role may not prepare the database. Use a superuser, or a role with CREATEROLE, CREATEDB, "
            f"BYPASSRLS and ADMIN OPTION on pg_read_all_data. PostgreSQL says: {error.diag.message_primary}",
        ) from None


def _is_superuser(admin: Connection) -> bool:
    row = admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    return bool(row and row[0])


def attributes_of(connection: Connection, name: str) -> dict[LiteralString, bool] | None:
    """Read a role's attributes by the word that sets them."""
    row = connection.execute(
        "SELECT rolcanlogin, rolinherit, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
        " FROM pg_roles WHERE rolname = %s",
        [name],
    ).fetchone()
    words: tuple[LiteralString, ...]
    words = ("LOGIN", "INHERIT", "SUPERUSER", "CREATEDB", "CREATEROLE", "REPLICATION", "BYPASSRLS")
    return dict(zip(words, map(bool, row), strict=True)) if row else None


def wanted_attributes(role: str) -> dict[LiteralString, bool]:
    """Return the attributes that a role of ours must have."""
    none: dict[LiteralString, bool] = dict.fromkeys(("SUPERUSER", "CREATEDB", "CREATEROLE", "REPLICATION"), False)
    return {"LOGIN": True, "INHERIT": WANTED[role].inherits, "BYPASSRLS": WANTED[role].bypasses_rls, **none}


def _prepare_role(admin: Connection, role: str, password: str) -> None:
    name = ROLES[role]
    identifier = sql.Identifier(name)
    if attributes_of(admin, name) is None:
        admin.execute(sql.SQL("CREATE ROLE {}").format(identifier))
    found = attributes_of(admin, name) or {}
    # Only what differs is named: PostgreSQL lets a superuser alone mention some attributes, even to deny them.
    changes = [
        sql.SQL(word if on else f"NO{word}") for word, on in wanted_attributes(role).items() if found[word] != on
    ]
    verifier = admin.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    admin.execute(
        sql.SQL("ALTER ROLE {} {} PASSWORD {}").format(identifier, sql.SQL(" ").join(changes), sql.Literal(verifier))
    )
    for setting, value in WANTED[role].settings.items():
        admin.execute(sql.SQL("ALTER ROLE {} SET {} = {}").format(identifier, sql.SQL(setting), sql.Literal(value)))


def _join(admin: Connection, group: str, member: str) -> None:
    row = admin.execute("SELECT pg_has_role(%s, %s, 'USAGE')", [member, group]).fetchone()
    if not (row and row[0]):
        admin.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(member)))


def _prepare_database(admin: Connection, dbname: str) -> None:
    database, owner = sql.Identifier(dbname), sql.Identifier(ROLES["owner"])
    row = admin.execute(
        "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding) FROM pg_database WHERE datname = %s", [dbname]
    ).fetchone()
    if row is None:
        create = "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'"
        admin.execute(sql.SQL(create).format(database, owner))
    elif row[1] != "UTF8":
        raise PostgresError("not_utf8", f"The database {dbname} has the encoding {row[1]}; Waywatch needs UTF8.")
    elif row[0] != ROLES["owner"]:
        admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, owner))


def _prepare_schema(inside: Connection) -> None:
    """Nobody may do anything by default; the roles may connect and look names up. Tables grant the rest."""
    database, owner = sql.Identifier(inside.info.dbname), sql.Identifier(ROLES["owner"])
    others = sql.SQL(", ").join(sql.Identifier(ROLES[role]) for role in WANTED if role != "owner")
    inside.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    inside.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, others))
    inside.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS public AUTHORIZATION {}").format(owner))
    inside.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(owner))
    inside.execute(sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC"))
    inside.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(others))
