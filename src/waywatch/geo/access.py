"""Who may change a place: the account that added it. Published places are changed by nobody."""

import uuid

from django.utils.translation import gettext

from waywatch.geo.models import Place, PlaceSource
from waywatch.lib.actors import Actor
from waywatch.lib.errors import NotFoundError, RefusedError


class PublishedPlaceError(RefusedError):
    """Published reference rows stay as their source has them."""

    code = "geo_place_published"


class OthersPlaceError(RefusedError):
    """A place is changed by the account that added it."""

    code = "geo_place_of_another"


def own_place_for_update(actor: Actor, place_id: uuid.UUID) -> Place:
    """Return an organiser's place, locked. Places are open to all readers, so a refusal says why."""
    found = Place.objects.filter(id=place_id).first()
    if found is None:
        raise NotFoundError(gettext("There is no such place."))
    if found.source != PlaceSource.ORGANISER:
        raise PublishedPlaceError(
            gettext("This place comes from published data and cannot be changed. Add your own place.")
        )
    if found.added_by != actor.account_id:
        raise OthersPlaceError(
            gettext("Another organiser added this place. Ask them to change it, or add your own place.")
        )
    return Place.objects.select_for_update().get(id=place_id)
