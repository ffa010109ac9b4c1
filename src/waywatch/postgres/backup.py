"""Backups in pg_dump's custom format, and restoring them into an empty database."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from waywatch.postgres.binaries import Binaries, clean_environment, find_tools
from waywatch.postgres.credentials import ROLES
from waywatch.postgres.errors import PostgresError
from waywatch.postgres.files import explained, sync_folder
from waywatch.postgres.roles import check_version, connected, prepare_database

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MAGIC = b"PGDMP"
_USER_OBJECTS = """
SELECT count(*) FROM (
  SELECT oid, oid AS space, 'pg_namespace'::regclass AS kind FROM pg_namespace WHERE nspname <> 'public'
  UNION ALL SELECT oid, relnamespace, 'pg_class'::regclass FROM pg_class
  UNION ALL SELECT oid, pronamespace, 'pg_proc'::regclass FROM pg_proc
  UNION ALL SELECT oid, typnamespace, 'pg_type'::regclass FROM pg_type
) thing JOIN pg_namespace n ON n.oid = space
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = kind AND d.objid = thing.oid AND d.deptype = 'e')
"""


def backup(url: str, file: str | os.PathLike[str]) -> Path:
    """Write a backup of the database behind `url` (the backup role's) and return its path.

    The file appears whole or not at all and is readable by its owner only. An older file of that name is replaced.
    """
    target = Path(file).absolute()
    tools = _tools_for(url)
    with explained(target.parent):
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # mode 0600
        temporary = Path(name)
        try:
            os.close(descriptor)
            _run(tools.program("pg_dump"), ["--format=custom", f"--file={temporary}"], url)  # it syncs the file
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(target.parent)
    return target


def restore(
    admin_url: str, file: str | os.PathLike[str], *, dbname: str = "waywatch", passwords: Mapping[str, str]
) -> None:
    """Restore a backup into a database that is empty or does not exist yet; all or nothing.

    Roles and database are prepared first. Everything restored belongs to the owner's role.
    """
    source = Path(file).absolute()
    _check_file(source)
    tools = _tools_for(admin_url)
    _check_empty(admin_url, dbname)
    prepare_database(admin_url, dbname=dbname, passwords=passwords)
    options = ["--single-transaction", "--exit-on-error", "--no-owner", f"--role={ROLES['owner']}", str(source)]
    _run(tools.program("pg_restore"), options, make_conninfo(admin_url, dbname=dbname))


def _tools_for(url: str) -> Binaries:
    with connected(url) as connection:
        check_version(connection)
        return find_tools(connection.info.server_version // 10000)


def _run(program: Path, options: Sequence[str], url: str) -> None:
    """Run one of PostgreSQL's programs. The password travels in its environment, never among its arguments."""
    parameters = conninfo_to_dict(url)
    secret = {"PGPASSWORD": str(parameters.pop("password"))} if "password" in parameters else {}
    done = subprocess.run(  # noqa: S603 - a program of ours; no shell
        [program, "--no-password", f"--dbname={make_conninfo('', **parameters)}", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env=clean_environment() | secret,
    )
    if done.returncode:
        said = "\n".join(line for line in done.stderr.splitlines() if not line.startswith(("Command was", "CONTEXT")))
        raise PostgresError(f"{program.name}_failed", f"{program.name} failed. It said:\n{said[:2000]}")


def _check_file(source: Path) -> None:
    try:
        with source.open("rb") as opened:
            good = opened.read(len(_MAGIC)) == _MAGIC
    except OSError as error:
        raise PostgresError("backup_unreadable", f"The backup {source} cannot be read: {error.strerror}.") from error
    if not good:
        raise PostgresError(
            "backup_unreadable", f"{source} is not a backup made by `waywatch backup`. Choose another file."
        )


def _check_empty(admin_url: str, dbname: str) -> None:
    with connected(admin_url) as admin:
        if admin.execute("SELECT FROM pg_database WHERE datname = %s", [dbname]).fetchone() is None:
            return
    with connected(make_conninfo(admin_url, dbname=dbname)) as inside:
        row = inside.execute(_USER_OBJECTS).fetchone()
    if row and row[0]:
        raise PostgresError(
            "database_not_empty",
            f"The database {dbname} is not empty, so nothing was restored. Restore into a new data directory, or into "
            "a database of another name.",
        )
