"""The roles of the database and their generated passwords."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

from waywatch.postgres.errors import PostgresError
from waywatch.postgres.files import write_private

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ROLES: Mapping[str, str] = {
    "owner": "waywatch_owner",
    "web": "waywatch_web",
    "worker": "waywatch_worker",
    "backup": "waywatch_backup",
    "admin": "waywatch_admin",
}
"""What we call a role, and its name in PostgreSQL."""


def role_name(role: str) -> str:
    """Return the name in PostgreSQL of one of our roles."""
    try:
        return ROLES[role]
    except KeyError:
        raise PostgresError("unknown_role", f"There is no role {role!r}; there are: {', '.join(ROLES)}.") from None


def read_passwords(file: Path) -> dict[str, str]:
    """Read the passwords by role. The error never repeats the file's content."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return {role: str(found[role]) for role in ROLES}
    except FileNotFoundError:
        problem = "is missing"
    except PermissionError:
        problem = "belongs to another account: run Waywatch as the account that created the data directory, or as root"
    except (ValueError, KeyError, TypeError):
        problem = "is damaged"
    raise PostgresError("secrets_unreadable", f"The file with the database passwords, {file}, {problem}.")


def make_passwords(file: Path) -> dict[str, str]:
    """Generate and store a password for each role."""
    passwords = {role: secrets.token_urlsafe(32) for role in ROLES}
    write_private(file, json.dumps(passwords, indent=1))
    return passwords
