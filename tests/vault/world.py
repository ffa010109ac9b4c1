"""Teams with keys, made through the actions as their members: a hotline's desk and a Texas agency."""

from dataclasses import dataclass, field

from tests.cast import Member
from waywatch.lib.actors import acting_as
from waywatch.vault.actions import keyrings, own_key
from waywatch.vault.actions.keyrings import KeyringFacts
from waywatch.vault.models import Keyring, KeyringKind
from waywatch.vault.unlocked import Unlocked

PHRASE = "gravel lantern orchard seven"


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


@dataclass(frozen=True)
class Team:
    """A desk with three members: two advocates who keep it, and a supervisor."""

    keyring: Keyring
    first: Member
    second: Member
    third: Member
    administrator: Member
    people: list[Member] = field(default_factory=list)
