"""Keyrings and their versions: create, make the first key, rotate, destroy an old key.

An administrator creates a keyring and names its two founders; one of the founders, unlocked, makes its first key. So no key ever exists in
a request of an administrator, and no founder can be added behind the backs of those who hold a key.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext

from waywatch.audit import api as audit
from waywatch.geo import api as geo
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.lib.errors import InvalidError
from waywatch.lib.facts import publish
from waywatch.lib.text import clean_line
from waywatch.vault import access, queries, sealing, words
from waywatch.vault.actions import escrow
from waywatch.vault.errors import NotReadyError
from waywatch.vault.models import EscrowCopy, Keyring, KeyringKind, KeyVersion, MemberKey, Membership, Share
from waywatch.vault.rules import LOCK_AFTER_MINUTES
from waywatch.vault.trusted import listed_key
from waywatch.vault.unlocked import share_info

KIND = "keyring"
FOUNDERS = 2


@dataclass(frozen=True, slots=True)
class KeyringFacts:
    """What a keyring is. A desk serves regions; an agency has a home and serves none."""

    kind: KeyringKind
    name: str
    home: str | None = None
    regions: tuple[str, ...] = ()
    lock_after_minutes: int = LOCK_AFTER_MINUTES
    escrow: bool = False


def create_keyring(actor: Actor, *, facts: KeyringFacts, founders: Sequence[uuid.UUID]) -> Keyring:
    """Create a keyring and name its founders, who keep it. It has no key until one of them makes the first."""
    access.must_administer(actor)
    wanted = dict.fromkeys(founders)
    if len(wanted) < FOUNDERS:
        raise InvalidError(gettext("Name two different people: one lost passphrase must not lose the keyring."))
    with transaction.atomic():
        _must_serve_alone(facts, None)
        keyring = Keyring(kind=facts.kind, is_demo=queries.is_demonstration(), **_columns(facts))
        for account_id in wanted:
            if account_id == actor.account_id or not access.role_fits(account_id, keyring):
                raise InvalidError(gettext("A founder needs a role that belongs to this team and reaches its region."))
        keyring.save(force_insert=True)
        for account_id in wanted:
            Membership.objects.create(keyring=keyring, account_id=account_id, is_keeper=True)
        record("keyring.created", keyring, founders=[str(each) for each in wanted], regions=list(keyring.regions))
    return keyring


def change_keyring(actor: Actor, *, keyring: Keyring, facts: KeyringFacts) -> Keyring:
    """Change name, regions or lock of a keyring. What the phones see of it changes with the next signed list only."""
    access.must_administer(actor)
    with transaction.atomic():
        row = Keyring.objects.select_for_update().get(pk=keyring.pk)
        facts = replace(facts, kind=KeyringKind(row.kind))
        _must_serve_alone(facts, row)
        for column, value in _columns(facts).items():
            setattr(row, column, value)
        row.save(update_fields=["name", "home", "regions", "lock_after_minutes", "escrow"])
        facts_now: dict[str, audit.JSON] = {"lock_after": row.lock_after_minutes, "escrow": row.escrow}
        record("keyring.changed", row, name=row.name, regions=list(row.regions), **facts_now)
    return row


def make_first_key(actor: Actor, *, keyring: Keyring) -> KeyVersion:
    """Make version 1, sealed to every member. Two of them must have set up their own key."""
    access.must_keep(actor, keyring)
    with transaction.atomic():
        _lock(keyring)
        if KeyVersion.objects.filter(keyring=keyring).exists():
            raise NotReadyError(gettext("This keyring has a key already."))
        holders = queries.holders(keyring)
        if len(holders) < FOUNDERS:
            raise NotReadyError(gettext("Two members must set up their own key first. Then make the keyring's."))
        return new_version(actor, keyring, holders, action="keyring.key_made")


def rotate(actor: Actor, *, keyring: Keyring) -> KeyVersion:
    """Make a new version, sealed to everybody who is in the team now. New tips go to it; the old one still opens older ones."""
    access.must_keep(actor, keyring)
    with transaction.atomic():
        _lock(keyring)
        return rotate_without(actor, keyring, leaving=None)


def destroy_version(actor: Actor, *, version: KeyVersion) -> KeyVersion:
    """Delete every share of a retired version. What is sealed to it can never be read again; this cannot be undone.

    Raises NotReadyError for a key in use, here or by phones and desks, and what a handler of `VersionGoing` raises.
    """
    access.must_keep(actor, version.keyring)
    with transaction.atomic():
        _lock(version.keyring)
        row = KeyVersion.objects.select_for_update().get(pk=version.pk)
        if row.retired_at is None:
            raise NotReadyError(gettext("This is the key in use. Make a new one first."))
        listed = listed_key(version.keyring_id, clock.now())
        if listed is not None and listed.key_version == row.number:
            raise NotReadyError(
                gettext("Phones and desks still seal to this key. Have a list signed that names the new one first.")
            )
        if row.destroyed_at is None:
            publish(VersionGoing(version.keyring_id, row.number))
            Share.objects.filter(version=row).delete()
            EscrowCopy.objects.filter(version=row).delete()
            row.destroyed_at = clock.now()
            row.save(update_fields=["destroyed_at"])
            record("keyring.version_destroyed", version.keyring, number=row.number)
    return row


@dataclass(frozen=True, slots=True)
class VersionGoing:
    """A version is about to be destroyed. Whoever still needs it refuses, by an error."""

    keyring_id: uuid.UUID
    number: int


def rotate_without(actor: Actor, keyring: Keyring, *, leaving: uuid.UUID | None) -> KeyVersion:
    """Make a new version for everybody but one. The caller has checked who may, locked the keyring and opened a transaction."""
    holders = [key for key in queries.holders(keyring) if key.account_id != leaving]
    if not holders:
        raise NotReadyError(gettext("Nobody would hold the new key. Let somebody with an own key in first."))
    return new_version(actor, keyring, holders, action="keyring.rotated")


def new_version(actor: Actor, keyring: Keyring, holders: Sequence[MemberKey], *, action: str) -> KeyVersion:
    """Make a key pair, retire the version before it, and seal the private half to each holder. It is kept nowhere else."""
    newest = KeyVersion.objects.filter(keyring=keyring).order_by("-number").first()
    if newest is not None:
        KeyVersion.objects.filter(keyring=keyring, retired_at=None).update(retired_at=clock.now())
    pair = sealing.new_key_pair()
    number = newest.number + 1 if newest else 1
    version = KeyVersion.objects.create(keyring=keyring, number=number, public_key=pair.public)
    for key in holders:
        give_share(actor, version, key, pair.private)
    if keyring.escrow:
        escrow.keep_copy(version, pair.private)
    record(
        action,
        keyring,
        number=number,
        fingerprint=words.fingerprint(pair.public),
        holders=[str(key.account_id) for key in holders],
        escrow=keyring.escrow,
    )
    return version


def give_share(actor: Actor, version: KeyVersion, key: MemberKey, private: bytes) -> Share:
    """Store the private half of a version, sealed to a member's key."""
    sealed = sealing.seal(bytes(key.public_key), private, info=share_info(version.keyring_id, version.number))
    return Share.objects.create(version=version, member_key=key, sealed=sealed, given_by_id=actor.account_id)


def record(action: str, keyring: Keyring, **detail: audit.JSON) -> None:
    """Write an act into the history that the keyring's team reads."""
    audit.record(action, subject_kind=KIND, subject_id=keyring.pk, detail=detail)


def lock_keyring(keyring: Keyring) -> None:
    """Keep two changes of one team apart: the second waits until the first is done."""
    _lock(keyring)


def _lock(keyring: Keyring) -> None:
    Keyring.objects.select_for_update().get(pk=keyring.pk)


def _columns(facts: KeyringFacts) -> dict[str, object]:
    unknown = [code for code in (*facts.regions, *filter(None, [facts.home])) if geo.region(code) is None]
    if unknown:
        raise InvalidError(gettext("There is no such state or province."), field="regions")
    if facts.kind == KeyringKind.DESK and not facts.regions:
        raise InvalidError(gettext("Choose the states and provinces that the desk serves."), field="regions")
    if facts.kind == KeyringKind.AGENCY and not facts.home:
        raise InvalidError(gettext("Choose the state or province of the agency."), field="home")
    return {
        "name": clean_line(facts.name),
        "home_id": facts.home or None,
        "regions": sorted(set(facts.regions)) if facts.kind == KeyringKind.DESK else [],
        "lock_after_minutes": facts.lock_after_minutes,
        "escrow": facts.escrow and facts.kind == KeyringKind.DESK,
    }


def _must_serve_alone(facts: KeyringFacts, keyring: Keyring | None) -> None:
    """Refuse a region that another desk serves: a phone seals to one desk, and must know which."""
    others = Keyring.objects.filter(kind=KeyringKind.DESK, regions__overlap=list(facts.regions))
    other = (others.exclude(pk=keyring.pk) if keyring else others).first()
    if other is not None:
        text = gettext("%(desk)s serves one of these already. A state or province is served by one desk.")
        raise InvalidError(text % {"desk": other.name}, field="regions")
