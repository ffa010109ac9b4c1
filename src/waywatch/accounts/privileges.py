"""What the running roles may do with this room's tables. A grant can only be revoked: the rest of its row is fixed."""

from waywatch.lib.privileges import READ, Privileges

TABLES: dict[str, Privileges] = {
    "accounts_account": Privileges(web="SELECT, INSERT, UPDATE", worker=READ),
    "accounts_grant": Privileges(web="SELECT, INSERT, UPDATE (revoked_at, revoked_by_id, reason)", worker=READ),
    "accounts_invitation": Privileges(
        web="SELECT, INSERT, UPDATE (accepted_at, accepted_by_id, withdrawn_at)",
    ),
}
