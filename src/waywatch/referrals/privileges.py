"""What the running roles may do with this room's tables. Row-level security (migration 0002) narrows each of them further.

The worker sees the columns that its clocks need; of what is sealed it can only empty it.
"""

from waywatch.lib.privileges import Privileges

TURNS = "id, referral_id, contact_id, desk_id, agency_id, agency_version, position, urgency, handed_at, due_at, ended_at, ending"
TABLES: dict[str, Privileges] = {
    "referrals_trustedcontact": Privileges(
        web=(
            "SELECT, INSERT, UPDATE (agency_id, region_id, kind, county_encrypted, name_encrypted, phone_encrypted,"
            ' "order", days, start, "end", timezone, verified_on, closed_at)'
        ),
        worker='SELECT (id, agency_id, closed_at, days, start, "end", timezone)',
    ),
    "referrals_practice": Privileges(web="SELECT, INSERT, UPDATE (pack, chosen_by_id, chosen_at)"),
    "referrals_knownduty": Privileges(web="SELECT, INSERT, UPDATE (source, entered_by_id, entered_at), DELETE"),
    "referrals_referral": Privileges(web="SELECT, INSERT", worker="SELECT (id, tip_id), UPDATE (locked)"),
    "referrals_handover": Privileges(
        web="SELECT, INSERT, UPDATE (sealed, call, answered_by_id, held_by_id, ended_at, ending, declined_for)",
        worker=f"SELECT ({TURNS}), UPDATE (agency_id, agency_version, sealed, call, handed_at, due_at, ended_at, ending)",
    ),
    "referrals_update": Privileges(
        web="SELECT, INSERT", worker="SELECT (id, handover_id, agency_version), UPDATE (to_desk, to_agency)"
    ),
}
