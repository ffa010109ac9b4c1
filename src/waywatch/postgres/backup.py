"""Backups in pg_dump's custom format, and restoring them into an empty database."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
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
APART = ".keys"
KEPT_APART = 7 * 24 * 3600.0  # seconds
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


def backup(url: str, file: str | os.PathLike[str], *, apart: str | None = None) -> Path:
    """Write a backup of the database behind `url` (the backup role's) and return its path.

    The rows of the table `apart` go into a file of their own beside it (`beside`), of the same moment: whoever keeps that file for days
    only can destroy such a row for good. Each file appears whole or not at all and is readable by its owner only. Older files of these
    names are replaced, and those beside others that are older than `KEPT_APART` are removed.
    """
    target = Path(file).absolute()
    program = _tools_for(url).program("pg_dump")
    with connected(url) as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        [moment] = connection.execute("SELECT pg_export_snapshot()").fetchone() or [""]
        same = ["--format=custom", f"--snapshot={moment}"]
        left_out = [f"--exclude-table-data=public.{apart}"] if apart else []
        _write(target, program, [*same, *left_out], url)
        if apart:
            _write(beside(target), program, [*same, "--data-only", f"--table=public.{apart}"], url)
            _remove_old(target.parent)
    return target


def beside(target: Path) -> Path:
    """Return where the rows lie that a backup keeps apart."""
    return target.with_name(f"{target.name}{APART}")


def _write(target: Path, program: Path, options: Sequence[str], url: str) -> None:
    with explained(target.parent):
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # mode 0600
        temporary = Path(name)
        try:
            os.close(descriptor)
            _run(program, [*options, f"--file={temporary}"], url)  # it syncs the file
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(target.parent)


def _remove_old(folder: Path) -> None:
    oldest = time.time() - KEPT_APART
    for path in folder.glob(f"*{APART}"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def restore(
    admin_url: str, file: str | os.PathLike[str], *, dbname: str = "waywatch", passwords: Mapping[str, str]
) -> None:
    """Restore a backup into a database that is empty or does not exist yet; all or nothing.

    Roles and database are prepared first. Everything restored belongs to the owner's role. Rows that were kept apart come back where their
    file still lies beside it; without it the database is whole but for them.
    """
    source = Path(file).absolute()
    _check_file(source)
    tools = _tools_for(admin_url)
    _check_empty(admin_url, dbname)
    prepare_database(admin_url, dbname=dbname, passwords=passwords)
    options = ["--single-transaction", "--exit-on-error", "--no-owner", f"--role={ROLES['owner']}", str(source)]
    address = make_conninfo(admin_url, dbname=dbname)
    _run(tools.program("pg_restore"), options, address)
    if beside(source).exists():
        # Not as the owner, whom row-level security holds: only who is above it can fill a guarded table.
        _run(tools.program("pg_restore"), ["--single-transaction", "--exit-on-error", str(beside(source))], address)


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
