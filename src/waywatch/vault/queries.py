"""Reads: who holds what, public keys, and what the pages show."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from waywatch.accounts import api as accounts
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.vault import access, root, rules, trusted, words
from waywatch.vault.models import (
    EscrowCopy,
    Keyring,
    KeyringKind,
    KeyVersion,
    MemberKey,
    Membership,
    Request,
    RequestKind,
    Share,
)


@dataclass(frozen=True, slots=True)
class DeskKey:
    """The public key to seal to a keyring with: that of its newest version. An agency serves no regions."""

    keyring_id: uuid.UUID
    name: str
    version: int
    public: bytes
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member as the keyring's page shows it. `words` is empty without an own key; `holds` tells whether it opens new tips."""

    account_id: uuid.UUID
    name: str
    is_keeper: bool
    joined_at: dt.datetime
    words: str
    holds: bool
    role_fits: bool


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version as the keyring's page shows it."""

    number: int
    words: str
    created_at: dt.datetime
    retired_at: dt.datetime | None
    destroyed_at: dt.datetime | None
    holders: int
    in_escrow: bool
    is_signed: bool


@dataclass(frozen=True, slots=True)
class KeyringRow:
    """A keyring in a list."""

    id: uuid.UUID
    name: str
    kind: str
    members: int
    version: int | None


def is_demonstration() -> bool:
    """Tell whether a keyring that is made now belongs to a demonstration."""
    return bool(settings.DEMO)


def key_in_use(account_id: uuid.UUID) -> MemberKey | None:
    """Return the own key of an account, or None."""
    return MemberKey.objects.filter(account_id=account_id, retired_at=None).first()


def holders(keyring: Keyring) -> list[MemberKey]:
    """Return the own keys of everybody who is in the team, whose role holds, and who has a key."""
    members = Membership.objects.filter(keyring=keyring, left_at=None).values("account_id")
    keys = list(MemberKey.objects.filter(account_id__in=members, retired_at=None).order_by("created_at", "id"))
    fitting = access.whose_role_fits([key.account_id for key in keys], keyring)
    return [key for key in keys if key.account_id in fitting]


def holds_current(key: MemberKey, keyring: Keyring) -> bool:
    """Tell whether a key opens what is sealed to the keyring now."""
    found = Share.objects.filter(member_key=key, revoked_at=None)
    return found.filter(version__keyring=keyring, version__retired_at=None).exists()


def desk_keys() -> list[DeskKey]:
    """Return the public keys of all desks. They are public: nobody has to be named."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT keyring_id, name, number, public_key, regions FROM vault_desk_keys()")
        return [DeskKey(row[0], row[1], row[2], bytes(row[3]), tuple(row[4])) for row in cursor.fetchall()]


def escrowed_keyrings() -> set[uuid.UUID]:
    """Return the keyrings whose key in use has a copy in escrow. Asked by the system."""
    found = EscrowCopy.objects.filter(version__retired_at=None)
    return set(found.values_list("version__keyring_id", flat=True))


def is_held(keyring_id: uuid.UUID, number: int) -> bool:
    """Tell whether anybody in the team holds this version of one of the actor's keyrings, so that what it opens can be opened at all."""
    return Share.objects.filter(version__keyring_id=keyring_id, version__number=number, revoked_at=None).exists()


def team_emails(keyring_id: uuid.UUID, roles: Iterable[str]) -> list[str]:
    """Return the addresses of the members of a team who hold one of these roles now: to write to them that something waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT vault_team_emails(%s, %s)", [keyring_id, list(roles)])
        row = cursor.fetchone()
    return list(row[0]) if row else []


def can_receive(keyring_id: uuid.UUID, number: int) -> bool:
    """Tell whether an officer of an agency's team can open this version now: with role, key and share. Asked by the worker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT vault_can_receive(%s, %s)", [keyring_id, number])
        row = cursor.fetchone()
    return row is not None and bool(row[0])


def colleagues(keyring: Keyring) -> dict[uuid.UUID, str]:
    """Return the names of those in a team who hold the newest key and whose role holds: who can take something over."""
    return {row.account_id: row.name for row in member_rows(keyring) if row.holds and row.role_fits}


def agency_keys() -> list[DeskKey]:
    """Return the agencies that have a key and that the actor may refer to (row-level security decides). Nobody seals to a key read here."""
    return [_key(row) for row in _current().filter(keyring__kind=KeyringKind.AGENCY)]


def lock_after(actor: Actor) -> dt.timedelta:
    """Return after how long without a request the actor's keys are locked: the shortest time of the own keyrings."""
    shortest = access.keyrings_of(actor).aggregate(least=Min("lock_after_minutes"))["least"]
    return dt.timedelta(minutes=shortest or rules.LOCK_AFTER_MINUTES)


def keyring_rows(actor: Actor | None) -> list[KeyringRow]:
    """Return the keyrings whose page the actor may open, with one query more than who the actor is."""
    ids = access.visible_keyrings(actor).values("pk")
    found = Keyring.objects.filter(pk__in=ids).annotate(
        people=Count("memberships", filter=Q(memberships__left_at=None), distinct=True), newest=Max("versions__number")
    )
    return [KeyringRow(row.pk, row.name, row.get_kind_display(), row.people, row.newest) for row in found]


def member_rows(keyring: Keyring) -> list[MemberRow]:
    """Return the team, with a fixed number of queries."""
    members = list(Membership.objects.filter(keyring=keyring, left_at=None))
    ids = [member.account_id for member in members]
    names = accounts.account_names(ids)
    keys = {key.account_id: key for key in MemberKey.objects.filter(account_id__in=ids, retired_at=None)}
    holding = set(
        Share.objects.filter(
            version__keyring=keyring, version__retired_at=None, revoked_at=None, member_key__in=keys.values()
        ).values_list("member_key__account_id", flat=True)
    )
    fitting = access.whose_role_fits(ids, keyring)
    return [
        MemberRow(
            account_id=member.account_id,
            name=names.get(member.account_id, ""),
            is_keeper=member.is_keeper,
            joined_at=member.joined_at,
            words=words.fingerprint(bytes(keys[member.account_id].public_key)) if member.account_id in keys else "",
            holds=member.account_id in holding,
            role_fits=member.account_id in fitting,
        )
        for member in members
    ]


def version_rows(keyring: Keyring) -> list[VersionRow]:
    """Return the versions, newest first, each with how many members can open it, and whether the root has signed it."""
    listed = trusted.listed_key(keyring.pk, clock.now())
    found = KeyVersion.objects.filter(keyring=keyring).annotate(
        holding=Count("shares", filter=Q(shares__revoked_at=None)),
        in_escrow=Exists(EscrowCopy.objects.filter(version=OuterRef("pk"))),
    )
    return [
        VersionRow(
            row.number,
            words.fingerprint(bytes(row.public_key)),
            row.created_at,
            row.retired_at,
            row.destroyed_at,
            row.holding,
            row.in_escrow,
            listed is not None and root.from_text(listed.key) == bytes(row.public_key),
        )
        for row in found.order_by("-number")
    ]


def open_requests(keyring: Keyring, now: dt.datetime) -> list[Request]:
    """Return the requests that wait for somebody, newest first."""
    found = Request.objects.filter(keyring=keyring, approved_at=None, withdrawn_at=None, expires_at__gt=now)
    return list(found.select_related("asked_by", "confirmed_by", "member_key"))


def break_glass_allows(actor: Actor, keyring_id: uuid.UUID, subject_id: uuid.UUID, now: dt.datetime) -> bool:
    """Tell whether a second person has allowed the actor to open a thing, within the last hour."""
    found = Request.objects.filter(
        keyring__in=access.keyrings_of(actor),
        keyring_id=keyring_id,
        kind=RequestKind.BREAK_GLASS,
        asked_by_id=actor.account_id,
        subject_id=subject_id,
        approved_at__isnull=False,
    )
    return any(rules.break_glass_holds(row.approved_at, now) for row in found)


def needs_reseal(actor: Actor, key: MemberKey) -> list[Keyring]:
    """Return the own keyrings that have a key which the actor's own key does not open."""
    held = Share.objects.filter(member_key=key, revoked_at=None).values("version_id")
    unheld = KeyVersion.objects.filter(retired_at=None).exclude(pk__in=held).values("keyring_id")
    return list(access.keyrings_of(actor).filter(pk__in=unheld))


def _current() -> QuerySet[KeyVersion]:
    return KeyVersion.objects.filter(retired_at=None).select_related("keyring").order_by("keyring__name", "keyring_id")


def _key(row: KeyVersion) -> DeskKey:
    return DeskKey(row.keyring_id, row.keyring.name, row.number, bytes(row.public_key), tuple(row.keyring.regions))


def current_numbers(keyring_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return the number of the version in use of each keyring that has one, with one query."""
    rows = KeyVersion.objects.filter(keyring__in=set(keyring_ids), retired_at=None)
    return {row.keyring_id: row.number for row in rows}
