"""How a tip stands with those whom it was referred to: known to a room above this one, and asked of it by its functions.

project/wiring.py says whom to ask; docs/reference/facts.md lists the question.
"""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from waywatch.lib.actors import Actor


@dataclass(frozen=True, slots=True)
class Standing:
    """How the newest referral of a tip stands, in words. `is_out`: somebody has it or is asked; `wants`: the desk has to do something."""

    words: str
    is_out: bool
    wants: bool


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Whom to ask, in a fixed number of queries each: how tips of the actor stand; how many want something; the ids of what is out."""

    standings: Callable[[Actor, Collection[uuid.UUID]], Mapping[uuid.UUID, Standing]]
    wanting: Callable[[Actor], int]
    out: Callable[[], QuerySet[Any, Any]]


_asked: list[Elsewhere] = []


def ask(elsewhere: Elsewhere) -> None:
    """Ask this from now on. Called once, by project/wiring.py."""
    _asked[:] = [elsewhere]


def standings(actor: Actor, tips: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Standing]:
    """Return how each of these tips that was referred stands."""
    return _asked[0].standings(actor, tips)


def wanting(actor: Actor) -> int:
    """Return how many referrals of the actor's desks want something of the desk."""
    return _asked[0].wanting(actor)


def out() -> QuerySet[Any, Any]:
    """Return the ids of the tips that somebody has, or is asked about. The worker may ask this, too."""
    return _asked[0].out()
