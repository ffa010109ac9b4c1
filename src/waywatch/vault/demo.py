"""The teams of the demonstration: published passphrases and a published root, so they exist in a demonstration (and tests) only."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction

from waywatch.accounts import api as accounts
from waywatch.geo import api as geo
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.vault import lists, queries, root, sealing, trusted
from waywatch.vault.actions import keyrings, own_key
from waywatch.vault.documents import read_desks, read_referrals, texts_of
from waywatch.vault.errors import DemoKeyringError
from waywatch.vault.models import Keyring, KeyringKind, KeyVersion, Membership
from waywatch.vault.sealing import KeyPair

DEMO_PASSPHRASE = "look around the demo vault"  # noqa: S105 - known to everybody by design
ROOT_PASSPHRASES = ("first holder of the demo root", "second holder of the demo root")
DESK, AGENCY = "Demo desk", "Demo sheriff, Reeves County"
DESK_TEAM = ("advocate@demo.example", "advocate2@demo.example", "supervisor@demo.example")
AGENCY_TEAM = ("officer@demo.example",)
SERVED_COUNTRIES = {"US", "CA"}
DEMO_MODES = {"demo", "test"}
RENEWED_BEFORE = dt.timedelta(days=60)


def demo_passphrase() -> str:
    """Return the passphrase of every demo key; "" outside of a demonstration."""
    return DEMO_PASSPHRASE if settings.MODE in DEMO_MODES else ""


def create_demo_keyrings(actor: Actor) -> None:
    """Make the demo teams that are not there yet, and lists with their keys signed by the demo root. The system's task."""
    if settings.MODE not in DEMO_MODES or not actor.is_system:
        raise DemoKeyringError("Demo keyrings have published passphrases: they are made in a demonstration only.")
    served = [region.code for region in geo.regions() if region.country in SERVED_COUNTRIES]
    with transaction.atomic():
        _team(actor, Keyring(kind=KeyringKind.DESK, name=DESK, regions=served, is_demo=True), DESK_TEAM)
        _team(actor, Keyring(kind=KeyringKind.AGENCY, name=AGENCY, home_id="US-TX", is_demo=True), AGENCY_TEAM)
        _sign_lists(actor)


def demo_teams(actor: Actor) -> tuple[uuid.UUID, uuid.UUID] | None:
    """Return the keyrings of the demo desk and of the demo agency, or None where they are not there. Asked by the system."""
    found = dict(Keyring.objects.filter(is_demo=True).values_list("kind", "pk")) if actor.is_system else {}
    if KeyringKind.DESK not in found or KeyringKind.AGENCY not in found:
        return None
    return found[KeyringKind.DESK], found[KeyringKind.AGENCY]


def refuse_demo_keyrings_in_production(actor: Actor) -> None:
    """Stop a production start on a database that holds demo keyrings. The actor is the system: it sees all of them."""
    if not actor.is_system:
        raise DemoKeyringError("Only the system looks for demo keyrings.")
    if settings.MODE == "production" and Keyring.objects.filter(is_demo=True).exists():
        raise DemoKeyringError(
            "This database holds keyrings of the demonstration with published passphrases. Start production on a fresh one."
        )


def demo_root() -> KeyPair:
    """Return the demo root: made from its two published passphrases, so that it is the same in every demonstration."""
    return sealing.key_pair_from(" ".join(ROOT_PASSPHRASES).encode(), salt=b"waywatch demo", purpose=b"root")


def _team(actor: Actor, keyring: Keyring, emails: tuple[str, ...]) -> None:
    if Keyring.objects.filter(name=keyring.name, is_demo=True).exists():
        return
    keyring.save(force_insert=True)
    for email in emails:
        card = accounts.account_with_email(email)
        if card is None:
            raise DemoKeyringError(f"The demo account {email} is not there.")
        if queries.key_in_use(card.id) is None:
            own_key.make_key(card.id, DEMO_PASSPHRASE)
        Membership.objects.create(keyring=keyring, account_id=card.id, is_keeper=True)
    keyrings.record("keyring.created", keyring, regions=list(keyring.regions))
    if not KeyVersion.objects.filter(keyring=keyring).exists():
        keyrings.new_version(actor, keyring, queries.holders(keyring), action="keyring.key_made")


def _sign_lists(actor: Actor) -> None:
    """Sign lists with the demo root where there are none, or those there are old or say something else."""
    now, current, pair = clock.now(), trusted.in_use(), demo_root()
    if trusted.root_public_key() not in {None, pair.public}:
        return  # somebody tries a ceremony of their own in this demonstration
    texts = texts_of(lists.prepare_lists(now).encode())
    found = read_desks(texts[root.DESKS]), read_referrals(texts[root.REFERRALS])
    if current and current.desks.expires > now + RENEWED_BEFORE and not lists.changes_to(current, *found):
        return
    review = lists.review_lists(root.sign_lists(pair.private, texts), now, trust=pair.public)
    lists.install_lists(actor, review=review)
