"""Reads of an agency: its handovers with their clocks, and one of them as an officer sees it."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from waywatch.accounts import api as accounts
from waywatch.lib.actors import Actor
from waywatch.referrals import access
from waywatch.referrals.models import Handover
from waywatch.referrals.vocabulary import Ending
from waywatch.tips import api as tips
from waywatch.vault import api as vault

SHOWN = ("open", "accepted", "gone")


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A handover from outside: nothing of its content. `state` is one of "answer", "late", "accepted", "gone"."""

    id: uuid.UUID
    urgency: int
    urgency_words: str
    place: str
    desk: str
    handed_at: dt.datetime
    due_at: dt.datetime
    state: str
    state_words: str
    held_by: str
    is_mine: bool


def tasks(actor: Actor, shown: str) -> QuerySet[Handover]:
    """Return the handovers to the actor's agencies: those to answer, soonest first; accepted ones; what went elsewhere."""
    found = access.handovers_of(actor)
    if shown == "accepted":
        return found.filter(ending=Ending.ACCEPTED).order_by("-handed_at", "id")
    if shown == "gone":
        return found.exclude(Q(ending=Ending.ACCEPTED) | Q(ended_at=None)).order_by("-handed_at", "id")
    return found.filter(ended_at=None).order_by("due_at", "id")


def task_rows(actor: Actor, handovers: Iterable[Handover], now: dt.datetime) -> list[TaskRow]:
    """Return one page of handovers in words, with one query for all names and one for all desks."""
    found = list(handovers)
    desks = {key.keyring_id: key.name for key in vault.desk_keys()}
    names = accounts.account_names(row.held_by_id for row in found if row.held_by_id)
    return [_task_row(row, actor, desks, names, now) for row in found]


def _task_row(
    row: Handover, actor: Actor, desks: Mapping[uuid.UUID, str], names: Mapping[uuid.UUID, str], now: dt.datetime
) -> TaskRow:
    assert row.handed_at is not None  # access.handovers_of
    assert row.due_at is not None
    state = state_of(row, now)
    words = {"answer": gettext("to be answered"), "late": gettext("the time to answer has run out")}
    return TaskRow(
        id=row.pk,
        urgency=row.urgency,
        urgency_words=str(tips.URGENCY[row.urgency]),
        place=tips.place_words(row.region),
        desk=desks.get(row.desk_id, ""),
        handed_at=row.handed_at,
        due_at=row.due_at,
        state=state,
        state_words=words.get(state) or str(Ending(row.ending).label),
        held_by=names.get(row.held_by_id, "") if row.held_by_id else "",
        is_mine=row.held_by_id is not None and row.held_by_id == actor.account_id,
    )


def state_of(row: Handover, now: dt.datetime) -> str:
    """Return "answer" while it can be answered, "accepted", "late" when the time is over, or "gone"."""
    if row.is_open(now):
        return "answer"
    if row.ending == Ending.ACCEPTED:
        return "accepted"
    return "gone" if row.ended_at is not None else "late"
