"""What other rooms may use of the vault: public keys to seal to, an unlocked key to open with, receipts, requests of two people."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.utils.translation import gettext

from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.vault import access, queries
from waywatch.vault.actions import requests
from waywatch.vault.actions.keyrings import VersionGoing
from waywatch.vault.demo import (
    create_demo_keyrings,
    demo_passphrase,
    demo_teams,
    refuse_demo_keyrings_in_production,
)
from waywatch.vault.documents import AgencyEntry, DeskEntry
from waywatch.vault.errors import KeyMissingError, LockedError, NotReadyError
from waywatch.vault.queries import DeskKey, agency_keys, desk_keys, is_held, team_emails
from waywatch.vault.receipts import receipt_public_key, sign_receipt
from waywatch.vault.root import from_text, to_text
from waywatch.vault.sealing import (
    OVERHEAD,
    SIZES,
    SealError,
    derive,
    is_public_key,
    is_signed_by,
    lock,
    open_sealed,
    pad,
    public_of,
    seal,
    unlock,
    unpad,
)
from waywatch.vault.trusted import (
    listed_agencies,
    listed_desk,
    root_public_key,
    signed_list,
    signed_policies,
)
from waywatch.vault.unlocked import Unlocked
from waywatch.vault.web.unlocking import is_unlocked, needs_unlock, unlocked
from waywatch.vault.words import fingerprint, word_list

__all__ = [
    "OVERHEAD",
    "SIZES",
    "DeskKey",
    "KeyMissingError",
    "KeyringCard",
    "LockedError",
    "NotReadyError",
    "SealError",
    "Sealed",
    "Unlocked",
    "VersionGoing",
    "agency_keys",
    "approve_break_glass",
    "ask_break_glass",
    "break_glass_allows",
    "can_receive",
    "colleagues",
    "create_demo_keyrings",
    "demo_passphrase",
    "demo_teams",
    "derive",
    "desk_keys",
    "fingerprint",
    "from_text",
    "is_held",
    "is_public_key",
    "is_signed_by",
    "is_unlocked",
    "keyrings_of",
    "lock",
    "needs_unlock",
    "open_sealed",
    "pad",
    "receipt_public_key",
    "refuse_demo_keyrings_in_production",
    "root_public_key",
    "seal",
    "seal_to_agency",
    "seal_to_desk",
    "sign_receipt",
    "signed_agencies",
    "signed_list",
    "signed_policies",
    "team_emails",
    "to_text",
    "trusted_key",
    "unlock",
    "unlocked",
    "unpad",
    "word_list",
]


@dataclass(frozen=True, slots=True)
class KeyringCard:
    """A keyring whose team the actor belongs to."""

    id: uuid.UUID
    kind: str
    name: str
    home: str | None
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """Something sealed to a version of a keyring: keep all three, to open it again."""

    keyring_id: uuid.UUID
    version: int
    sealed: bytes


def keyrings_of(actor: Actor | None) -> list[KeyringCard]:
    """Return the keyrings whose team the actor belongs to, and whose role the actor holds now. One query and the actor's reach."""
    return [
        KeyringCard(row.pk, row.kind, row.name, row.home_id, tuple(row.regions)) for row in access.own_keyrings(actor)
    ]


def colleagues(actor: Actor | None, keyring_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Return, by account, the names of those in the actor's own team who can open what is sealed to it now."""
    return queries.colleagues(access.own_keyring(actor, keyring_id))


def seal_to_desk(keyring_id: uuid.UUID, plaintext: bytes, info: bytes) -> Sealed:
    """Seal to the key of a desk that the root has signed. Raises NotReadyError where there is none.

    Never to one that only the database names: whoever writes to that could put in a key of their own.
    """
    return _seal_to(listed_desk(keyring_id, clock.now()), plaintext, info)


def seal_to_agency(keyring_id: uuid.UUID, plaintext: bytes, info: bytes) -> Sealed:
    """Seal to the key of an agency that the root has signed, and never to a desk's. Raises NotReadyError where there is none."""
    return _seal_to(listed_agencies(clock.now()).get(keyring_id), plaintext, info)


def _seal_to(listed: DeskEntry | AgencyEntry | None, plaintext: bytes, info: bytes) -> Sealed:
    if listed is None:
        raise NotReadyError(gettext("There is no signed key to seal this to. Call them instead."))
    return Sealed(listed.keyring, listed.key_version, seal(from_text(listed.key), plaintext, info=info))


def signed_agencies() -> frozenset[uuid.UUID]:
    """Return the keyrings of the agencies that something can be sealed to now."""
    return frozenset(listed_agencies(clock.now()))


def can_receive(keyring_id: uuid.UUID, version: int) -> bool:
    """Tell whether the root still names this agency, and an officer of its team can open the version now. Asked by the worker."""
    return keyring_id in signed_agencies() and queries.can_receive(keyring_id, version)


def trusted_key(unlocked: Unlocked, keyring_id: uuid.UUID, version: int) -> tuple[int, bytes]:
    """Return the version and the public key of a desk to keep something under that came in under `version` and has been opened.

    It is the one that the root has signed, where the actor holds it too, else the very key that opened it. Never one that only the database
    names: whoever writes to that could put in a key of their own.
    """
    listed = listed_desk(keyring_id, clock.now())
    if listed is not None and listed.key_version in unlocked.versions(keyring_id):
        return listed.key_version, from_text(listed.key)
    return version, public_of(unlocked.version_key(keyring_id, version))


def ask_break_glass(actor: Actor, *, keyring_id: uuid.UUID, subject_id: uuid.UUID, reason: str) -> uuid.UUID:
    """Ask the actor's team to allow opening a thing that is not the actor's own; return the request's id."""
    keyring = access.own_keyring(actor, keyring_id)
    return requests.ask_break_glass(actor, keyring=keyring, subject_id=subject_id, reason=reason).pk


def approve_break_glass(actor: Actor, *, request_id: uuid.UUID) -> None:
    """Allow it for one hour. Raises RefusedError for the one who asked, NotReadyError where it has run out."""
    requests.approve_break_glass(actor, request=access.request_for(actor, request_id))


def break_glass_allows(
    actor: Actor, *, keyring_id: uuid.UUID, subject_id: uuid.UUID, now: dt.datetime | None = None
) -> bool:
    """Tell whether a second person has allowed the actor to open this thing, within the last hour."""
    return queries.break_glass_allows(actor, keyring_id, subject_id, now or clock.now())
