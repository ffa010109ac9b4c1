"""All that other rooms may import from this one."""

from waywatch.postgres.backup import backup, beside, restore
from waywatch.postgres.credentials import ROLES
from waywatch.postgres.doctor import Finding, examine
from waywatch.postgres.errors import PostgresError
from waywatch.postgres.roles import has_roles, prepare_database
from waywatch.postgres.server import Server, using_server

__all__ = [
    "ROLES",
    "Finding",
    "PostgresError",
    "Server",
    "backup",
    "beside",
    "examine",
    "has_roles",
    "prepare_database",
    "restore",
    "using_server",
]
