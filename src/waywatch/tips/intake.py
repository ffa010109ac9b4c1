"""Taking in what a phone sends, and answering who asks with receipt words. Nobody is signed in here, and nothing is logged of who asks.

The web role cannot write a tip: a function of the owner does (migration 0002), which accepts a sealed envelope for a key of a desk and
nothing else. Exactly once: the same id and the same bytes are the same tip.
"""

import datetime as dt
import hashlib
import hmac
import json
import os
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from waywatch.audit import api as audit
from waywatch.geo import api as geo
from waywatch.lib.actors import Actor, acting_as
from waywatch.tips.envelope import ANSWER_SIZE, AnswerEnvelope, Envelope
from waywatch.vault import api as vault

SENDER, LOOKER = Actor.system("intake"), Actor.system("look-up")
ANSWER = "SELECT answer, arrived FROM tips_answer(%s, %s, %s, %s, %s, %s)"
LOOK = "SELECT word, reply_key, question, sealed, answered FROM tips_look(%s)"
RECEIVE = "SELECT answer, arrived FROM tips_receive(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
HOUR = 3600
SEALED = "sealed"
STATE_INFO = b"waywatch state v1\0"
STATE_SIZE = 80
WORD_LENGTH = 8  # of the longest word


class UnknownKeyError(ValueError):
    """No desk has ever had this key, or no such place is known: whoever made this envelope did not read the list of desks."""


class OtherTipError(ValueError):
    """There is a tip of this id, or an answer to this question, and it is another one."""


class NotAskedError(ValueError):
    """Nobody asked this of whoever has these receipt words."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's word that it has a tip. `hour` is that of arrival, since 1970; `signature` is 64 bytes."""

    is_new: bool
    hour: int
    signature: bytes


def receive(envelope: Envelope, raw: bytes) -> Receipt:
    """Keep a tip, and return its receipt: the same one however often the same bytes come. Raises UnknownKeyError, OtherTipError."""
    if envelope.region and geo.region(envelope.region) is None:
        raise UnknownKeyError("region")
    digest = hashlib.sha256(raw).digest()
    with acting_as(SENDER), transaction.atomic():
        answer, arrived = _store(envelope, raw, digest)
        if answer == "new":
            detail: dict[str, audit.JSON] = {"region": envelope.region, "claimed_urgency": envelope.urgency}
            audit.record("tip.received", subject_kind="tip", subject_id=envelope.tip_id, detail=detail)
    return _receipt(envelope.tip_id, digest, answer, arrived)


def receive_answer(envelope: AnswerEnvelope, raw: bytes) -> Receipt:
    """Keep a reporter's answer, and return its receipt, as for a tip. Raises NotAskedError, UnknownKeyError, OtherTipError."""
    digest = hashlib.sha256(raw).digest()
    told: list[Any] = [
        envelope.question_id,
        envelope.keyring_id,
        envelope.key_version,
        token_hash(envelope.token),
        digest,
        raw,
    ]
    with acting_as(SENDER), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(ANSWER, told)
            answer, arrived = cursor.fetchone()
        if answer == "new":
            audit.record("tip.answered", subject_kind="question", subject_id=envelope.question_id)
    if answer == "not_asked":
        raise NotAskedError
    return _receipt(envelope.question_id, digest, answer, arrived)


def _receipt(subject: uuid.UUID, digest: bytes, answer: str, arrived: dt.datetime) -> Receipt:
    if answer == "no_key":
        raise UnknownKeyError("key")
    if answer == "other":
        raise OtherTipError
    hour = int(arrived.timestamp()) // HOUR
    return Receipt(answer == "new", hour, vault.sign_receipt(tip_id=subject, envelope_digest=digest, hour=hour))


def _store(envelope: Envelope, raw: bytes, digest: bytes) -> tuple[str, dt.datetime]:
    with connection.cursor() as cursor:
        cursor.execute(
            RECEIVE,
            [
                envelope.tip_id,
                envelope.keyring_id,
                envelope.key_version,
                envelope.region,
                envelope.urgency,
                envelope.hour,
                token_hash(envelope.token),
                digest,
                envelope.size,
                raw,
            ],
        )
        answer, arrived = cursor.fetchone()
    return answer, arrived


def token_hash(token: bytes) -> bytes:
    """Return what is kept of a look-up token: an HMAC, so that a stolen database answers no guess."""
    return hmac.digest(_token_key(settings.SECRET_KEY), token, "sha256")


@lru_cache(maxsize=4)
def _token_key(secret: str) -> bytes:
    return vault.derive(secret.encode(), salt=b"waywatch.tips", purpose=b"look-up token v1")


@dataclass(frozen=True, slots=True)
class Looked:
    """What there is to say to whoever has these receipt words.

    `word` is "unknown", "waiting", "read", "closed", or the sentence that was released. `reply_key` is the reporter's, known from the
    first opening on. `question` is the newest one, sealed to it.
    """

    word: str
    reply_key: bytes | None = None
    question_id: uuid.UUID | None = None
    question: bytes | None = None
    answered: bool = False


def look_up(token: bytes) -> Looked:
    """Return how far the tip with this look-up token is. One query, whatever the token."""
    with acting_as(LOOKER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOOK, [token_hash(token)])
        word, key, question_id, question, answered = cursor.fetchone()
    return Looked(word, key and bytes(key), question_id, question and bytes(question), bool(answered))


def tell(looked: Looked, token: bytes) -> bytes:
    """Return what the server answers to a look-up token: for every token of the same length (decision 0011).

    Once the tip was opened and the reporter's key is known, all there is to say is sealed to it, and the word in front is "sealed"; until
    then the word stands in the clear. What is not there is random bytes.
    """
    word, state = looked.word, os.urandom(STATE_SIZE + vault.OVERHEAD)
    if looked.reply_key is not None:
        said = {"state": looked.word, "asked": looked.question is not None, "answered": looked.answered}
        text = json.dumps(said).encode().ljust(STATE_SIZE)
        word, state = SEALED, vault.seal(looked.reply_key, text, info=STATE_INFO + token)
    question_id = looked.question_id or uuid.uuid4()
    question = looked.question or os.urandom(ANSWER_SIZE + vault.OVERHEAD)
    return word.encode().ljust(WORD_LENGTH, b"\0") + question_id.bytes + state + question
