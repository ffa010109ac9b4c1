"""What the running roles may do with this room's tables: published figures are loaded by a command, pages only read."""

from waywatch.lib.privileges import READ, Privileges

TABLES: dict[str, Privileges] = {
    "impact_publishedfact": Privileges(web=READ),
    "impact_discrepancy": Privileges(web=READ),
}
