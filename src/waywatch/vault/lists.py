"""The lists that the offline root signs (decisions 0008 and 0013): prepare them from the database, check signed ones, install them."""

import datetime as dt
import json
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from waywatch.audit import api as audit
from waywatch.lib.actors import Actor
from waywatch.lib.errors import not_found
from waywatch.policy import api as policy
from waywatch.vault import changes, queries, receipts, root, trusted, words
from waywatch.vault.documents import DeskList, ReferralList, read_desks, read_referrals, refuse_unlike
from waywatch.vault.errors import ListRefusedError
from waywatch.vault.models import KeyringKind, KeyVersion, RootKey, SignedList

LASTS = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Review:
    """Signed lists that can be installed: what they change, and whether they pin a root that was not known before."""

    signed: root.Signed
    desks: DeskList
    changes: tuple[str, ...]
    pins_root: bool


def prepare_lists(now: dt.datetime, *, lasts: dt.timedelta = LASTS, escrow: str = "") -> str:
    """Return the unsigned lists as JSON: all desks and all agencies that have a key, and the policies.

    Without an `escrow` key that of the list in use stays.
    """
    dated = {"version": 1, "issued": _instant(now), "expires": _instant(now + lasts)}
    escrow_key = escrow or (root.to_text(known) if (known := trusted.escrow_public_key()) else "")
    desks = {
        **dated,
        "receipt_key": root.to_text(receipts.receipt_public_key()),
        **({"escrow_key": escrow_key} if escrow_key else {}),
        "desks": _desks(),
    }
    referrals = {**dated, "agencies": _agencies(), "policies": _policies()}
    return json.dumps({root.DESKS: desks, root.REFERRALS: referrals}, ensure_ascii=False, indent=1)


def review_lists(signed: str, now: dt.datetime, *, trust: bytes | None = None) -> Review:
    """Check signed lists against the pinned root, the clock and those in use. Raises ListRefusedError.

    Where no root is pinned yet, `trust` is the one that the operator says is right; it is pinned when the lists are installed.
    """
    found, pinned = root.read_signed(signed), trusted.root_public_key()
    if found.root != (pinned or trust):
        raise ListRefusedError(gettext("Another root signed this list than the one that is pinned here."))
    desks, referrals = read_desks(found.desks.text), read_referrals(found.referrals.text)
    refuse_unlike(desks, referrals)
    current = trusted.in_use()
    if desks.expires <= now:
        raise ListRefusedError(gettext("This list has expired. Prepare and sign a new one."))
    if current is not None and desks.issued <= current.desks.issued:
        raise ListRefusedError(gettext("This list is not newer than the one in use. Prepare and sign a new one."))
    return Review(found, desks, changes_to(current, desks, referrals), pins_root=pinned is None)


def changes_to(current: trusted.InUse | None, desks: DeskList, referrals: ReferralList) -> tuple[str, ...]:
    """Return what lists change of those in use, in lines to read out."""
    return (
        *changes.desk_changes(current.desks if current else None, desks),
        *changes.referral_changes(current.referrals if current else None, referrals),
    )


def install_lists(actor: Actor, *, review: Review) -> SignedList:
    """Work by reviewed lists from now on; pin their root if none was pinned. A command of whoever runs the server."""
    if not actor.is_system:
        raise not_found()
    signed = review.signed
    with transaction.atomic():
        if review.pins_root:
            RootKey.objects.create(public_key=signed.root)
        row = SignedList.objects.create(
            text=signed.desks.text,
            signature=signed.desks.signature,
            referrals=signed.referrals.text,
            referrals_signature=signed.referrals.signature,
            issued_at=review.desks.issued,
            expires_at=review.desks.expires,
        )
        detail: dict[str, audit.JSON] = {"root": words.fingerprint(signed.root), "changes": list(review.changes)}
        audit.record("vault.list_installed", subject_kind="signed_list", subject_id=row.pk, detail=detail)
    return row


def _desks() -> list[dict[str, object]]:
    escrowed = queries.escrowed_keyrings()
    return [
        {
            "keyring": str(key.keyring_id),
            "name": key.name,
            "key_version": key.version,
            "key": root.to_text(key.public),
            "regions": list(key.regions),
            **({"escrow": True} if key.keyring_id in escrowed else {}),
        }
        for key in queries.desk_keys()
    ]


def _agencies() -> list[dict[str, object]]:
    found = KeyVersion.objects.filter(retired_at=None, keyring__kind=KeyringKind.AGENCY).select_related("keyring")
    return [
        {
            "keyring": str(row.keyring_id),
            "name": row.keyring.name,
            "key_version": row.number,
            "key": root.to_text(bytes(row.public_key)),
            "home": row.keyring.home_id,
        }
        for row in found.order_by("keyring__name", "keyring_id")
    ]


def _policies() -> list[dict[str, str]]:
    """Return the newest version of each policy, and the one that is signed now: holders who strike out the one keep the other."""
    packs, signed = policy.packs(), trusted.signed_policies()
    known = {each: pack for each, pack in packs.items() if (*each, pack.digest) in signed}
    found = {(pack.id, pack.version): pack for each in (packs, known) for pack in policy.newest(each).values()}
    return [{"pack": pack.id, "version": pack.version, "digest": pack.digest} for _, pack in sorted(found.items())]


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
