"""The people of these tests, and a directory with two regions and a national carrier in it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client

from waywatch.accounts.models import Account, Grant
from waywatch.directory.actions import contact_points, organisations, people
from waywatch.directory.facts import ContactFacts, OrganisationFacts, PostFacts
from waywatch.directory.models import ContactPoint, Organisation, Person, Post
from waywatch.lib.actors import Actor, acting_as

CANARY = "canary-7f3a9c51@example.org"
ROLES = {
    "national": ("coordinator", None),
    "texan": ("coordinator", "US-TX"),
    "co_host": ("co_host", "US-TX"),
    "okie": ("coordinator", "US-OK"),
    "trooper": ("officer", "US-TX"),
    "advocate": ("advocate", None),
    "analyst": ("analyst", None),
    "administrator": ("administrator", None),
    "outsider": (None, None),
}


@dataclass(frozen=True)
class Somebody:
    """An account with a second factor, as the one who acts and as a browser."""

    account: Account
    actor: Actor
    client: Client


MakeSomebody = Callable[..., Somebody]


@pytest.fixture
def somebody(db: None) -> MakeSomebody:
    """Make an account with one role."""

    def make(role: str | None, region: str | None = None, **scope: uuid.UUID) -> Somebody:
        from allauth.mfa.models import Authenticator

        name = f"{role}-{region}-{uuid.uuid4().hex[:6]}"
        account = Account.objects.create(email=f"{name}@example.org", name=name)
        Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
        if role:
            Grant.objects.create(account=account, role=role, region_id=region, **scope)
        client = Client()
        client.force_login(account)
        return Somebody(account, Actor.account(account.pk), client)

    return make


@dataclass(frozen=True)
class World:
    """What is in the directory: an organisation with a person and contact points in each of three places."""

    texan: Organisation
    okie: Organisation
    national: Organisation
    person: Person
    post: Post
    point: ContactPoint
    own_point: ContactPoint


@pytest.fixture
def cast(somebody: MakeSomebody) -> dict[str, Somebody]:
    """Everybody by name; a guest is nobody, so has no entry."""
    return {name: somebody(role, region) for name, (role, region) in ROLES.items()}


@pytest.fixture
def world(cast: dict[str, Somebody]) -> World:
    """Fill the directory as the national coordinator."""
    actor = cast["national"].actor
    with acting_as(actor):
        texan = _organisation(actor, "Lone Star Haulage", "US-TX", "Pecos")
        okie = _organisation(actor, "Sooner Freight", "US-OK", "Tulsa")
        national = _organisation(actor, "Canyon Express", None, "")
        facts = PostFacts("Safety director", is_decision_maker=True)
        person = people.add_person(actor, organisation=texan, name="Dana Reyes", language="en", post=facts)
        for each in (okie, national):
            people.add_person(actor, organisation=each, name=f"Kim of {each.name}", language="en", post=facts)
        post = Post.objects.get(person=person)
        point = contact_points.add_contact_point(actor, holder=post, facts=ContactFacts("mail", CANARY, source="A card"))
        phone = ContactFacts("phone", "+15125550100", label="dispatch", source="Website")
        own_point = contact_points.add_contact_point(actor, holder=texan, facts=phone)
    return World(texan, okie, national, person, post, point, own_point)


def _organisation(actor: Actor, name: str, region: str | None, city: str) -> Organisation:
    facts = OrganisationFacts(name=name, sector_key="trucking", region_code=region, city=city)
    return organisations.add_organisation(actor, facts=facts)


@pytest.fixture
def manager(somebody: MakeSomebody, world: World) -> Somebody:
    """The training manager of Lone Star Haulage."""
    return somebody("training_manager", organisation_id=world.texan.pk)
