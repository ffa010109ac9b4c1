"""Whose turn it is: hands a referral to the next contact that can take it, and takes it from one that is late. Run by the worker.

Before each handover it looks again: is the contact still one, on duty, and can somebody there open it? Each turn comes once, whatever dies
meanwhile: the row says so, under a lock.
"""

import uuid
from collections.abc import Sequence

from django.db import transaction

from waywatch.accounts.api import Role
from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.tips import rules
from waywatch.tips.actions.telling import tell
from waywatch.tips.models import Contact, Ending, Handover
from waywatch.vault import api as vault

MOST = 500
TURN = (
    *("id", "referral_id", "contact_id", "desk_id", "agency_id", "agency_version", "position", "urgency"),
    *("handed_at", "due_at", "ended_at", "ending"),
)
DUTY = ("id", "closed_at", "days", "start", "end", "timezone")
STAFF, OFFICERS = (Role.ADVOCATE, Role.SUPERVISOR), (Role.OFFICER,)


def move_on(referral_id: uuid.UUID) -> None:
    """Hand a referral to the next contact, unless it is with one or settled."""
    with transaction.atomic():
        _move_on(_chain(referral_id))


def end_late() -> int:
    """Take what was not answered in time from its contact and hand it to the next; return how many were late."""
    with transaction.atomic():
        due = Handover.objects.filter(handed_at__isnull=False, ended_at=None, due_at__lte=clock.now())
        late = list(due.order_by("due_at").values_list("referral_id", flat=True)[:MOST])
    return sum(_end_late(referral_id) for referral_id in late)


def _end_late(referral_id: uuid.UUID) -> bool:
    with transaction.atomic():
        chain = _chain(referral_id)
        turn = next((row for row in chain if row.handed_at and row.ended_at is None), None)
        if turn is None or turn.due_at is None or turn.due_at > clock.now():
            return False
        _end(turn, Ending.LATE)
        tell(turn.desk_id, STAFF, "desk")
        _move_on(chain)
    return True


def _chain(referral_id: uuid.UUID) -> list[Handover]:
    rows = Handover.objects.select_for_update().only(*TURN).filter(referral_id=referral_id)
    return list(rows.order_by("position"))


def _move_on(chain: Sequence[Handover]) -> None:
    waiting = [row for row in chain if row.handed_at is None and row.ended_at is None]
    if any(row.handed_at and row.ended_at is None for row in chain):
        return
    if any(row.ending in {Ending.ACCEPTED, Ending.CALLED} for row in chain):
        for row in waiting:
            _end(row, Ending.WITHDRAWN)
        return
    for row in waiting:
        if _can_take(row):
            _hand(row)
            return
        _end(row, Ending.SKIPPED)
    if chain:
        tell(chain[0].desk_id, STAFF, "desk")  # nobody is left: the desk decides


def _can_take(row: Handover) -> bool:
    contact = Contact.objects.only(*DUTY).get(pk=row.contact_id)
    duty = rules.Duty(contact.days, contact.start, contact.end, contact.timezone)
    if contact.closed_at is not None or not duty.covers(clock.now()):
        return False
    if row.agency_id is None or row.agency_version is None:
        return True
    return vault.can_receive(row.agency_id, row.agency_version) and bool(_officers(row.agency_id))


def _officers(agency_id: uuid.UUID) -> list[str]:
    return vault.team_emails(agency_id, [role.value for role in OFFICERS])


def _hand(row: Handover) -> None:
    row.handed_at = clock.now()
    row.due_at = row.handed_at + rules.ANSWER_WITHIN[row.urgency]
    row.save(update_fields=["handed_at", "due_at"])
    _record("handed", row)
    if row.agency_id is None:
        tell(row.desk_id, STAFF, "desk")  # somebody at the desk calls them
    else:
        tell(row.agency_id, OFFICERS, "officer")


def _end(row: Handover, ending: Ending) -> None:
    """End a turn that nobody answered; a copy that was never handed over is emptied."""
    row.ended_at, row.ending = clock.now(), ending
    changed = ["ended_at", "ending"]
    if row.handed_at is None:
        row.sealed = None
        changed.append("sealed")
    row.save(update_fields=changed)
    _record(ending.value, row)


def _record(act: str, row: Handover) -> None:
    audit.record(f"handover.{act}", subject_kind="handover", subject_id=row.pk)
