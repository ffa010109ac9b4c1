"""Pure decisions of a referral: who is on duty, how long an answer may take, what may be told to the reporter. Time is passed in."""

import datetime as dt
import re
import zoneinfo
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from waywatch.tips.api import DAY, NOW, OLDER

# Defaults. docs/reference/clocks.md says why.
ANSWER_WITHIN: Mapping[int, dt.timedelta] = {
    NOW: dt.timedelta(minutes=15),
    DAY: dt.timedelta(hours=1),
    OLDER: dt.timedelta(hours=24),
}
FEEDBACK_AFTER = dt.timedelta(hours=24)
VERIFIED_FOR = dt.timedelta(days=180)
STALE_AFTER = dt.timedelta(hours=24)

DIGITS = frozenset("0123456789")
ACTED = frozenset({"helped", "checked", "passed"})  # vocabulary.Result


@dataclass(frozen=True, slots=True)
class Duty:
    """When a trusted contact is on duty, in its own time. Without `start` all day; `end` before `start` lies in the next morning.

    `days` count from Monday, 0. With a duty over midnight the day on which it began counts.
    """

    days: Collection[int]
    start: dt.time | None
    end: dt.time | None
    timezone: str

    def covers(self, moment: dt.datetime) -> bool:
        """Tell whether the contact is on duty then. The local clock decides, on days when it is set forward or back, too."""
        here = moment.astimezone(zoneinfo.ZoneInfo(self.timezone))
        if self.start is None or self.end is None:
            return here.weekday() in self.days
        if self.start < self.end:
            return here.weekday() in self.days and self.start <= here.time() < self.end
        if here.time() >= self.start:
            return here.weekday() in self.days
        return here.time() < self.end and (here - dt.timedelta(days=1)).weekday() in self.days


def urgency_now(urgency: int, *, danger: bool, waited: dt.timedelta) -> int:
    """Return the class at the approval: danger that the advocate found goes first, and what is a day old is not now any more."""
    if danger:
        return NOW
    return OLDER if waited >= STALE_AFTER else urgency


def is_verified(verified_on: dt.date, today: dt.date) -> bool:
    """Tell whether somebody made sure of a trusted contact lately."""
    return today - verified_on <= VERIFIED_FOR


@dataclass(frozen=True, slots=True)
class Incident:
    """A 911 call's number at the agency that gave it. A pointer, never content. `at` is when it was written down, where that is known."""

    number: str
    agency: str
    at: dt.datetime | None = field(default=None, compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """Return what two ways of writing the same have in common."""
        return _plain(self.number), _plain(self.agency)


def _plain(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def living_incidents(said: Iterable[tuple[Incident, bool]]) -> list[Incident]:
    """Return the incidents that hold, each once: `said` is in order, and False withdraws what was said before."""
    found: dict[tuple[str, str], Incident] = {}
    for incident, holds in said:
        if holds:
            found.setdefault(incident.key, incident)
        else:
            found.pop(incident.key, None)
    return list(found.values())


def dialled(number: str) -> str:
    """Return a phone number as a phone dials it: its digits up to an extension; "" where there are none to dial."""
    plain = re.match(r"[^A-Za-z;,#*]*", number.strip())
    digits = "".join(char for char in plain.group() if char in DIGITS) if plain else ""
    return ("+" if number.strip().startswith("+") else "") + digits if digits else ""


def may_say_acted(newest: Iterable[tuple[str, bool] | None]) -> bool:
    """Tell whether the reporter may read that somebody acted.

    `newest` holds for each agency that took it its newest outcome and whether it permits this, or None where it wrote none: each
    permits it, and at least one acted.
    """
    said = list(newest)
    return all(each is not None and each[1] for each in said) and any(
        each is not None and each[0] in ACTED for each in said
    )
