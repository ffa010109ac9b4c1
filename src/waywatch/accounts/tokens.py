"""The token of an invitation: 256 random bits that only the mail knows. Stored is a hash under the server's key."""

import secrets

from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "waywatch.accounts.invitation"


def new_token() -> str:
    """Return a fresh token, fit for an address."""
    return secrets.token_urlsafe(32)


def token_hash(token: str, secret: str | bytes | None = None) -> str:
    """Return what is stored of a token, under the present key or under `secret`."""
    return salted_hmac(SALT, token, secret=secret or settings.SECRET_KEY, algorithm="sha256").hexdigest()


def possible_hashes(token: str) -> list[str]:
    """Return the hashes that a token may be stored as: a changed SECRET_KEY leaves open invitations open."""
    return [token_hash(token, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
