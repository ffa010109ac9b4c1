"""Receipts: the server's signature under what it took in. Its key is derived from SECRET_KEY (HKDF-SHA256 into a P-256 scalar).

The key proves to a phone that this server has the tip; it opens nothing. Whoever changes SECRET_KEY changes it, and must have a new list
of desks signed, which carries the public half.
"""

import uuid
from functools import lru_cache

from django.conf import settings

from waywatch.vault import sealing
from waywatch.vault.sealing import KeyPair

SALT = b"waywatch.vault.receipt"
PURPOSE = b"waywatch receipt key v1"
MESSAGE = b"waywatch receipt v1\0"


def receipt_public_key() -> bytes:
    """Return the 65 bytes that the signed list carries as `receipt_key`."""
    return _pair(settings.SECRET_KEY).public


def sign_receipt(*, tip_id: uuid.UUID, envelope_digest: bytes, hour: int) -> bytes:
    """Return 64 bytes, r || s, over tip id, SHA-256 of the envelope, and the hour of arrival since 1970 (decision 0008)."""
    return sealing.sign(_pair(settings.SECRET_KEY).private, receipt_message(tip_id, envelope_digest, hour))


def receipt_message(tip_id: uuid.UUID, envelope_digest: bytes, hour: int) -> bytes:
    """Return the bytes that a receipt signs."""
    if len(envelope_digest) != 32:  # noqa: PLR2004 - SHA-256
        raise ValueError("A receipt is over a SHA-256.")
    return MESSAGE + tip_id.bytes + envelope_digest + hour.to_bytes(4)


@lru_cache(maxsize=4)
def _pair(secret: str) -> KeyPair:
    return sealing.key_pair_from(secret.encode(), salt=SALT, purpose=PURPOSE)
