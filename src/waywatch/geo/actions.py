"""Writes: an organiser adds, edits and closes a place. The room that calls records the act in the audit log."""

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from waywatch.geo import access, regions, rules, shapes, values
from waywatch.geo.models import Place, PlaceKind, PlaceSource
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.lib.errors import InvalidError
from waywatch.lib.text import clean_line


def add_place(actor: Actor, *, draft: values.PlaceDraft) -> values.PlaceInfo:
    """Add a place; its county (and its region, if none is named) is worked out from the point. Raises InvalidError."""
    facts = _facts(draft)
    with transaction.atomic():
        place = Place.objects.create(source=PlaceSource.ORGANISER, added_by=actor.account_id, **facts)
    return values.place_info(place)


def edit_place(actor: Actor, *, place_id: uuid.UUID, draft: values.PlaceDraft) -> values.PlaceInfo:
    """Replace all that is said of a place by the account that added it."""
    with transaction.atomic():
        place = access.own_place_for_update(actor, place_id)
        facts = _facts(draft)
        for name, value in facts.items():
            setattr(place, name, value)
        place.save(update_fields=list(facts))
    return values.place_info(place)


def close_place(actor: Actor, *, place_id: uuid.UUID) -> values.PlaceInfo:
    """Take a place out of every list. What points at it still finds it; closing twice changes nothing."""
    with transaction.atomic():
        place = access.own_place_for_update(actor, place_id)
        if place.closed_at is None:
            place.closed_at = clock.now()
            place.save(update_fields=["closed_at"])
    return values.place_info(place)


def _facts(draft: values.PlaceDraft) -> dict[str, Any]:
    if draft.kind not in PlaceKind.values:
        raise InvalidError(gettext("Choose what kind of place this is."), field="kind")
    name = clean_line(draft.name)
    if not name:
        raise InvalidError(gettext("Give the place a name."), field="name")
    located = _located(draft)
    road = rules.parse_route(clean_line(draft.highway))
    return {
        "kind": draft.kind,
        "name": name,
        "region_id": located.region,
        "county_id": located.county,
        "city": clean_line(draft.city),
        "address": clean_line(draft.address),
        "lat": draft.lat,
        "lon": draft.lon,
        "highway": road.highway,
        "concurrent": list(road.concurrent),
        "direction": draft.direction or road.direction,
        "milepost": draft.milepost,
        "spaces": draft.spaces,
    }


def _located(draft: values.PlaceDraft) -> shapes.Located:
    shapes.require_point(draft.lat, draft.lon)
    if not draft.region:
        found = shapes.locate(draft.lat, draft.lon)
        if found is None:
            message = gettext("This point is not in the United States or Canada. Check the latitude and the longitude.")
            raise InvalidError(message, field="lat")
        return found
    region = regions.region(draft.region)
    if region is None:
        raise InvalidError(gettext("Choose the state or province."), field="region")
    found = shapes.locate_in(region.code, draft.lat, draft.lon)
    if found is None:
        message = gettext(
            "This point is not in %(region)s. Check the latitude and the longitude, or the state or province."
        )
        raise InvalidError(message % {"region": region.name}, field="lat")
    return found
