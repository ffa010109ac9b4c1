"""What the running roles may do with this room's tables. Row-level security (migration 0002) narrows each of them further.

Nobody but a function of the owner adds a tip. The worker sees the columns that its clocks need, and no sealed byte; when a referral is
settled it empties the copies that were never handed over.
"""

from waywatch.lib.privileges import Privileges

TIP_CLOCKS = (
    "id, keyring_id, claimed_urgency, urgency, received_at, opened_at, claimed_by_id, acted_at, closed_at,"
    " paged_staff_at, paged_supervisor_at"
)
TURNS = "id, referral_id, contact_id, desk_id, agency_id, agency_version, position, urgency, handed_at, due_at, ended_at, ending"
TABLES: dict[str, Privileges] = {
    "tips_tip": Privileges(
        web=(
            "SELECT, UPDATE (urgency, opened_at, opened_by_id, claimed_by_id, acted_at, closed_at, release, released_at,"
            " erased_at)"
        ),
        worker=f"SELECT ({TIP_CLOCKS}), UPDATE (paged_staff_at, paged_supervisor_at)",
    ),
    "tips_sealed": Privileges(web="SELECT, UPDATE (is_envelope, body), DELETE"),
    "tips_contentkey": Privileges(web="SELECT, INSERT, UPDATE (key_version, sealed), DELETE"),
    "tips_entry": Privileges(web="SELECT, INSERT, DELETE"),
    "tips_contact": Privileges(
        web='SELECT, INSERT, UPDATE (agency_id, name, phone_encrypted, "order", days, start, "end", timezone, verified_on, closed_at)',
        worker='SELECT (id, closed_at, days, start, "end", timezone)',
    ),
    "tips_referral": Privileges(web="SELECT, INSERT"),
    "tips_handover": Privileges(
        web="SELECT, INSERT, UPDATE (sealed, handed_at, due_at, answered_by_id, ended_at, ending)",
        worker=f"SELECT ({TURNS}), UPDATE (sealed, handed_at, due_at, ended_at, ending)",
    ),
    "tips_answer": Privileges(web="SELECT, INSERT"),
}
