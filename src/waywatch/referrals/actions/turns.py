"""Whose turn it is: hands a referral to the next contact that can take it, and takes it from one that is late. Run by the worker.

Before each handover it looks again: is the contact still one, on duty, and can somebody there open it? Whom nobody's key opens for is
called instead, by the desk. Each turn comes once, whatever dies
meanwhile: the row says so, under a lock.
"""

import logging
import uuid
from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef

from waywatch.accounts.api import Role
from waywatch.lib import clock
from waywatch.referrals import rules
from waywatch.referrals.actions.referring import end, record
from waywatch.referrals.models import Handover, TrustedContact
from waywatch.referrals.vocabulary import SETTLED, Ending
from waywatch.tips import api as tips
from waywatch.vault import api as vault

MOST = 500
TURN = (
    *("id", "referral_id", "contact_id", "desk_id", "agency_id", "agency_version", "position", "urgency"),
    *("handed_at", "due_at", "ended_at", "ending"),
)
DUTY = ("id", "agency_id", "closed_at", "days", "start", "end", "timezone")
OFFICERS, DESK_PAGE = (Role.OFFICER,), "desk_referrals"
_log = logging.getLogger(__name__)


def move_on(referral_id: uuid.UUID) -> None:
    """Hand a referral to the next contact, unless it is with one or settled."""
    with transaction.atomic():
        _move_on(_chain(referral_id))


def watch() -> int:
    """Take what is late from its contact, and move on what a dead worker left behind; return how many referrals were touched."""
    return end_late() + move_on_waiting()


def move_on_waiting() -> int:
    """Move on every referral that is with nobody and has somebody left to ask: its job was lost, or its first contact was declined."""
    with transaction.atomic():
        busy = Handover.objects.filter(referral_id=OuterRef("referral_id"), handed_at__isnull=False, ended_at=None)
        idle = Handover.objects.filter(~Exists(busy), handed_at=None, ended_at=None)
        waiting = list(idle.order_by().values_list("referral_id", flat=True).distinct()[:MOST])
    return sum(_alone(referral_id, move_on) for referral_id in waiting)


def _alone(referral_id: uuid.UUID, act: Callable[[uuid.UUID], object]) -> bool:
    """Do something with one referral; one that is broken keeps no other waiting."""
    try:
        return act(referral_id) is not False
    except Exception:  # noqa: BLE001 - whatever is wrong with it
        _log.exception("a referral cannot be moved on; it is tried again")
        return False


def end_late() -> int:
    """Take what was not answered in time from its contact and hand it to the next; return how many were late."""
    with transaction.atomic():  # PostgreSQL is told in each transaction who acts, and shows nothing outside of one
        due = Handover.objects.filter(handed_at__isnull=False, ended_at=None, due_at__lte=clock.now())
        late = list(due.order_by("due_at").values_list("referral_id", flat=True)[:MOST])
    return sum(_alone(referral_id, _end_late) for referral_id in late)


def _end_late(referral_id: uuid.UUID) -> bool:
    with transaction.atomic():
        chain = _chain(referral_id)
        turn = next((row for row in chain if row.handed_at and row.ended_at is None), None)
        if turn is None or turn.is_open(clock.now()):
            return False
        end(turn, Ending.LATE)
        tips.tell_team(turn.desk_id, tips.STAFF, DESK_PAGE)
        _move_on(chain, is_told=True)
    return True


def _chain(referral_id: uuid.UUID) -> list[Handover]:
    rows = Handover.objects.select_for_update(of=("self",)).only(*TURN).filter(referral_id=referral_id)
    return list(rows.order_by("position"))


def _move_on(chain: Sequence[Handover], *, is_told: bool = False) -> None:
    waiting = [row for row in chain if row.handed_at is None and row.ended_at is None]
    if any(row.ending in SETTLED for row in chain):
        for row in chain:
            if row.ended_at is None:
                end(row, Ending.WITHDRAWN)
        return
    if any(row.handed_at and row.ended_at is None for row in chain):
        return
    skipped = False
    for row in waiting:
        if _can_take(row):
            _hand(row)
            break
        end(row, Ending.SKIPPED)
        skipped = True
    is_left = any(row.handed_at and row.ended_at is None for row in chain)
    is_over = bool(chain) and not is_left and not all(row.ending == Ending.WITHDRAWN for row in chain)
    if (skipped or is_over) and not is_told:
        tips.tell_team(
            chain[0].desk_id, tips.STAFF, DESK_PAGE
        )  # somebody was passed over, or nobody is left: the desk decides


def _can_take(row: Handover) -> bool:
    contact = TrustedContact.objects.only(*DUTY).get(pk=row.contact_id)
    is_same = row.agency_id in {None, contact.agency_id}  # whoever had no key at the approval is called
    return contact.closed_at is None and is_same and contact.duty.covers(clock.now())


def _call_where_nobody_can_open(row: Handover) -> None:
    """Let the desk call a contact whose key nobody there can use now: the sealed copy goes, the turn and its clock stay."""
    if row.agency_id is None or row.agency_version is None or vault.can_receive(row.agency_id, row.agency_version):
        return
    row.agency_id, row.agency_version, row.sealed = None, None, None
    row.save(update_fields=["agency", "agency_version", "sealed"])
    record("without_key", row)


def _hand(row: Handover) -> None:
    _call_where_nobody_can_open(row)
    row.handed_at = clock.now()
    row.due_at = row.handed_at + rules.ANSWER_WITHIN[row.urgency]
    row.save(update_fields=["handed_at", "due_at"])
    record("handed", row)
    if row.agency_id is None:
        tips.tell_team(row.desk_id, tips.STAFF, DESK_PAGE)  # somebody at the desk calls them
    else:
        tips.tell_team(row.agency_id, OFFICERS, "officer")
