"""Builds and organisations as places of a grant. Their rooms stand above this one, so they register how to look one up.

A room registers one function at start. It answers for an actor who may look after the thing, with its name and its
region; for anybody else it answers None. So nobody gives a role at an organisation elsewhere by naming its id.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from waywatch.lib.actors import Actor


@dataclass(frozen=True, slots=True)
class Place:
    """A build or an organisation, as far as a grant needs it. `region_code` is None for a national organisation."""

    name: str
    region_code: str | None


LookUp = Callable[[Actor, uuid.UUID], Place | None]
KINDS = ("build", "organisation")
_look_ups: dict[str, LookUp] = {}


def register_places(kind: str, look_up: LookUp) -> None:
    """Say how to look up a place of `kind` ("build" or "organisation"). Called once, at start."""
    if kind not in KINDS:
        raise ValueError(f"A grant has no {kind!r}: register one of {', '.join(KINDS)}.")
    _look_ups[kind] = look_up


def find_place(actor: Actor, kind: str, place_id: uuid.UUID) -> Place | None:
    """Return the place if it is there for `actor` to give roles at."""
    look_up = _look_ups.get(kind)
    return look_up(actor, place_id) if look_up else None
