"""The clocks: a tip that nobody opens is told to the people on duty, then to the supervisors; one that was opened and left, once more each
time. Run by the worker, which can open nothing.
"""

import datetime as dt
import logging
import uuid

from django.db import transaction
from django.db.models import F, Q, QuerySet

from waywatch.accounts.api import Role
from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.tips import queries, rules
from waywatch.tips.actions.telling import STAFF, tell_team
from waywatch.tips.models import Question, Tip

_log = logging.getLogger(__name__)
MOST = 500
WATCHED = ("id", "keyring_id", "claimed_urgency", "received_at", "paged_staff_at", "paged_supervisor_at")


def page_for_waiting() -> int:
    """Tell whoever must know by now that tips wait unopened or were left, once for each; return for how many tips somebody was told.

    A team gets one mail a run however many tips wait: a flood of tips is no flood of mails. After a time without a worker everybody gets
    one. Where a team has nobody left to tell, the log says so, and each run tries again.
    """
    now = clock.now()
    with transaction.atomic():  # PostgreSQL is told in each transaction who acts, and shows nothing outside of one
        desks = {
            desk for found in (_due(now), _left(now)) for desk in found.order_by().values_list("keyring_id", flat=True)
        }
    return sum(_page(desk, now) for desk in desks)


def _due(now: dt.datetime) -> QuerySet[Tip]:
    """Return the tips that somebody must be told of: each class by its own clock, so that none crowds out another."""
    due = Q()
    for urgency, limit in rules.UNOPENED.items():
        staff = Q(paged_staff_at=None, received_at__lte=now - limit.staff)
        due |= Q(claimed_urgency=urgency) & (staff | Q(received_at__lte=now - limit.supervisor))
    return Tip.objects.filter(due, opened_at=None, closed_at=None, paged_supervisor_at=None)


def _left(now: dt.datetime) -> QuerySet[Tip]:
    """Return the tips that were opened and that nobody works on any more, for as long as their class allows; each until somebody is told.

    Who was told before somebody last did something with it was told of something else.
    """
    due = Q()
    for urgency, limit in rules.UNOPENED.items():
        due |= Q(urgency=urgency, acted_at__lte=now - limit.staff)
    untold = Q(paged_staff_at=None) | Q(paged_staff_at__lte=F("acted_at"))
    return Tip.objects.filter(due, untold, queries.left(now))


def _page(desk: uuid.UUID, now: dt.datetime) -> int:
    with transaction.atomic():
        waiting, left = _locked(_due(now), desk), _locked(_left(now), desk)
        if not _told(desk, is_first=bool(left) or any(tip.paged_staff_at is None for tip in waiting)):
            _log.error("tips wait at desk %s, and nobody of its team holds a role any more", desk)
            return 0
        for tip in waiting:
            _note(tip, rules.due_page(tip.claimed_urgency, tip.received_at, now) or "staff", now)
        for tip in left:
            _note(tip, "staff", now)
    return len(waiting) + len(left)


def _locked(found: QuerySet[Tip], desk: uuid.UUID) -> list[Tip]:
    of_desk = found.filter(keyring_id=desk).select_for_update(skip_locked=True).only(*WATCHED)
    return list(of_desk.order_by("claimed_urgency", "received_at")[:MOST])


def _told(desk: uuid.UUID, *, is_first: bool) -> int:
    """Write to the supervisors; to advocates, too, where it is the first page of a tip, or no supervisor is there. Return to how many."""
    told = 0 if is_first else tell_team(desk, (Role.SUPERVISOR,), "desk")
    return told or tell_team(desk, STAFF, "desk")


def tell_of_answers() -> int:
    """Tell a desk's people that a reporter has answered, once for each answer; return how many answers that were."""
    with transaction.atomic():
        rows = list(
            Question.objects.filter(answered_at__isnull=False, told_at=None)
            .select_for_update(skip_locked=True)
            .order_by("answered_at")
            .only("id", "tip_id", "told_at")[:MOST]
        )
        desks = Tip.objects.filter(pk__in={row.tip_id for row in rows}).order_by()
        for desk in desks.values_list("keyring_id", flat=True).distinct():
            tell_team(desk, STAFF, "desk")
        for row in rows:
            row.told_at = clock.now()
            row.save(update_fields=["told_at"])
    return len(rows)


def _note(tip: Tip, whom: rules.Page, now: dt.datetime) -> None:
    """Write down who is told of a tip that is due."""
    setattr(tip, f"paged_{whom}_at", now)
    tip.save(update_fields=[f"paged_{whom}_at"])
    audit.record(f"tip.{whom}_paged", subject_kind="tip", subject_id=tip.pk)
