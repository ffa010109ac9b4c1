"""What each database role may do with each table. Deny by default: a table that no room names gives nothing to anybody.

Each room lists its tables in `privileges.py` as `TABLES: dict[str, Privileges]`; `waywatch migrate` revokes all and grants these.
"""

from dataclasses import dataclass

READ = "SELECT"
WRITE = "SELECT, INSERT, UPDATE, DELETE"
INSERT_ONLY = "INSERT"


@dataclass(frozen=True, slots=True)
class Privileges:
    """SQL privileges for the two running roles; "" is none. The owner owns; the backup role reads all by its attributes."""

    web: str = ""
    worker: str = ""
