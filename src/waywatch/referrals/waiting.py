"""Reads: what waits at a desk with its referrals, from outside: whom to call, where nobody is left, what an agency wrote."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, IntegerField, Max, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext

from waywatch.lib.actors import Actor
from waywatch.referrals.models import Handover, Referral
from waywatch.referrals.vocabulary import SETTLED, Ending
from waywatch.tips import api as tips

CALL, NOBODY, UNDER_WAY, REST = range(4)
WANTS = (CALL, NOBODY)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A referral as the desk's list shows it: nothing of its content."""

    tip_id: uuid.UUID
    urgency: int
    urgency_words: str
    place: str
    approved_at: dt.datetime
    state: int
    words: str
    due_at: dt.datetime | None
    heard_at: dt.datetime | None


def waiting(actor: Actor) -> QuerySet[Referral]:
    """Return the referrals of the actor's desks: those that want something of the desk first, then by what was heard last."""
    turns = Handover.objects.filter(referral=OuterRef("pk")).order_by()
    settled, unended = turns.filter(ending__in=SETTLED), turns.filter(ended_at=None)
    again = Referral.objects.filter(tip=OuterRef("tip"), approved_at__gt=OuterRef("approved_at"))
    is_open = Q(tip__closed_at=None) & ~Exists(again)  # else somebody has decided already
    found = Referral.objects.filter(desk_id__in=[desk.id for desk in tips.desks_of(actor)])
    state = Case(
        When(Exists(unended.filter(agency=None, handed_at__isnull=False)), then=Value(CALL)),
        When(Exists(unended), then=Value(UNDER_WAY)),
        When(is_open & ~Exists(settled) & Exists(turns.exclude(ending=Ending.WITHDRAWN)), then=Value(NOBODY)),
        default=Value(REST),
        output_field=IntegerField(),
    )
    heard = Max("handovers__updates__written_at", filter=Q(handovers__updates__by_desk=False))
    return found.annotate(state=state, heard_at=heard).order_by("state", "-heard_at", "-approved_at", "id")


def waiting_rows(referrals: Iterable[Referral]) -> list[WaitingRow]:
    """Return one page of referrals in words. The caller has fetched `handovers__contact` along."""
    return [_row(referral) for referral in referrals]


def _row(referral: Referral) -> WaitingRow:
    handovers = list(referral.handovers.all())
    state: int = referral.state  # type: ignore[attr-defined]  # annotated by waiting()
    turn = next((row for row in handovers if row.handed_at and row.ended_at is None), None)
    return WaitingRow(
        tip_id=referral.tip_id,
        urgency=handovers[0].urgency,
        urgency_words=str(tips.URGENCY[handovers[0].urgency]),
        place=tips.place_words(handovers[0].region),
        approved_at=referral.approved_at,
        state=state,
        words=_words(state, handovers, turn),
        due_at=turn.due_at if turn else None,
        heard_at=referral.heard_at,  # type: ignore[attr-defined]  # as above
    )


def _words(state: int, handovers: list[Handover], turn: Handover | None) -> str:
    if state == CALL and turn:
        return gettext("Call %(name)s now") % {"name": turn.contact.name}
    if state == NOBODY:
        return gettext("Nobody has taken it and nobody is left: decide")
    if state == UNDER_WAY:
        return gettext("With %(name)s") % {"name": turn.contact.name} if turn else gettext("On its way")
    taken = next((row for row in handovers if row.ending in SETTLED), None)
    if taken is None and any(row.ending != Ending.WITHDRAWN for row in handovers):
        return gettext("Nobody has taken it")
    if taken is None:
        return gettext("Taken back")
    return gettext("%(name)s: %(ending)s") % {"name": taken.contact.name, "ending": Ending(taken.ending).label}


def standings(actor: Actor, tip_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tips.Standing]:
    """Return how the newest referral of each of these tips stands."""
    found = list(waiting(actor).filter(tip_id__in=tip_ids).prefetch_related("handovers__contact"))
    are_out = {row.tip_id for row in found if any(_is_out(turn) for turn in row.handovers.all())}
    newest = {row.tip_id: _row(row) for row in sorted(found, key=lambda row: row.approved_at)}
    return {
        tip_id: tips.Standing(row.words, is_out=tip_id in are_out, wants=row.state in WANTS)
        for tip_id, row in newest.items()
    }


def _is_out(turn: Handover) -> bool:
    return turn.ended_at is None or turn.ending in SETTLED


def wanting(actor: Actor) -> int:
    """Return how many referrals of the actor's desks want something of the desk, with one query."""
    return waiting(actor).filter(Q(state__in=WANTS)).count()


def out() -> QuerySet[Handover, Any]:
    """Return the ids of the tips that somebody has, or is asked about."""
    found = Handover.objects.filter(Q(ended_at=None) | Q(ending__in=SETTLED))
    return found.order_by().values("referral__tip_id")


ELSEWHERE = tips.Elsewhere(standings, wanting, out)
