"""What the root has signed and is in use here: read by every request and by the worker. Nobody has to be named."""

import datetime as dt
import uuid
from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings

from waywatch.vault import root
from waywatch.vault.documents import AgencyEntry, DeskEntry, DeskList, ReferralList, read_desks, read_referrals
from waywatch.vault.models import RootKey, SignedList


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


def listed_desk(keyring_id: uuid.UUID) -> DeskEntry | None:
    """Return a desk as it stands in the list in use, if the pinned root has signed that; None where it has not, or there is none."""
    found = _desks()
    return next((desk for desk in found.desks if desk.keyring == keyring_id), None) if found else None


def listed_agencies(now: dt.datetime) -> Mapping[uuid.UUID, AgencyEntry]:
    """Return, by keyring, the agencies of the list in use whose keys the pinned root has signed. None, once the list has run out."""
    found = _referrals()
    return {agency.keyring: agency for agency in found.agencies} if found and found.expires > now else {}


def listed_key(keyring_id: uuid.UUID, now: dt.datetime) -> DeskEntry | AgencyEntry | None:
    """Return the key of a desk or of an agency to seal to, as the pinned root has signed it; None where it has not."""
    return listed_desk(keyring_id) or listed_agencies(now).get(keyring_id)


def signed_policies() -> frozenset[tuple[str, str, str]]:
    """Return id, version and digest of each policy that the pinned root has signed. A list that has run out still names them.

    A key wears out, a policy does not; and without one nothing may be passed on at all.
    """
    found = _referrals()
    return frozenset((each.pack, each.version, each.digest) for each in found.policies) if found else frozenset()


def signed_until() -> dt.datetime | None:
    """Return when the signed lists in use run out, or None where there are none. Then phones send nothing and agencies are called."""
    row = signed_list_row()
    return row.expires_at if row else None


def escrow_public_key() -> bytes | None:
    """Return the escrow key that the root has signed with the list in use, or None where there is none."""
    found = _desks()
    return root.from_text(found.escrow_key) if found and found.escrow_key else None


def _desks() -> DeskList | None:
    row = signed_list_row()
    pinned = root_public_key() if row else None
    return _signed_desks(pinned, bytes(row.text), bytes(row.signature)) if row and pinned else None


def _referrals() -> ReferralList | None:
    row = signed_list_row()
    pinned = root_public_key() if row else None
    return _signed_referrals(pinned, bytes(row.referrals), bytes(row.referrals_signature)) if row and pinned else None


@lru_cache(maxsize=4)
def _signed_desks(pinned: bytes, text: bytes, signature: bytes) -> DeskList | None:
    is_signed = root.is_signed(pinned, root.DESKS, root.SignedText(text, signature))
    return read_desks(text) if is_signed else None


@lru_cache(maxsize=4)
def _signed_referrals(pinned: bytes, text: bytes, signature: bytes) -> ReferralList | None:
    is_signed = root.is_signed(pinned, root.REFERRALS, root.SignedText(text, signature))
    return read_referrals(text) if is_signed else None
