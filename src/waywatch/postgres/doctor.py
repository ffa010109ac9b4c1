"""A check-up of the database: what is as it must be, and what is not."""

from __future__ import annotations

import shutil
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg

from waywatch.postgres.binaries import OLDEST_MAJOR
from waywatch.postgres.cluster import NEEDED_BYTES
from waywatch.postgres.credentials import ROLES
from waywatch.postgres.paths import Paths
from waywatch.postgres.roles import WANTED, attributes_of, connected, wanted_attributes

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from waywatch.postgres.roles import Connection

_LARGEST_SKEW = 2.0
_WEAK = ("trust", "password", "md5", "ident")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: a stable code, whether it is well, and a sentence that says what to do if not."""

    code: str
    ok: bool
    text: str


def examine(
    admin_url: str,
    *,
    data_dir: str | os.PathLike[str] | None = None,
    forced_tables: Iterable[str] = (),
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[Finding]:
    """Look at the database behind `admin_url` and, for an embedded server, at its data directory.

    `forced_tables` must have row-level security enabled and forced, such as "tips_tip" or "tips.tip".
    """
    with connected(admin_url) as connection:
        findings = [
            _version(connection),
            _encoding(connection),
            _clock(connection, clock),
            _checksums(connection),
            _passwords(connection),
            _ways_in(connection),
            *_roles(connection),
            *(_forced(connection, table) for table in forced_tables),
        ]
    return findings + (list(_folder(Paths.of(data_dir))) if data_dir is not None else [])


def _version(connection: Connection) -> Finding:
    major = connection.info.server_version // 10000
    text = f"The server is PostgreSQL {major}; {OLDEST_MAJOR} or newer is needed."
    return Finding("server_version", major >= OLDEST_MAJOR, text)


def _encoding(connection: Connection) -> Finding:
    found = _value(connection, "SELECT current_setting('server_encoding')")
    return Finding("encoding", found == "UTF8", f"The database stores text as {found}; it must be UTF8.")


def _clock(connection: Connection, clock: Callable[[], datetime]) -> Finding:
    before = clock()
    there = _value(connection, "SELECT clock_timestamp()")
    assert isinstance(there, datetime)
    apart = abs((there - before).total_seconds())
    text = f"The clocks of database and application are {apart:.1f} s apart; set both by NTP if it is more than 2 s."
    return Finding("clock", apart <= _LARGEST_SKEW, text)


def _checksums(connection: Connection) -> Finding:
    found = _value(connection, "SELECT current_setting('data_checksums')")
    return Finding("checksums", found == "on", f"Data checksums are {found}; pg_checksums --enable switches them on.")


def _passwords(connection: Connection) -> Finding:
    names = [ROLES[role] for role in WANTED]
    try:
        weak = _value(
            connection,
            "SELECT count(*) FROM pg_authid WHERE rolname = ANY(%s)"
            " AND (rolpassword IS NULL OR rolpassword NOT LIKE 'SCRAM-SHA-256$%%')",
            names,
        )
    except psycopg.errors.InsufficientPrivilege:
        return Finding("scram_passwords", ok=False, text="Only a superuser can check how the passwords are stored.")
    return Finding("scram_passwords", weak == 0, f"{weak} of our roles have no password that is stored for SCRAM.")


def _ways_in(connection: Connection) -> Finding:
    try:
        found = _value(
            connection, "SELECT count(*) FROM pg_hba_file_rules WHERE error IS NOT NULL OR auth_method = ANY(%s)", _WEAK
        )
    except psycopg.errors.InsufficientPrivilege:
        return Finding("scram_rules", ok=False, text="Only a superuser can check pg_hba.conf.")
    text = f"{found} rules of pg_hba.conf let somebody in by less than SCRAM ({', '.join(_WEAK)}) or are faulty."
    return Finding("scram_rules", found == 0, text)


def _roles(connection: Connection) -> Iterator[Finding]:
    for role in WANTED:
        found, wanted = attributes_of(connection, ROLES[role]), wanted_attributes(role)
        wrong = sorted(word for word, on in wanted.items() if found is None or found[word] != on)
        rest = "is as it must be" if not wrong else f"is missing or differs in {', '.join(wrong)}; prepare it again"
        yield Finding(f"role_{role}", not wrong, f"The role {ROLES[role]} {rest}.")
        yield _memberships(connection, role)


def _memberships(connection: Connection, role: str) -> Finding:
    """Look at memberships: a role could also gain rights through another one that it belongs to."""
    found = _value(
        connection,
        "SELECT coalesce(string_agg(g.rolname, ', ' ORDER BY g.rolname), '') FROM pg_auth_members m"
        " JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = %s",
        ROLES[role],
    )
    wanted = "pg_read_all_data" if role == "backup" else ""
    text = f"The role {ROLES[role]} belongs to: {found or 'nothing'}; it must belong to: {wanted or 'nothing'}."
    return Finding(f"memberships_{role}", found == wanted, text)


def _forced(connection: Connection, table: str) -> Finding:
    found = _value(
        connection,
        "SELECT coalesce((SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = to_regclass(%s)),"
        " false)",
        table,
    )
    return Finding(f"rls_{table}", found is True, f"Row-level security must be enabled and forced on {table}.")


def _folder(paths: Paths) -> Iterator[Finding]:
    cluster = paths.cluster.resolve()
    free = shutil.disk_usage(cluster).free
    yield Finding("disk_space", free >= NEEDED_BYTES, f"{free // 2**20} MB are free on the disk of {paths.data_dir}.")
    wide = [str(place) for place in (cluster, paths.sockets, paths.secrets) if _open_to_others(place)]
    text = f"Only their owner may read these; run chmod go-rwx on: {', '.join(wide) or 'nothing'}."
    yield Finding("permissions", not wide, text)


def _open_to_others(place: Path) -> bool:
    return bool(place.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _value(connection: Connection, query: str, *values: object) -> object:
    row = connection.execute(query.encode(), [list(one) if isinstance(one, tuple | list) else one for one in values])
    found = row.fetchone()
    return found[0] if found else None
