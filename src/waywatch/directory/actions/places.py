"""Add, change and close places on the road: the room of places does it, and this one says who may and writes it down."""

import uuid

from django.db import transaction

from waywatch.audit import api as audit
from waywatch.directory import access
from waywatch.geo import api as geo
from waywatch.lib.actors import Actor

KIND = "place"
FIELDS = ("name", "kind", "region", "city", "address", "highway", "direction", "lat", "lon", "spaces")


def add_place(actor: Actor, *, draft: geo.PlaceDraft) -> geo.PlaceInfo:
    """Add a place."""
    access.enter_as_keeper(actor)
    with transaction.atomic():
        place = geo.add_place(actor, draft=draft)
        detail = {name: value for name, value in _facts(place).items() if value}
        audit.record("place.added", subject_kind=KIND, subject_id=place.id, detail=detail)
    return place


def edit_place(actor: Actor, *, place_id: uuid.UUID, draft: geo.PlaceDraft) -> geo.PlaceInfo:
    """Change a place that the actor added."""
    access.enter_as_keeper(actor)
    with transaction.atomic():
        before = access.place_for(actor, place_id)
        place = geo.edit_place(actor, place_id=place_id, draft=draft)
        old, new = _facts(before), _facts(place)
        changes: dict[str, audit.JSON] = {name: [old[name], new[name]] for name in FIELDS if old[name] != new[name]}
        if changes:
            audit.record("place.changed", subject_kind=KIND, subject_id=place.id, detail=changes)
    return place


def close_place(actor: Actor, *, place_id: uuid.UUID) -> geo.PlaceInfo:
    """Take a place that the actor added out of every list."""
    access.enter_as_keeper(actor)
    with transaction.atomic():
        was_open = access.place_for(actor, place_id).closed_at is None
        place = geo.close_place(actor, place_id=place_id)
        if was_open:
            audit.record("place.closed", subject_kind=KIND, subject_id=place.id)
    return place


def _facts(place: geo.PlaceInfo) -> dict[str, str]:
    values = {name: getattr(place, name) for name in FIELDS}
    return {name: "" if value is None else str(value) for name, value in values.items()}
