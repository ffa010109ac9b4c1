"""The canonical form of an entry and the arithmetic of the chain. Pure: the same bytes on every machine."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

GENESIS = bytes(32)
# One encoder for all entries: making one for each took longer than the hash.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, slots=True)
class EntryFields:
    """Everything that an entry says, as its hash covers it."""

    id: uuid.UUID
    position: int
    at: dt.datetime
    actor: str
    account_id: uuid.UUID | None
    action: str
    subject_kind: str
    subject_id: str
    detail: str


ENTRY_COLUMNS = tuple(field.name for field in fields(EntryFields))


@dataclass(frozen=True, slots=True)
class Link:
    """One seal, in the order of its table's columns."""

    seq: int
    entry_id: uuid.UUID
    entry_hash: bytes
    prev_hash: bytes
    hash: bytes
    sealed_at: dt.datetime


def canonical(value: Any) -> str:
    """Return the one JSON text of `value`: sorted keys, no spaces, no NaN."""
    return _ENCODER.encode(value)


def entry_hash(entry: EntryFields) -> bytes:
    """Return the SHA-256 of an entry's canonical form."""
    said = {
        "account_id": str(entry.account_id) if entry.account_id else None,
        "action": entry.action,
        "actor": entry.actor,
        "at": _instant(entry.at),
        "detail": entry.detail,
        "id": str(entry.id),
        "position": entry.position,
        "subject_id": entry.subject_id,
        "subject_kind": entry.subject_kind,
    }
    return hashlib.sha256(canonical(said).encode()).digest()


def link_hash(*, seq: int, prev_hash: bytes, entry_hash: bytes, sealed_at: dt.datetime) -> bytes:
    """Return the hash of one link: it covers the link before, its own place, the entry and the time of sealing."""
    bound = [prev_hash.hex(), seq, entry_hash.hex(), _instant(sealed_at)]
    return hashlib.sha256(canonical(bound).encode()).digest()


def chain(entries: Iterable[EntryFields], *, after_seq: int, head: bytes, sealed_at: dt.datetime) -> Iterator[Link]:
    """Link entries to a chain that ends at `after_seq` with the hash `head`."""
    prev = head
    for seq, entry in enumerate(entries, start=after_seq + 1):
        digest = entry_hash(entry)
        own = link_hash(seq=seq, prev_hash=prev, entry_hash=digest, sealed_at=sealed_at)
        yield Link(seq, entry.id, digest, prev, own, sealed_at)
        prev = own


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")
