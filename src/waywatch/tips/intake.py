"""Taking in what a phone sends. Nobody is signed in here, and nothing is logged of who asks.

The web role cannot write a tip: functions of the owner do (migration 0002), which accept a sealed envelope for a key of a desk, an answer
or a photo from whoever has the receipt words, and nothing else. Exactly once: the same id and the same bytes are the same thing.
"""

import datetime as dt
import hashlib
import hmac
import uuid
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import connection, transaction

from waywatch.audit import api as audit
from waywatch.geo import api as geo
from waywatch.lib.actors import Actor, acting_as
from waywatch.tips.envelope import MOST_CHUNKS, MOST_PHOTOS, AnswerEnvelope, Chunk, Envelope
from waywatch.vault import api as vault

SENDER = Actor.system("intake")
RECEIVE = "SELECT answer, arrived FROM tips_receive(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
ANSWER = "SELECT answer, arrived FROM tips_answer(%s, %s, %s, %s, %s, %s)"
CHUNK = "SELECT answer, arrived FROM tips_chunk(%s, %s, %s, %s, %s, %s, %s)"
HOUR = 3600


class UnknownKeyError(ValueError):
    """No desk has ever had this key, or no such place is known: whoever made this envelope did not read the list of desks."""


class OtherTipError(ValueError):
    """There is a thing of this id, and it is another one."""


class NotAskedError(ValueError):
    """Whoever has these receipt words was not asked this, or has no tip that takes this."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's word that it has a thing. `hour` is that of arrival, since 1970; `signature` is 64 bytes."""

    is_new: bool
    hour: int
    signature: bytes


def receive(envelope: Envelope, raw: bytes) -> Receipt:
    """Keep a tip, and return its receipt: the same one however often the same bytes come. Raises UnknownKeyError, OtherTipError."""
    if envelope.region and geo.region(envelope.region) is None:
        raise UnknownKeyError("region")
    digest = hashlib.sha256(raw).digest()
    with acting_as(SENDER), transaction.atomic():
        answer, arrived = _call(
            RECEIVE,
            envelope.tip_id,
            envelope.keyring_id,
            envelope.key_version,
            envelope.region,
            envelope.urgency,
            envelope.hour,
            token_hash(envelope.token),
            digest,
            envelope.size,
            envelope.kept,
        )
        if answer == "new":
            detail: dict[str, audit.JSON] = {"region": envelope.region, "claimed_urgency": envelope.urgency}
            audit.record("tip.received", subject_kind="tip", subject_id=envelope.tip_id, detail=detail)
    return _receipt(envelope.tip_id, digest, answer, arrived)


def receive_answer(envelope: AnswerEnvelope, raw: bytes) -> Receipt:
    """Keep a reporter's answer, and return its receipt, as for a tip. Raises NotAskedError, UnknownKeyError, OtherTipError."""
    digest = hashlib.sha256(raw).digest()
    asked, ring, version = envelope.question_id, envelope.keyring_id, envelope.key_version
    with acting_as(SENDER), transaction.atomic():
        answer, arrived = _call(ANSWER, asked, ring, version, possible_hashes(envelope.token), digest, envelope.kept)
        if answer == "new":
            audit.record("tip.answered", subject_kind="question", subject_id=asked)
    return _receipt(asked, digest, answer, arrived)


def receive_chunk(chunk: Chunk, raw: bytes) -> Receipt:
    """Keep a part of a photo of a tip that is here and not finished, and return its receipt. Raises NotAskedError, OtherTipError."""
    digest = hashlib.sha256(raw).digest()
    most = MOST_CHUNKS * MOST_PHOTOS
    with acting_as(SENDER), transaction.atomic():
        told = chunk.tip_id, chunk.photo_id, chunk.number, possible_hashes(chunk.token), digest, chunk.kept, most
        answer, arrived = _call(CHUNK, *told)
    return _receipt(chunk.photo_id, digest, answer, arrived)


def _call(function: str, *told: uuid.UUID | str | int | bytes | list[bytes]) -> tuple[str, dt.datetime]:
    with connection.cursor() as cursor:
        cursor.execute(function, told)
        answer, arrived = cursor.fetchone()
    return answer, arrived


def _receipt(subject: uuid.UUID, digest: bytes, answer: str, arrived: dt.datetime) -> Receipt:
    if answer == "no_key":
        raise UnknownKeyError("key")
    if answer == "not_asked":
        raise NotAskedError
    if answer == "other":
        raise OtherTipError
    hour = int(arrived.timestamp()) // HOUR
    return Receipt(answer == "new", hour, vault.sign_receipt(tip_id=subject, envelope_digest=digest, hour=hour))


def token_hash(token: bytes) -> bytes:
    """Return what is kept of a look-up token: an HMAC, so that a stolen database answers no guess."""
    return _hash(token, settings.SECRET_KEY)


def possible_hashes(token: bytes) -> list[bytes]:
    """Return what may be kept of a token: a changed SECRET_KEY cuts off nobody who has receipt words."""
    return [_hash(token, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _hash(token: bytes, secret: str) -> bytes:
    return hmac.digest(_token_key(secret), token, "sha256")


@lru_cache(maxsize=4)
def _token_key(secret: str) -> bytes:
    return vault.derive(secret.encode(), salt=b"waywatch.tips", purpose=b"look-up token v1")
