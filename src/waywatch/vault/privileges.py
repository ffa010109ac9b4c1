"""What the running roles may do with this room's tables. Row-level security (migration 0002) narrows each of them further.

The worker reads what the root has signed, to hand nothing to an agency that is not in it; it needs no key and no name of a desk. The signed
lists and the root's key are written by the owner.
"""

from waywatch.lib.privileges import READ, Privileges

TABLES: dict[str, Privileges] = {
    "vault_keyring": Privileges(web="SELECT, INSERT, UPDATE (name, home_id, regions, lock_after_minutes, escrow)"),
    "vault_keyversion": Privileges(web="SELECT, INSERT, UPDATE (retired_at, destroyed_at)"),
    "vault_memberkey": Privileges(web="SELECT, INSERT, UPDATE (retired_at)"),
    "vault_wrap": Privileges(web="SELECT, INSERT, UPDATE (by_passphrase, by_recovery, tries, wait_until), DELETE"),
    "vault_share": Privileges(web="SELECT, INSERT, UPDATE (sealed, revoked_at), DELETE"),
    "vault_escrowcopy": Privileges(web="SELECT, INSERT, DELETE"),
    "vault_membership": Privileges(web="SELECT, INSERT, UPDATE (is_keeper, left_at)"),
    "vault_request": Privileges(
        web="SELECT, INSERT, UPDATE (confirmed_by_id, approved_by_id, approved_at, withdrawn_at)"
    ),
    "vault_rootkey": Privileges(web=READ, worker=READ),
    "vault_signedlist": Privileges(web=READ, worker=READ),
}
