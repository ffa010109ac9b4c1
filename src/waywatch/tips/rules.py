"""Pure decisions of the desk: how urgent a tip is, how long it may wait, how long a claim holds. Time is passed in."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from waywatch.advice import api as advice

NOW, DAY, OLDER = 1, 2, 3
Page = Literal["staff", "supervisor"]
_URGENT: Mapping[advice.Level, int] = {"911": NOW, "911_then_hotline": NOW, "hotline_now": DAY}


@dataclass(frozen=True, slots=True)
class Clock:
    """How long a tip may wait unopened until the people on duty are told, and until the supervisors are."""

    staff: dt.timedelta
    supervisor: dt.timedelta


# Defaults. docs/reference/clocks.md says why.
UNOPENED: Mapping[int, Clock] = {
    NOW: Clock(dt.timedelta(minutes=3), dt.timedelta(minutes=10)),
    DAY: Clock(dt.timedelta(minutes=30), dt.timedelta(hours=1)),
    OLDER: Clock(dt.timedelta(hours=4), dt.timedelta(hours=24)),
}
CLAIM_HOLDS = dt.timedelta(minutes=15)

# How many tips that are not one's own somebody opens in an hour with a reason alone. From then on a second person has to allow each.
ALONE_IN_AN_HOUR = 5
HOUR = dt.timedelta(hours=1)

# Terms of keeping, after which the content is destroyed. docs/explanation/retention.md says why.
UNOPENED_KEPT = dt.timedelta(days=180)
UNFOUNDED_KEPT = dt.timedelta(days=30)
FINISHED_KEPT = dt.timedelta(days=365)


def urgency_of(observation: advice.Observation, book: advice.Book) -> int:
    """Return 1 (danger or a minor at risk, now), 2 (a sign within a day) or 3, from the same rules that advise the reporter."""
    return _URGENT.get(advice.advise(observation, book).level, OLDER)


def late_from(urgency: int, since: dt.datetime) -> dt.datetime:
    """Return when a tip should have been opened that arrived at `since`; or worked on again, if nobody has since then."""
    return since + UNOPENED[urgency].staff


def due_page(urgency: int, received_at: dt.datetime, now: dt.datetime) -> Page | None:
    """Return who must have been told by now that a tip waits unopened."""
    waited, clock = now - received_at, UNOPENED[urgency]
    if waited >= clock.supervisor:
        return "supervisor"
    return "staff" if waited >= clock.staff else None


def claim_holds(acted_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether a claim still keeps a tip from others: somebody acted on it within the last minutes."""
    return acted_at is not None and now - acted_at < CLAIM_HOLDS


def kept_until(closed_at: dt.datetime, *, unfounded: bool) -> dt.datetime:
    """Return until when the content of a finished tip is kept."""
    return closed_at + (UNFOUNDED_KEPT if unfounded else FINISHED_KEPT)
