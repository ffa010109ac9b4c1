"""What the running roles may do with this room's tables. The columns left out of INSERT are the database's own."""

from waywatch.lib.privileges import Privileges

RECORD = "INSERT (id, actor, account_id, action, subject_kind, subject_id, detail)"

TABLES: dict[str, Privileges] = {
    "audit_entry": Privileges(web=RECORD, worker=f"SELECT, {RECORD}"),
    "audit_seal": Privileges(worker="SELECT, INSERT"),
    "audit_unsealed": Privileges(worker="SELECT, DELETE"),
}
