"""Pure decisions about keys: when to lock, how long to wait after wrong tries, who may allow what. Time is passed in."""

import datetime as dt
import uuid

LOCK_AFTER_MINUTES = 15
LONGEST_LOCK_MINUTES = 60
TRIES = 5
FIRST_WAIT = dt.timedelta(minutes=5)
LONGEST_WAIT = dt.timedelta(hours=1)
RESEAL_LASTS = dt.timedelta(days=7)
BREAK_GLASS_LASTS = dt.timedelta(days=1)
BREAK_GLASS_HOLDS = dt.timedelta(hours=1)
FEW_HOLDERS = 3
LONGEST_LIST = dt.timedelta(days=400)
LIST_RUNS_OUT_SOON = dt.timedelta(days=21)


def wait_after(tries: int) -> dt.timedelta | None:
    """Return how long to wait after so many wrong passphrases in a row: each fifth one costs twice the wait of the one before."""
    if tries < TRIES or tries % TRIES:
        return None
    doublings = min(tries // TRIES - 1, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def is_idle(last_used: dt.datetime, now: dt.datetime, minutes: int) -> bool:
    """Tell whether an unlocked session has to be locked. A clock that was set back locks, too."""
    return not last_used - dt.timedelta(minutes=1) <= now < last_used + dt.timedelta(minutes=minutes)


def may_confirm(actor: uuid.UUID, *, asked_by: uuid.UUID, confirmed_by: uuid.UUID | None) -> bool:
    """Tell whether this person may be the first of the two who allow a new key: not the asker, and only one is first."""
    return actor != asked_by and confirmed_by is None


def may_approve(actor: uuid.UUID, *, asked_by: uuid.UUID, confirmed_by: uuid.UUID | None, needs_two: bool) -> bool:
    """Tell whether this person may be the last one who allows something."""
    if actor == asked_by:
        return False
    return confirmed_by not in {None, actor} if needs_two else True


def break_glass_holds(approved_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether an approved break-glass still opens: for one hour."""
    return approved_at is not None and approved_at <= now < approved_at + BREAK_GLASS_HOLDS


def shares_a_region(reach: frozenset[str], *, everywhere: bool, home: str | None, regions: list[str]) -> bool:
    """Tell whether a role that reaches these regions reaches a keyring of this home or these served regions."""
    return everywhere or home in reach or not reach.isdisjoint(regions)
