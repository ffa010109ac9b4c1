"""Who may: the only way to an organisation, a person, a post or a contact point. Unknown and forbidden give the same answer.

| | sees | changes its facts | keeps its people |
|---|---|---|---|
| coordinator, co-host | home or served region within reach; national ones | home region within reach | any of its regions within reach |
| training manager | their own organisation | no | no |
| everybody else | nothing | no | no |

A national organisation is changed by a coordinator for everywhere. PostgreSQL holds the same rules (migration 0003).
"""

import uuid

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from waywatch.accounts.api import NOWHERE, Reach, Role, reach_of
from waywatch.directory.models import ContactPoint, Organisation, Person, Post, ServedJurisdiction
from waywatch.geo import api as geo
from waywatch.lib.actors import Actor
from waywatch.lib.errors import RefusedError, not_found
from waywatch.lib.rows import one

KEEPERS = (Role.COORDINATOR, Role.CO_HOST)


def keeper_reach(actor: Actor | None) -> Reach:
    """Return the regions that the actor looks after. A grant on one build gives no region, so nothing of the directory."""
    reach = reach_of(actor, *KEEPERS)
    return reach if reach.everywhere or reach.regions else NOWHERE


def own_organisations(actor: Actor | None) -> frozenset[uuid.UUID]:
    """Return the organisations whose training the actor manages."""
    return frozenset() if actor is None or actor.is_system else reach_of(actor, Role.TRAINING_MANAGER).organisations


def enter(actor: Actor | None) -> None:
    """Let the actor into the directory's pages, or say that there are none."""
    if keeper_reach(actor).is_empty and not own_organisations(actor):
        raise not_found()


def enter_as_keeper(actor: Actor | None) -> Reach:
    """Let a coordinator or co-host in and return their reach; for everybody else the page is not there."""
    reach = keeper_reach(actor)
    if reach.is_empty:
        raise not_found()
    return reach


def visible_organisations(actor: Actor | None) -> QuerySet[Organisation]:
    """Return every organisation that the actor may see, closed ones with them."""
    reach = keeper_reach(actor)
    if reach.everywhere:
        return Organisation.objects.all()
    own = Q(pk__in=own_organisations(actor))
    if reach.is_empty:
        return Organisation.objects.filter(own)
    return Organisation.objects.filter(own | Q(region=None) | Q(reach_regions__overlap=sorted(reach.regions)))


def kept_organisations(actor: Actor | None) -> QuerySet[Organisation]:
    """Return the open organisations whose people the actor looks after."""
    reach = keeper_reach(actor)
    found = Organisation.objects.filter(closed_at=None)
    return found if reach.everywhere else found.filter(reach_regions__overlap=sorted(reach.regions))


def organisation_for(actor: Actor | None, organisation_id: uuid.UUID) -> Organisation:
    """Return one organisation that the actor may see."""
    found = visible_organisations(actor).select_related("sector", "region", "county")
    return one(found.filter(pk=organisation_id))


def served_for(actor: Actor | None, served_id: uuid.UUID) -> ServedJurisdiction:
    """Return one served jurisdiction of an organisation that the actor may see."""
    found = ServedJurisdiction.objects.select_related("organisation", "region", "county")
    return one(found.filter(pk=served_id, organisation__in=visible_organisations(actor)))


def visible_posts(actor: Actor | None) -> QuerySet[Post]:
    """Return the posts, ended ones with them, in organisations that the actor may see."""
    return Post.objects.filter(organisation__in=visible_organisations(actor))


def visible_people(actor: Actor | None) -> QuerySet[Person]:
    """Return the people who hold or held a post in an organisation that the actor may see."""
    return Person.objects.filter(pk__in=visible_posts(actor).values("person_id"))


def person_for(actor: Actor | None, person_id: uuid.UUID) -> Person:
    """Return one person whom the actor may see."""
    return one(visible_people(actor).filter(pk=person_id))


def post_for(actor: Actor | None, post_id: uuid.UUID) -> Post:
    """Return one post in an organisation that the actor may see."""
    return one(visible_posts(actor).select_related("person", "organisation").filter(pk=post_id))


def visible_contact_points(actor: Actor | None) -> QuerySet[ContactPoint]:
    """Return the contact points of organisations and posts that the actor may see."""
    holders = Q(organisation__in=visible_organisations(actor)) | Q(post__in=visible_posts(actor))
    return ContactPoint.objects.filter(holders)


def contact_point_for(actor: Actor | None, point_id: uuid.UUID) -> ContactPoint:
    """Return one contact point that the actor may see."""
    found = visible_contact_points(actor).select_related("organisation", "post__organisation", "post__person")
    return one(found.filter(pk=point_id))


def may_edit(actor: Actor | None, organisation: Organisation) -> bool:
    """Tell whether the actor may change the organisation's own facts."""
    return may_add(actor, organisation.region_id)


def may_add(actor: Actor | None, region_code: str | None) -> bool:
    """Tell whether the actor may add an organisation with this home; None is a national one."""
    reach = keeper_reach(actor)
    return reach.everywhere or (region_code is not None and region_code in reach.regions)


def may_keep_people(actor: Actor | None, organisation: Organisation) -> bool:
    """Tell whether the actor may add and change the organisation's people and contact points."""
    reach = keeper_reach(actor)
    return reach.everywhere or not reach.regions.isdisjoint(organisation.reach_regions)


def may_keep_person(actor: Actor | None, person: Person) -> bool:
    """Tell whether the actor looks after an organisation where the person holds or held a post."""
    reach = keeper_reach(actor)
    if reach.everywhere:
        return True
    return person.posts.filter(organisation__reach_regions__overlap=sorted(reach.regions)).exists()


def place_for(actor: Actor | None, place_id: uuid.UUID) -> geo.PlaceInfo:
    """Return one place on the road, closed ones too. Places are reference data: whoever is in the directory sees them all."""
    enter(actor)
    place = geo.place(place_id)
    if place is None:
        raise not_found()
    return place


def may_edit_place(actor: Actor, place: geo.PlaceInfo) -> bool:
    """Tell whether the actor may change a place: the one who added it, while it is open."""
    mine = place.added_by is not None and place.added_by == actor.account_id
    return mine and place.closed_at is None and not keeper_reach(actor).is_empty


def must(allowed: bool) -> None:
    """Refuse what the actor may see but not do."""
    if not allowed:
        raise RefusedError(gettext("You can read this, but changing it belongs to the coordinator of its region."))


def organisation_of(point: ContactPoint) -> Organisation:
    """Return the organisation that a contact point belongs to, by itself or by the post."""
    if point.organisation is not None:
        return point.organisation
    assert point.post is not None  # directory_contact_point_has_one_holder
    return point.post.organisation
