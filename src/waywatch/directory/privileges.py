"""What the running roles may do with this room's tables. Row-level security (migration 0002) narrows each of them further."""

from waywatch.lib.privileges import READ, WRITE, Privileges

_KEEP = "SELECT, INSERT, UPDATE"

TABLES: dict[str, Privileges] = {
    "directory_sector": Privileges(web=READ),
    "directory_organisation": Privileges(web=_KEEP),
    "directory_servedjurisdiction": Privileges(web=WRITE),
    "directory_person": Privileges(web=_KEEP),
    "directory_post": Privileges(web=_KEEP),
    "directory_contactpoint": Privileges(web=_KEEP),
}
