"""Taking in what a phone sends, and answering who asks with receipt words. Nobody is signed in here, and nothing is logged of who asks.

The web role cannot write a tip: a function of the owner does (migration 0002), which accepts a sealed envelope for a key of a desk and
nothing else. Exactly once: the same id and the same bytes are the same tip.
"""

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import connection, transaction

from waywatch.audit import api as audit
from waywatch.geo import api as geo
from waywatch.lib.actors import Actor, acting_as
from waywatch.tips.envelope import Envelope
from waywatch.vault import api as vault

SENDER, LOOKER = Actor.system("intake"), Actor.system("look-up")
RECEIVE = "SELECT answer, arrived FROM tips_receive(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
HOUR = 3600


class UnknownKeyError(ValueError):
    """No desk has ever had this key, or no such place is known: whoever made this envelope did not read the list of desks."""


class OtherTipError(ValueError):
    """There is a tip of this id, and it is another one."""


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
    if answer == "no_key":
        raise UnknownKeyError("key")
    if answer == "other":
        raise OtherTipError
    hour = int(arrived.timestamp()) // HOUR
    signature = vault.sign_receipt(tip_id=envelope.tip_id, envelope_digest=digest, hour=hour)
    return Receipt(answer == "new", hour, signature)


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


def state_of(token: bytes) -> str:
    """Return how far the tip with this look-up token is: "unknown", "waiting", "read", "closed", or the sentence that was released.

    One query, whatever the token.
    """
    with acting_as(LOOKER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT tips_state(%s)", [token_hash(token)])
        return str(cursor.fetchone()[0])
