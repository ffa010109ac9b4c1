"""What the running roles may do with this room's tables. Row-level security (migration 0002) narrows each of them further.

Nobody but a function of the owner adds a tip. The worker sees the columns that its clocks need, and no sealed byte; it destroys
what is over its term.
"""

from waywatch.lib.privileges import Privileges

TABLES: dict[str, Privileges] = {
    "tips_tip": Privileges(
        web=(
            "SELECT, UPDATE (urgency, opened_at, opened_by_id, reply_key, claimed_by_id, acted_at, closed_at, feedback, feedback_at, told,"
            " erase_at, held_at, held_by_id, erased_at, same_as_id)"
        ),
        worker=(
            "SELECT (id, keyring_id, claimed_urgency, urgency, received_at, opened_at, claimed_by_id, acted_at, closed_at,"
            " erase_at, held_at, erased_at, paged_staff_at, paged_supervisor_at),"
            " UPDATE (closed_at, erased_at, reply_key, claimed_by_id, acted_at, paged_staff_at, paged_supervisor_at)"
        ),
    ),
    "tips_sealed": Privileges(web="SELECT, UPDATE (is_envelope, body)", worker="SELECT (tip_id), UPDATE (body)"),
    "tips_contentkey": Privileges(web="SELECT, INSERT, UPDATE (key_version, sealed)", worker="SELECT (tip_id), DELETE"),
    "tips_chunk": Privileges(web="SELECT", worker="SELECT (id, tip_id), DELETE"),
    "tips_noticed": Privileges(web="SELECT, INSERT"),
    "tips_matchtoken": Privileges(web="SELECT, INSERT, DELETE", worker="SELECT (id, tip_id), DELETE"),
    "tips_question": Privileges(
        web="SELECT, INSERT, UPDATE (answer, answer_is_envelope)",
        worker="SELECT (id, tip_id, answered_at, told_at), UPDATE (told_at), DELETE",
    ),
    "tips_reading": Privileges(web="SELECT, INSERT, UPDATE (reviewed_by_id, reviewed_at)"),
    "tips_entry": Privileges(web="SELECT, INSERT", worker="SELECT (id, tip_id), DELETE"),
}
