"""What the running roles may do with this room's tables. Pages see that a mail failed, never what it said."""

from waywatch.lib.privileges import Privileges

SHOWN = "SELECT (id, kind, state, recipient, attempts, last_error, created_at, closed_at)"

TABLES: dict[str, Privileges] = {
    "delivery_message": Privileges(web=f"INSERT, {SHOWN}", worker="SELECT, INSERT, UPDATE"),
}
