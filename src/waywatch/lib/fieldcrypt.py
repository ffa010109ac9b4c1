"""Encryption of single fields at rest, under keys derived from SECRET_KEY: for what the server must read again later.

Fernet (AES-128-CBC with HMAC-SHA256, from `cryptography`), one key a purpose by HKDF-SHA256 (RFC 5869): what was
encrypted for one purpose does not open for another. SECRET_KEY_FALLBACKS still open old text: the key can be changed.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

SALT = b"waywatch.fieldcrypt.v1"


class UnreadableError(ValueError):
    """The text was changed, is for another purpose, or its key is gone from SECRET_KEY and SECRET_KEY_FALLBACKS."""


def encrypt(text: str, *, purpose: str) -> bytes:
    """Return `text` encrypted for `purpose` under the present key."""
    return _keys(purpose).encrypt(text.encode())


def decrypt(token: bytes | memoryview, *, purpose: str) -> str:
    """Return the text of `token`; raises UnreadableError where it cannot be read."""
    try:
        return _keys(purpose).decrypt(bytes(token)).decode()
    except InvalidToken:
        raise UnreadableError(f"A field encrypted for {purpose!r} cannot be read with the present keys.") from None


def _keys(purpose: str) -> MultiFernet:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([_key(secret, purpose) for secret in secrets])


@lru_cache(maxsize=64)
def _key(secret: str, purpose: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=SALT, info=purpose.encode()).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
