"""Escrow on the server: keep a copy of each key that is made, hand the copies out to the offline machine, take back what was released.

The server can open none of it. Export and installation are commands of whoever runs it, and stand in the history that the team reads.
"""

import json
import uuid

from django.db import transaction
from django.utils.translation import gettext

from waywatch.accounts import api as accounts
from waywatch.audit import api as audit
from waywatch.lib.actors import Actor
from waywatch.lib.errors import not_found
from waywatch.vault import access, escrow, queries, root, sealing, trusted, words
from waywatch.vault.errors import EscrowRefusedError, NotReadyError
from waywatch.vault.models import EscrowCopy, Keyring, KeyVersion, MemberKey, Membership, Share

KIND = "keyring"


def keep_copy(version: KeyVersion, private: bytes) -> EscrowCopy:
    """Seal a new version's private half to the escrow key. Raises NotReadyError where the root has signed none."""
    key = trusted.escrow_public_key()
    if key is None:
        raise NotReadyError(
            gettext(
                "This keyring keeps a copy of its keys in escrow, and the list of desks names no escrow key. Have one signed first."
            )
        )
    sealed = sealing.seal(key, private, info=escrow.copy_info(version.keyring_id, version.number))
    return EscrowCopy.objects.create(version=version, escrow_key=key, sealed=sealed)


def export(actor: Actor, *, keyring_id: uuid.UUID, email: str) -> str:
    """Return the copies of a keyring with the own key of the person who is to have them, as JSON. A command of whoever runs the server."""
    keyring = _keyring(actor, keyring_id)
    card = accounts.account_with_email(email)
    key = queries.key_in_use(card.id) if card else None
    if key is None or not access.role_fits(key.account_id, keyring):
        raise EscrowRefusedError(
            gettext("This person needs a role that belongs to the team and reaches its region, and a key of their own.")
        )
    rows = EscrowCopy.objects.filter(version__keyring=keyring).select_related("version").order_by("version__number")
    copies = [
        {
            "number": row.version.number,
            "public": root.to_text(bytes(row.version.public_key)),
            "sealed": root.to_text(bytes(row.sealed)),
        }
        for row in rows
    ]
    if not copies:
        raise EscrowRefusedError(gettext("This keyring has no copy in escrow."))
    with transaction.atomic():
        _record("keyring.escrow_exported", keyring, key)
    member_key = root.to_text(bytes(key.public_key))
    found = {"version": 1, "keyring": str(keyring.pk), "name": keyring.name, "member_key": member_key, "copies": copies}
    return json.dumps(found, ensure_ascii=False, indent=1)


def install(actor: Actor, *, released: escrow.Released) -> Membership:
    """Give a person what was released, and let them keep the keyring. Raises EscrowRefusedError where the person cannot be in the team."""
    keyring = _keyring(actor, released.keyring)
    with transaction.atomic():
        key = MemberKey.objects.filter(public_key=root.from_text(released.member_key), retired_at=None).first()
        if key is None or not access.role_fits(key.account_id, keyring):
            raise EscrowRefusedError(
                gettext("This key is not in use any more, or its owner has no role that belongs to this team.")
            )
        member, _ = Membership.objects.update_or_create(
            keyring=keyring, account_id=key.account_id, left_at=None, defaults={"is_keeper": True}
        )
        numbers = [_give(keyring, key, share) for share in released.shares]
        _record("keyring.escrow_released", keyring, key, versions=[number for number in numbers if number])
    return member


def _give(keyring: Keyring, key: MemberKey, share: escrow.Share) -> int | None:
    version = KeyVersion.objects.filter(keyring=keyring, number=share.number, destroyed_at=None).first()
    if version is None or Share.objects.filter(version=version, member_key=key, revoked_at=None).exists():
        return None
    Share.objects.create(version=version, member_key=key, sealed=root.from_text(share.sealed), given_by=None)
    return share.number


def _keyring(actor: Actor, keyring_id: uuid.UUID) -> Keyring:
    found = Keyring.objects.filter(pk=keyring_id).first() if actor.is_system else None
    if found is None:
        raise not_found()
    return found


def _record(action: str, keyring: Keyring, key: MemberKey, **more: audit.JSON) -> None:
    detail: dict[str, audit.JSON] = {
        "account": str(key.account_id),
        "fingerprint": words.fingerprint(bytes(key.public_key)),
    }
    audit.record(action, subject_kind=KIND, subject_id=keyring.pk, detail=detail | more)
