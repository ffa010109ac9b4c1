"""The list of desks that phones trust (decision 0008): prepare it from the database, check a signed one, install it, serve it."""

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, ValidationError

from waywatch.audit import api as audit
from waywatch.lib.actors import Actor
from waywatch.lib.errors import not_found
from waywatch.vault import queries, receipts, root, sealing, words
from waywatch.vault.errors import ListRefusedError
from waywatch.vault.models import RootKey, SignedList

LASTS = dt.timedelta(days=90)
LONGEST = dt.timedelta(days=400)


def _point(text: str) -> str:
    if not sealing.is_public_key(root.from_text(text)):
        raise ValueError("not a public key")
    return text


PublicKey = Annotated[str, AfterValidator(_point)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeskEntry(_Strict):
    """One desk of the list."""

    keyring: uuid.UUID
    name: str
    key_version: int
    key: PublicKey
    regions: tuple[str, ...]
    escrow: bool = False


class DeskList(_Strict):
    """The list as decision 0008 shapes it. Anything else in it is refused."""

    version: int
    issued: AwareDatetime
    expires: AwareDatetime
    receipt_key: PublicKey
    escrow_key: PublicKey | None = None
    desks: tuple[DeskEntry, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """A signed list that can be installed: what it changes, and whether it pins a root that was not known before."""

    text: bytes
    signature: bytes
    root: bytes
    found: DeskList
    changes: tuple[str, ...]
    pins_root: bool


def prepare_list(now: dt.datetime, *, lasts: dt.timedelta = LASTS, escrow: str = "") -> str:
    """Return the unsigned list of all desks that have a key, as JSON. Without an `escrow` key that of the list in use stays."""
    escrow_key = escrow or (root.to_text(known) if (known := escrow_public_key()) else "")
    escrowed = queries.escrowed_keyrings()
    desks = [
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
    return json.dumps(
        {
            "version": 1,
            "issued": _instant(now),
            "expires": _instant(now + lasts),
            "receipt_key": root.to_text(receipts.receipt_public_key()),
            **({"escrow_key": escrow_key} if escrow_key else {}),
            "desks": desks,
        },
        ensure_ascii=False,
        indent=1,
    )


def read_list(text: bytes) -> DeskList:
    """Return a list, checked in itself. Raises ListRefusedError."""
    try:
        found = DeskList.model_validate_json(text)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "list"
        raise ListRefusedError(
            gettext("This is not a list of desks: look at “%(place)s”.") % {"place": place}
        ) from None
    served = [region for desk in found.desks for region in desk.regions]
    if found.version != 1 or len(set(served)) != len(served):
        raise ListRefusedError(gettext("This list has another version, or names a state or province twice."))
    if not found.issued < found.expires <= found.issued + LONGEST:
        raise ListRefusedError(gettext("This list expires before it was issued, or lasts longer than 400 days."))
    return found


def review_list(signed: str, now: dt.datetime, *, trust: bytes | None = None) -> Review:
    """Check a signed list against the pinned root, the clock and the list in use. Raises ListRefusedError.

    Where no root is pinned yet, `trust` is the one that the operator says is right; it is pinned when the list is installed.
    """
    text, signature, signer = root.read_signed(signed)
    pinned = root_public_key()
    if signer != (pinned or trust):
        raise ListRefusedError(gettext("Another root signed this list than the one that is pinned here."))
    found, current = read_list(text), signed_list_row()
    if found.expires <= now:
        raise ListRefusedError(gettext("This list has expired. Prepare and sign a new one."))
    if current is not None and found.issued <= current.issued_at:
        raise ListRefusedError(gettext("This list is not newer than the one in use. Prepare and sign a new one."))
    before = read_list(bytes(current.text)) if current else None
    return Review(text, signature, signer, found, tuple(_changes(before, found)), pins_root=pinned is None)


def install_list(actor: Actor, *, review: Review) -> SignedList:
    """Serve a reviewed list from now on; pin its root if none was pinned. A command of whoever runs the server."""
    if not actor.is_system:
        raise not_found()
    with transaction.atomic():
        if review.pins_root:
            RootKey.objects.create(public_key=review.root)
        row = SignedList.objects.create(
            text=review.text,
            signature=review.signature,
            issued_at=review.found.issued,
            expires_at=review.found.expires,
        )
        detail: dict[str, audit.JSON] = {"root": words.fingerprint(review.root), "changes": list(review.changes)}
        audit.record("vault.list_installed", subject_kind="signed_list", subject_id=row.pk, detail=detail)
    return row


def signed_list() -> tuple[bytes, bytes] | None:
    """Return the list in use, byte for byte, with the root's signature; None where there is none. Nobody has to be named."""
    row = signed_list_row()
    return (bytes(row.text), bytes(row.signature)) if row else None


def signed_list_row() -> SignedList | None:
    """Return the row of the list in use: the one that was issued last."""
    return SignedList.objects.order_by("-issued_at").first()


def listed_desk(keyring_id: uuid.UUID) -> DeskEntry | None:
    """Return a desk as it stands in the list in use, if the pinned root has signed that; None where it has not, or there is none."""
    row = signed_list_row()
    pinned = root_public_key() if row else None
    desks = _signed_desks(pinned, bytes(row.text), bytes(row.signature)) if row and pinned else ()
    return next((desk for desk in desks if desk.keyring == keyring_id), None)


@lru_cache(maxsize=4)
def _signed_desks(pinned: bytes, text: bytes, signature: bytes) -> tuple[DeskEntry, ...]:
    return read_list(text).desks if root.is_signed(pinned, text, signature) else ()


def escrow_public_key() -> bytes | None:
    """Return the escrow key that the root has signed with the list in use, or None where there is none."""
    row = signed_list_row()
    key = read_list(bytes(row.text)).escrow_key if row else None
    return root.from_text(key) if key else None


def root_public_key() -> bytes | None:
    """Return the pinned root: that of the setting WAYWATCH_ROOT_KEY, else the one pinned in the database; None before a first ceremony."""
    if settings.ROOT_KEY:
        return root.from_text(settings.ROOT_KEY)
    row = RootKey.objects.first()
    return bytes(row.public_key) if row else None


def _changes(before: DeskList | None, after: DeskList) -> list[str]:
    """Return what a list changes, in lines that a person can read out."""
    old = {desk.keyring: desk for desk in before.desks} if before else {}
    new = {desk.keyring: desk for desk in after.desks}
    lines = [f"{name}: desk removed" for name in (old[each].name for each in old if each not in new)]
    ours = {key.keyring_id: root.to_text(key.public) for key in queries.desk_keys()}
    for keyring, desk in new.items():
        lines += _desk_changes(old.get(keyring), desk)
        if ours.get(keyring) != desk.key:
            lines.append(f"{desk.name}: MIND: this is not the key that this database has in use")
    if after.escrow_key != (before.escrow_key if before else None):
        key = words.fingerprint(root.from_text(after.escrow_key)) if after.escrow_key else "none"
        lines.append(f"escrow key: {key}")
    if before is None or before.receipt_key != after.receipt_key:
        lines.append(f"receipt key: {words.fingerprint(root.from_text(after.receipt_key))}")
    if after.receipt_key != root.to_text(receipts.receipt_public_key()):
        lines.append(
            "receipt key: MIND: this is not the one of this server's SECRET_KEY; phones would refuse its receipts"
        )
    return lines


def _desk_changes(old: DeskEntry | None, new: DeskEntry) -> list[str]:
    key = words.fingerprint(root.from_text(new.key))
    if old is None:
        return [f"{new.name}: desk added, key {new.key_version}, {key}, serves {', '.join(new.regions)}"]
    lines = []
    if old.key != new.key:
        lines.append(f"{new.name}: key {old.key_version} becomes key {new.key_version}, {key}")
    if old.escrow != new.escrow:
        lines.append(
            f"{new.name}: a copy of its key {'is' if new.escrow else 'is no longer'} kept in escrow, and phones say so"
        )
    gained, lost = set(new.regions) - set(old.regions), set(old.regions) - set(new.regions)
    lines += [f"{new.name}: serves {', '.join(sorted(gained))} from now on"] if gained else []
    lines += [f"{new.name}: serves {', '.join(sorted(lost))} no longer"] if lost else []
    return [*lines, f"{old.name}: is named {new.name}"] if old.name != new.name else lines


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
