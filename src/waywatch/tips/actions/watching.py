"""The clocks: a tip that nobody opens is told to the people on duty, then to the supervisors. Run by the worker, which can open nothing."""

import datetime as dt
import logging
import uuid

from django.db import transaction
from django.db.models import Q, QuerySet

from waywatch.accounts.api import Role
from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.tips import rules
from waywatch.tips.actions.telling import STAFF, tell_team
from waywatch.tips.models import Question, Tip

_log = logging.getLogger(__name__)
MOST = 500
WATCHED = ("id", "keyring_id", "claimed_urgency", "received_at", "paged_staff_at", "paged_supervisor_at")


def page_for_waiting() -> int:
    """Tell whoever must know by now that tips wait unopened, once for each tip; return for how many tips somebody was told.

    A team gets one mail a run however many tips wait: a flood of tips is no flood of mails. After a time without a worker everybody gets
    one. Where a team has nobody left to tell, the log says so, and each run tries again.
    """
    now = clock.now()
    with transaction.atomic():  # PostgreSQL is told in each transaction who acts, and shows nothing outside of one
        desks = list(_due(now).order_by().values_list("keyring_id", flat=True).distinct())
    return sum(_page(desk, now) for desk in desks)


def _due(now: dt.datetime) -> QuerySet[Tip]:
    """Return the tips that somebody must be told of: each class by its own clock, so that none crowds out another."""
    due = Q()
    for urgency, limit in rules.UNOPENED.items():
        staff = Q(paged_staff_at=None, received_at__lte=now - limit.staff)
        due |= Q(claimed_urgency=urgency) & (staff | Q(received_at__lte=now - limit.supervisor))
    return Tip.objects.filter(due, opened_at=None, closed_at=None, paged_supervisor_at=None)


def _page(desk: uuid.UUID, now: dt.datetime) -> int:
    with transaction.atomic():
        waiting = _due(now).filter(keyring_id=desk).select_for_update(skip_locked=True).only(*WATCHED)
        tips = list(waiting.order_by("claimed_urgency", "received_at")[:MOST])
        if not _told(desk, is_first=any(tip.paged_staff_at is None for tip in tips)):
            _log.error("tips wait at desk %s, and nobody of its team holds a role any more", desk)
            return 0
        for tip in tips:
            _note(tip, now)
    return len(tips)


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


def _note(tip: Tip, now: dt.datetime) -> rules.Page:
    """Write down who is told of a tip that is due."""
    whom = rules.due_page(tip.claimed_urgency, tip.received_at, now)
    assert whom is not None
    setattr(tip, f"paged_{whom}_at", now)
    tip.save(update_fields=[f"paged_{whom}_at"])
    audit.record(f"tip.{whom}_paged", subject_kind="tip", subject_id=tip.pk)
    return whom
