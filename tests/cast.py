"""The named cast: who coordinates, who hosts, who is trained, and who must see nothing. Invented people at example.org.

Each member has `.actor` (to act as), `.account` and `.client` (a signed-in browser). Everybody has a second factor;
`member()` makes somebody else, with or without one. The fixtures live in the test's rolled-back transaction.
"""

import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pytest
from django.test import Client

from waywatch.accounts.models import Account, Grant
from waywatch.accounts.roles import Role
from waywatch.lib.actors import Actor

PASSWORD = "lantern gravel orchard"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CARRIER_ID = uuid.UUID("0c000000-0000-4000-8000-00000000ca01")
TRUCK_STOP_ID = uuid.UUID("0c000000-0000-4000-8000-0000000057a1")


@dataclass(frozen=True)
class Member:
    """Somebody with an account."""

    account: Account
    grants: list[Grant] = field(default_factory=list)

    @property
    def actor(self) -> Actor:
        return Actor.account(self.account.pk)

    @cached_property
    def client(self) -> Client:
        client = Client()
        client.force_login(self.account)
        return client


def member(email: str, name: str, role: Role | None = None, *, second_factor: bool = True, **scope: Any) -> Member:
    """Make an account with at most one role; `scope` is what `grant_to` takes."""
    from allauth.account.models import EmailAddress
    from allauth.mfa.totp.internal.auth import TOTP

    account = Account(email=email, name=name)
    account.set_password(PASSWORD)
    account.save()
    EmailAddress.objects.create(user=account, email=email, verified=True, primary=True)
    if second_factor:
        TOTP.activate(account, TOTP_SECRET)
    return Member(account, [grant_to(account, role, **scope)] if role else [])


def grant_to(account: Account, role: Role, **scope: Any) -> Grant:
    """Give a role straight in the database: region_id, build_id, organisation_id, valid_from, valid_until."""
    return Grant.objects.create(account=account, role=role, **scope)


@pytest.fixture
def coordinator(db: None) -> Member:
    """Coordinates everywhere."""
    return member("marisol.okafor@example.org", "Marisol Okafor", Role.COORDINATOR)


@pytest.fixture
def texas_coordinator(db: None) -> Member:
    """Coordinates in Texas only."""
    return member("dale.reyes@example.org", "Dale Reyes", Role.COORDINATOR, region_id="US-TX")


@pytest.fixture
def ohio_coordinator(db: None) -> Member:
    """Coordinates in Ohio only: must see nothing of Texas."""
    return member("june.hartwell@example.org", "June Hartwell", Role.COORDINATOR, region_id="US-OH")


@pytest.fixture
def co_host(db: None) -> Member:
    """Works in the attorney general's office that co-hosts in Texas."""
    return member("hannah.lindqvist@example.org", "Hannah Lindqvist", Role.CO_HOST, region_id="US-TX")


@pytest.fixture
def trooper(db: None) -> Member:
    """A trusted contact of the Texas highway patrol."""
    return member("wade.colton@example.org", "Wade Colton", Role.OFFICER, region_id="US-TX")


@pytest.fixture
def safety_director(db: None) -> Member:
    """Trains the drivers of a carrier in Texas."""
    scope = {"organisation_id": CARRIER_ID, "region_id": "US-TX"}
    return member("gus.petrakis@example.org", "Gus Petrakis", Role.TRAINING_MANAGER, **scope)


@pytest.fixture
def truck_stop_manager(db: None) -> Member:
    """Trains the staff of a truck stop in Texas."""
    scope = {"organisation_id": TRUCK_STOP_ID, "region_id": "US-TX"}
    return member("lupe.navarro@example.org", "Lupe Navarro", Role.TRAINING_MANAGER, **scope)


@pytest.fixture
def advocate(db: None) -> Member:
    """Answers at a hotline."""
    return member("ruth.abara@example.org", "Ruth Abara", Role.ADVOCATE)


@pytest.fixture
def second_advocate(db: None) -> Member:
    """Answers at the same hotline."""
    return member("lena.frost@example.org", "Lena Frost", Role.ADVOCATE)


@pytest.fixture
def supervisor(db: None) -> Member:
    """Looks after the advocates of the hotline."""
    return member("amara.diallo@example.org", "Amara Diallo", Role.SUPERVISOR)


@pytest.fixture
def ohio_advocate(db: None) -> Member:
    """Answers for Ohio only."""
    return member("piet.okoro@example.org", "Piet Okoro", Role.ADVOCATE, region_id="US-OH")


@pytest.fixture
def second_trooper(db: None) -> Member:
    """Works in the same agency as the trooper."""
    return member("jo.sandoval@example.org", "Jo Sandoval", Role.OFFICER, region_id="US-TX")


@pytest.fixture
def editor(db: None) -> Member:
    """Prepares stories."""
    return member("ellis.monroe@example.org", "Ellis Monroe", Role.EDITOR)


@pytest.fixture
def analyst(db: None) -> Member:
    """Reads figures."""
    return member("ana.sokolova@example.org", "Ana Sokolova", Role.ANALYST)


@pytest.fixture
def administrator(db: None) -> Member:
    """Runs the instance."""
    return member("ida.brandt@example.org", "Ida Brandt", Role.ADMINISTRATOR)


@pytest.fixture
def outsider(db: None) -> Member:
    """Has an account and no role: must see nothing."""
    return member("otto.marsh@example.org", "Otto Marsh")


@pytest.fixture
def guest(db: None) -> Client:
    """A browser that is not signed in."""
    return Client()
