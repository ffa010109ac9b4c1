"""What the root has signed and is in use here: read by every request and by the worker. Nobody has to be named."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from waywatch.vault import root
from waywatch.vault.documents import (
    AgencyEntry,
    DeskEntry,
    DeskList,
    ReferralList,
    of_one_time,
    read_desks,
    read_referrals,
)
from waywatch.vault.models import RootKey, SignedList


@dataclass(frozen=True, slots=True)
class InUse:
    """The two lists of one ceremony, both signed by the pinned root."""

    desks: DeskList
    referrals: ReferralList


def signed_list() -> tuple[bytes, bytes] | None:
    """Return the list of desks in use, byte for byte, with the root's signature; None where there is none."""
    row = signed_list_row()
    return (bytes(row.text), bytes(row.signature)) if row else None


def signed_list_row() -> SignedList | None:
    """Return the row of the lists in use: those that were issued last."""
    return SignedList.objects.order_by("-issued_at").first()


def root_public_key() -> bytes | None:
    """Return the pinned root: that of the setting WAYWATCH_ROOT_KEY, else the one pinned in the database; None before a first ceremony."""
    if settings.ROOT_KEY:
        return root.from_text(settings.ROOT_KEY)
    row = RootKey.objects.first()
    return bytes(row.public_key) if row else None


def in_use() -> InUse | None:
    """Return the lists in use; None where there are none, or where the pinned root has not signed both in one ceremony."""
    row = signed_list_row()
    pinned = root_public_key() if row else None
    if row is None or pinned is None:
        return None
    found = _verified(
        pinned, bytes(row.text), bytes(row.signature), bytes(row.referrals), bytes(row.referrals_signature)
    )
    return found if found and found.desks.issued == row.issued_at else None


def listed_desk(keyring_id: uuid.UUID, now: dt.datetime) -> DeskEntry | None:
    """Return a desk as the root has signed it; None where it has not, or where the list has run out."""
    found = _lasting(now)
    return next((desk for desk in found.desks.desks if desk.keyring == keyring_id), None) if found else None


def listed_agencies(now: dt.datetime) -> Mapping[uuid.UUID, AgencyEntry]:
    """Return, by keyring, the agencies as the root has signed them. None, where it has not, or once the list has run out."""
    found = _lasting(now)
    return {agency.keyring: agency for agency in found.referrals.agencies} if found else {}


def listed_key(keyring_id: uuid.UUID, now: dt.datetime) -> DeskEntry | AgencyEntry | None:
    """Return what the root has signed of a keyring, be it a desk's or an agency's."""
    return listed_desk(keyring_id, now) or listed_agencies(now).get(keyring_id)


def signed_policies() -> frozenset[tuple[str, str, str]]:
    """Return id, version and digest of each policy that the root has signed. A list that has run out still names them.

    A key wears out, a policy does not; and without one nothing may be passed on at all.
    """
    found = in_use()
    return (
        frozenset((each.pack, each.version, each.digest) for each in found.referrals.policies) if found else frozenset()
    )


def signed_until() -> dt.datetime | None:
    """Return when the lists in use run out, or None where there are none. Then phones send nothing and agencies are called."""
    found = in_use()
    return found.desks.expires if found else None


def escrow_public_key() -> bytes | None:
    """Return the escrow key that the root has signed, or None where there is none. It stays when the list runs out."""
    found = in_use()
    return root.from_text(found.desks.escrow_key) if found and found.desks.escrow_key else None


def _lasting(now: dt.datetime) -> InUse | None:
    found = in_use()
    return found if found and found.desks.expires > now else None


@lru_cache(maxsize=4)
def _verified(
    pinned: bytes, text: bytes, signature: bytes, referrals: bytes, referrals_signature: bytes
) -> InUse | None:
    signed = {
        root.DESKS: root.SignedText(text, signature),
        root.REFERRALS: root.SignedText(referrals, referrals_signature),
    }
    if not all(root.is_signed(pinned, part, each) for part, each in signed.items()):
        return None
    found = InUse(read_desks(text), read_referrals(referrals))
    return found if of_one_time(found.desks, found.referrals) else None
