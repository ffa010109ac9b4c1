"""Teams with keys, made through the actions as their members: a hotline's desk and a Texas agency."""

import json
import uuid
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.db import transaction

from tests.cast import Member
from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting_as
from waywatch.vault import documents, lists, queries, root, sealing, trusted
from waywatch.vault.actions import keyrings, own_key
from waywatch.vault.actions.keyrings import KeyringFacts
from waywatch.vault.models import Keyring, KeyringKind, SignedList
from waywatch.vault.unlocked import Unlocked

PHRASE = "gravel lantern orchard seven"
ROOT = sealing.new_key_pair()
SYSTEM = Actor.system("list")


def phrase_of(person: Member) -> str:
    """Return a passphrase that only this person knows."""
    return f"{PHRASE} {person.account.pk.hex[:8]}"


def set_up(*people: Member) -> None:
    """Let each make a key of their own."""
    for person in people:
        with acting_as(person.actor):
            own_key.set_up_key(person.actor, phrase=phrase_of(person))


def unlocked(person: Member) -> Unlocked:
    """Return the person's own key in the clear."""
    with acting_as(person.actor):
        return own_key.unlock(person.actor, phrase=phrase_of(person))


def desk_facts(name: str = "Lone Star hotline", *regions: str) -> KeyringFacts:
    return KeyringFacts(KeyringKind.DESK, name, regions=regions or ("US-TX", "US-NM"))


def agency_facts(name: str = "Reeves County sheriff") -> KeyringFacts:
    return KeyringFacts(KeyringKind.AGENCY, name, home="US-TX")


def found(administrator: Member, facts: KeyringFacts, *founders: Member) -> Keyring:
    """Create a keyring as an administrator and make its first key as the first founder."""
    with acting_as(administrator.actor):
        keyring = keyrings.create_keyring(
            administrator.actor, facts=facts, founders=[person.account.pk for person in founders]
        )
    with acting_as(founders[0].actor):
        keyrings.make_first_key(founders[0].actor, keyring=keyring)
    return keyring


def key_in_use(keyring_id: uuid.UUID) -> queries.DeskKey | None:
    """Return the key in use of a desk or an agency, as the database names it and as the actor may see it."""
    found = [*queries.desk_keys(), *queries.agency_keys()]
    return next((key for key in found if key.keyring_id == keyring_id), None)


def signed_once(patch: pytest.MonkeyPatch, by: sealing.KeyPair = ROOT) -> None:
    """Pin a root, and let it, or somebody else, sign what the database has now. (Only the owner can install a list.)"""
    row = row_of(root.read_signed(signed_lists(by)))
    patch.setattr(settings, "ROOT_KEY", root.to_text(ROOT.public))
    patch.setattr(trusted, "signed_list_row", lambda: row)


def row_of(signed: root.Signed) -> SignedList:
    """Return signed lists as they would lie in the table."""
    found = documents.read_desks(signed.desks.text)
    return SignedList(
        text=signed.desks.text,
        signature=signed.desks.signature,
        referrals=signed.referrals.text,
        referrals_signature=signed.referrals.signature,
        issued_at=found.issued,
        expires_at=found.expires,
    )


def signed_lists(by: sealing.KeyPair = ROOT, **changes: dict[str, object]) -> str:
    """Return the lists of what the database has, signed; `changes` go over each part. Asked as the owner or by a member."""
    prepared = json.loads(lists.prepare_lists(clock.now()))
    changed = {part: {**found, **changes.get(part, {})} for part, found in prepared.items()}
    return root.sign_lists(by.private, documents.texts_of(json.dumps(changed).encode()))


def install_signed(by: sealing.KeyPair = ROOT, **changes: dict[str, object]) -> None:
    """Sign the lists and install them in place of others, as whoever runs the server does: with the owner's role."""
    with acting_as(SYSTEM), transaction.atomic():
        SignedList.objects.all().delete()
        signed = signed_lists(by, **changes)
        lists.install_lists(SYSTEM, review=lists.review_lists(signed, clock.now(), trust=by.public))


@dataclass(frozen=True)
class Team:
    """A desk with three members: two advocates who keep it, and a supervisor."""

    keyring: Keyring
    first: Member
    second: Member
    third: Member
    administrator: Member
    people: list[Member] = field(default_factory=list)
