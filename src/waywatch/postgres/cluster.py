"""The cluster on disk: made whole or not at all, checked before each start."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from waywatch.postgres.account import Account, hand_over, run_as
from waywatch.postgres.binaries import Binaries, clean_environment
from waywatch.postgres.credentials import ROLES, make_passwords, read_passwords
from waywatch.postgres.errors import PostgresError
from waywatch.postgres.files import create_system_dir, disk_full, sync_folder
from waywatch.postgres.settings import INCLUDE, Listening, access_rules, server_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waywatch.postgres.paths import Paths

NEEDED_BYTES = 200 * 1024 * 1024
_BUILTIN_LOCALE_SINCE = 17


def ensure_cluster(paths: Paths, account: Account | None, binaries: Binaries) -> None:
    """Create the cluster if there is none; refuse one that these programs cannot serve."""
    if not os.path.lexists(paths.cluster):
        _create(paths, account, binaries)
        return
    version = paths.cluster / "PG_VERSION"
    if not version.is_file():
        raise PostgresError(
            "cluster_damaged",
            f"{paths.cluster} is there but holds no PostgreSQL cluster. Put the right folder back, or move it away "
            "to start empty and then use: waywatch restore FILE",
        )
    major = version.read_text(encoding="ascii").strip()
    if major != str(binaries.major):
        raise _other_major(paths, major, binaries)
    read_passwords(paths.secrets)
    _adopt(paths, account)


def _other_major(paths: Paths, major: str, binaries: Binaries) -> PostgresError:
    return PostgresError(
        "other_major_version",
        f"The data in {paths.cluster} was made by PostgreSQL {major}; this Waywatch comes with PostgreSQL "
        f"{binaries.major}. Run `waywatch backup FILE` with the release that made it (or with WAYWATCH_PG_BIN set to "
        f"PostgreSQL {major}), move {paths.cluster} away, then run `waywatch restore FILE` with this one.",
    )


def _adopt(paths: Paths, account: Account | None) -> None:
    """As root: a cluster that root owns (a copy, an unpacked archive) goes to the server's account."""
    if account is None:
        return
    if not account.may_enter(paths.home):
        raise PostgresError(
            "cluster_unreachable",
            f"The account that runs PostgreSQL cannot reach {paths.cluster}. Move the data directory to a folder it "
            "can walk to, such as /var/lib.",
        )
    real = paths.cluster.resolve()
    if real.stat().st_uid == 0:
        for folder, _, files in os.walk(real):
            for place in (Path(folder), *(Path(folder, name) for name in files)):
                hand_over(place, account)


def _create(paths: Paths, account: Account | None, binaries: Binaries) -> None:
    home = paths.data_dir if account is None or account.may_enter(paths.data_dir) else _home_outside(paths, account)
    if shutil.disk_usage(home).free < NEEDED_BYTES:
        raise disk_full(home)
    passwords = read_passwords(paths.secrets) if paths.secrets.exists() else make_passwords(paths.secrets)
    new = home / "pg.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    hand_over(new, account)
    _initdb(new, passwords["admin"], account, binaries)
    with (new / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(f"\n{INCLUDE}\n")
    new.rename(home / "pg")
    sync_folder(home)
    if home != paths.data_dir:
        paths.cluster.symlink_to(home / "pg")
        sync_folder(paths.data_dir)


def _home_outside(paths: Paths, account: Account) -> Path:
    """Make a new private folder for a cluster whose account cannot walk to the data directory."""
    parent = create_system_dir()
    if not account.may_enter(parent):
        raise PostgresError(
            "cluster_unreachable",
            f"The account that runs PostgreSQL can reach neither {paths.data_dir} nor {parent}. "
            "Choose a data directory that it can walk to with WAYWATCH_DATA.",
        )
    name = hashlib.sha256(os.fsencode(paths.data_dir)).hexdigest()[:12]
    home = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))
    hand_over(home, account)
    return home


def _initdb(folder: Path, password: str, account: Account | None, binaries: Binaries) -> None:
    password_file = folder.with_name("pg.new.password")
    password_file.unlink(missing_ok=True)
    try:
        _write_new(password_file, password, account)
        arguments = _initdb_arguments(folder, password_file, binaries)
        done = subprocess.run(  # noqa: S603 - initdb with arguments of ours
            arguments, capture_output=True, text=True, check=False, cwd="/", env=clean_environment(), **run_as(account)
        )
    finally:
        password_file.unlink(missing_ok=True)
    if done.returncode:
        raise _initdb_failed(folder, done.stderr)


def _initdb_failed(folder: Path, said: str) -> PostgresError:
    shutil.rmtree(folder, ignore_errors=True)
    if "No space left" in said:
        return disk_full(folder.parent)
    lines = "\n".join(said.strip().splitlines()[-4:])
    return PostgresError("initdb_failed", f"The database could not be created in {folder.parent}. It said:\n{lines}")


def _initdb_arguments(folder: Path, password_file: Path, binaries: Binaries) -> Sequence[str]:
    locale = ["--locale=C.UTF-8"]
    if binaries.major >= _BUILTIN_LOCALE_SINCE:
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [
        str(binaries.program("initdb")),
        f"--pgdata={folder}",
        f"--username={ROLES['admin']}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--data-checksums",
        *locale,
    ]


def _write_new(path: Path, text: str, account: Account | None) -> None:
    """Make a new file for the server's account alone; fails if something is there, a planted link included."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    hand_over(path, account)


def write_settings(paths: Paths, account: Account | None, listening: Listening, major: int) -> None:
    """Write our settings over those of an earlier release, and empty the folder of the socket."""
    cluster = paths.cluster.resolve()
    for name, text in {
        "waywatch.conf": server_settings(listening, major),
        "pg_hba.conf": access_rules(listening),
    }.items():
        temporary = cluster / f"{name}.new"
        temporary.unlink(missing_ok=True)
        _write_new(temporary, text, account)
        temporary.replace(cluster / name)
    paths.sockets.mkdir(mode=0o700, exist_ok=True)
    hand_over(paths.sockets, account)
    for left in paths.sockets.glob(".s.PGSQL.*"):
        left.unlink()
