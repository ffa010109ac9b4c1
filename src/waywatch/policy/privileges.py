"""The room has no tables, so the running roles need nothing."""

from waywatch.lib.privileges import Privileges

TABLES: dict[str, Privileges] = {}
