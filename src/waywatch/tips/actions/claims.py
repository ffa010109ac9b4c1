"""Taking a tip out of the queue, and putting it back. Of two who claim at once exactly one wins."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext

from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.lib.errors import not_found
from waywatch.tips import rules
from waywatch.tips.errors import ClaimedError, ClosedError
from waywatch.tips.models import Reading, Tip

NOTED_EVERY = dt.timedelta(minutes=1)


def claim(actor: Actor, *, tip: Tip) -> Tip:
    """Take a tip. Raises ClaimedError where somebody else acted on it within the last minutes, ClosedError where it is finished."""
    with transaction.atomic():
        current = locked(tip)
        if is_others(current, actor):
            raise ClaimedError(gettext("A colleague is working on this tip. Ask them, or take another one."))
        if current.claimed_by_id != actor.account_id:
            audit.record("tip.claimed", subject_kind="tip", subject_id=current.pk)
        act(current, actor)
    return current


def release(actor: Actor, *, tip: Tip) -> Tip:
    """Put a tip back into the queue."""
    with transaction.atomic():
        current = locked(tip)
        if current.claimed_by_id != actor.account_id:
            raise ClaimedError(gettext("This tip is not yours to put back."))
        current.claimed_by, current.acted_at = None, clock.now()
        current.save(update_fields=["claimed_by", "acted_at"])
        audit.record("tip.released", subject_kind="tip", subject_id=current.pk)
    return current


def is_own(tip: Tip, actor: Actor) -> bool:
    """Tell whether the actor needs no reason to open a tip.

    Unopened, it is whose it is or nobody's. Opened, it is the actor's who opened it first, or who gave a reason once and has taken it:
    taking what a colleague opened is no way around the reason.
    """
    if tip.opened_at is None:
        return not is_others(tip, actor)
    return tip.claimed_by_id == actor.account_id and (tip.opened_by_id == actor.account_id or _gave_reason(tip, actor))


def _gave_reason(tip: Tip, actor: Actor) -> bool:
    return Reading.objects.filter(tip=tip, account_id=who(actor)).exists()


def is_others(tip: Tip, actor: Actor) -> bool:
    """Tell whether a colleague's claim keeps the actor from this tip now."""
    return tip.claimed_by_id not in {None, actor.account_id} and rules.claim_holds(tip.acted_at, clock.now())


def locked(tip: Tip) -> Tip:
    """Return the tip's row, locked until the transaction ends. Raises ClosedError where it is finished."""
    current = Tip.objects.select_for_update().get(pk=tip.pk)
    if current.closed_at is not None:
        raise ClosedError(gettext("This tip is finished. It can be read, and not be changed any more."))
    return current


def who(actor: Actor) -> uuid.UUID:
    """Return the account that acts: at a desk somebody always does."""
    if actor.account_id is None:
        raise not_found()
    return actor.account_id


def act(tip: Tip, actor: Actor, *, changed: Iterable[str] = ()) -> None:
    """Note that the actor has just done something with the tip, once a minute, and save it with what else `changed`: the claim holds on."""
    now = clock.now()
    is_noted = tip.claimed_by_id == actor.account_id and tip.acted_at is not None and now - tip.acted_at < NOTED_EVERY
    if is_noted and not changed:
        return
    tip.claimed_by_id, tip.acted_at = actor.account_id, now
    tip.save(update_fields=["claimed_by", "acted_at", *changed])
