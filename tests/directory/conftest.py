"""The people of these tests, and a directory with two regions and a national carrier in it."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.cast import Member, member
from waywatch.accounts.roles import Role
from waywatch.directory.actions import contact_points, organisations, people
from waywatch.directory.facts import ContactFacts, OrganisationFacts, PostFacts
from waywatch.directory.models import ContactPoint, Organisation, Person, Post
from waywatch.lib.actors import Actor, acting_as

CANARY = "canary-7f3a9c51@example.org"
NAMES = {"national": "coordinator", "texan": "texas_coordinator", "ohioan": "ohio_coordinator"}


@dataclass(frozen=True)
class Cast:
    """The cast by a name of these tests, made when first asked for."""

    find: Callable[[str], Member]

    def __getitem__(self, name: str) -> Member:
        return self.find(NAMES.get(name, name))


@pytest.fixture
def cast(request: pytest.FixtureRequest, db: None) -> Cast:
    """Everybody by name."""
    return Cast(request.getfixturevalue)


@dataclass(frozen=True)
class World:
    """What is in the directory: an organisation with a person and contact points in each of three places."""

    texan: Organisation
    ohioan: Organisation
    national: Organisation
    person: Person
    post: Post
    point: ContactPoint
    own_point: ContactPoint


@pytest.fixture
def world(cast: Cast) -> World:
    """Fill the directory as the national coordinator."""
    actor = cast["national"].actor
    with acting_as(actor):
        texan = _organisation(actor, "Lone Star Haulage", "US-TX", "Pecos")
        ohioan = _organisation(actor, "Buckeye Freight", "US-OH", "Columbus")
        national = _organisation(actor, "Canyon Express", None, "")
        facts = PostFacts("Safety director", is_decision_maker=True)
        person = people.add_person(actor, organisation=texan, name="Dana Reyes", language="en", post=facts)
        for each in (ohioan, national):
            people.add_person(actor, organisation=each, name=f"Kim of {each.name}", language="en", post=facts)
        post = Post.objects.get(person=person)
        point = contact_points.add_contact_point(
            actor, holder=post, facts=ContactFacts("mail", CANARY, source="A card")
        )
        phone = ContactFacts("phone", "+15125550100", label="dispatch", source="Website")
        own_point = contact_points.add_contact_point(actor, holder=texan, facts=phone)
    return World(texan, ohioan, national, person, post, point, own_point)


def _organisation(actor: Actor, name: str, region: str | None, city: str) -> Organisation:
    facts = OrganisationFacts(name=name, sector_key="trucking", region_code=region, city=city)
    return organisations.add_organisation(actor, facts=facts)


@pytest.fixture
def manager(world: World) -> Member:
    """The training manager of Lone Star Haulage."""
    scope = {"organisation_id": world.texan.pk, "region_id": "US-TX"}
    return member("manager@example.org", "Sol Vance", Role.TRAINING_MANAGER, **scope)
