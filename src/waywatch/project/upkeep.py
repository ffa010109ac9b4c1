"""Backup, restore, doctor: what the person who runs an installation needs."""

import argparse
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from waywatch.postgres import api as postgres
from waywatch.project import service
from waywatch.project.database import ADDRESSES, ROLES, data_dir, database, is_external


def _file(command: str, rest: Sequence[str]) -> Path:
    parser = argparse.ArgumentParser(prog=f"waywatch {command}")
    parser.add_argument("file", metavar="FILE", type=Path)
    chosen: Path = parser.parse_args(rest).file
    return chosen


def backup(rest: Sequence[str]) -> int:
    """Write a backup of the running or resting database."""
    file = _file("backup", rest)
    _refuse_nothing()
    if not os.access(file.absolute().parent, os.W_OK):
        text = f"{file} cannot be written: {file.absolute().parent} is not a folder where files can be made. Choose another."
        raise postgres.PostgresError("backup_unwritable", text)
    with database() as address:
        postgres.backup(address("backup"), file, apart=CONTENT_KEYS)
    sys.stdout.write(f"{file} written. Keep it apart from the secret key: restore needs both.\n")
    sys.stdout.write(
        f"{file}.keys written: the keys of opened tips. Keep it for seven days at most, then destroy it.\n"
    )
    return 0


def _refuse_nothing() -> None:
    """Refuse where no database has been made yet, instead of making an empty one and calling it sound."""
    if not is_external() and not (data_dir() / "pg").exists():
        text = f"There is no database in {data_dir()}. Set WAYWATCH_DATA to the data directory of your installation."
        raise postgres.PostgresError("no_database", text)


def restore(rest: Sequence[str]) -> int:
    """Restore a backup into an empty database, then bring it up to this version."""
    file = _file("restore", rest)
    with database() as address:
        name = conninfo_to_dict(address("owner")).get("dbname", "waywatch")
        passwords = {role: str(conninfo_to_dict(address(role)).get("password", "")) for role in ROLES}
        postgres.restore(address("admin"), file, dbname=str(name), passwords=passwords)
    sys.stdout.write("Restored. ")
    return service.migrate([]) or _begin_anew() or _destroy_again()


def _begin_anew() -> int:
    """Take back what was under way on the day of the backup, and end its sign-ins."""
    with database() as address:
        return service.django_command("after-restore", [], address("owner"))


def _destroy_again() -> int:
    """Destroy what came back and had been destroyed since the backup, where the file of tombstones is at hand."""
    file = Path(os.environ.get("WAYWATCH_TOMBSTONES") or data_dir() / "tombstones")
    if not file.exists():
        return 0
    with database() as address:
        return service.django_command("erase-tips", [str(file)], address("owner"))


def doctor(rest: Sequence[str]) -> int:
    """Examine the installation; exit code 1 if something must be mended."""
    argparse.ArgumentParser(prog="waywatch doctor").parse_args(rest)
    _refuse_nothing()
    with database() as address:
        admin = make_conninfo(
            address("admin"), dbname=str(conninfo_to_dict(address("owner")).get("dbname", "waywatch"))
        )
        folder = None if is_external() else data_dir()
        findings = postgres.examine(admin, data_dir=folder, forced_tables=GUARDED_TABLES)
    for finding in findings:
        sys.stdout.write(f"{'ok  ' if finding.ok else 'MEND'} {finding.code}: {finding.text}\n")
    return 0 if all(finding.ok for finding in findings) else 1


CONTENT_KEYS = "tips_contentkey"
GUARDED_TABLES = (
    "directory_organisation",
    "directory_servedjurisdiction",
    "directory_person",
    "directory_post",
    "directory_contactpoint",
    "vault_keyring",
    "vault_keyversion",
    "vault_memberkey",
    "vault_wrap",
    "vault_share",
    "vault_escrowcopy",
    "vault_membership",
    "vault_request",
    "tips_tip",
    "tips_sealed",
    "tips_contentkey",
    "tips_entry",
    "tips_reading",
    "tips_question",
    "tips_chunk",
    "tips_noticed",
    "tips_matchtoken",
    "referrals_trustedcontact",
    "referrals_practice",
    "referrals_knownduty",
    "referrals_referral",
    "referrals_handover",
    "referrals_update",
)


def database_roles(rest: Sequence[str]) -> int:
    """Prepare the roles in the PostgreSQL of DATABASE_ADMIN_URL and print their addresses, once."""
    parser = argparse.ArgumentParser(prog="waywatch database-roles")
    parser.add_argument("--dbname", default="waywatch")
    parser.add_argument("--renew", action="store_true", help="give roles that exist already new passwords")
    chosen = parser.parse_args(rest)
    dbname: str = chosen.dbname
    admin = os.environ.get("DATABASE_ADMIN_URL")
    if not admin:
        raise postgres.PostgresError(
            "address_missing", "Set DATABASE_ADMIN_URL to the address of a role that may create roles."
        )
    if not chosen.renew and postgres.has_roles(admin):
        text = "This PostgreSQL has Waywatch's roles already. --renew gives all four new passwords, for every database of it."
        raise postgres.PostgresError("roles_exist", text)
    passwords = {role: secrets.token_urlsafe(24) for role in ROLES}
    postgres.prepare_database(admin, dbname=dbname, passwords=passwords)
    for role in ROLES:
        address = make_conninfo(admin, dbname=dbname, user=postgres.ROLES[role], password=passwords[role])
        sys.stdout.write(f'{ADDRESSES[role]}="{address}"\n')
    return 0
