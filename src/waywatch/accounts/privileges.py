"""What the running roles may do with this room's tables."""

from waywatch.lib.privileges import Privileges

TABLES: dict[str, Privileges] = {}
