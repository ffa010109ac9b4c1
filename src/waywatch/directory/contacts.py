"""The values of contact points: how they are encrypted, read and written down. Nothing else touches the column."""

from waywatch.directory.models import ContactPoint
from waywatch.lib.fieldcrypt import UnreadableError, decrypt, encrypt

PURPOSE = "directory.contact"


def sealed(value: str) -> bytes:
    """Return a contact point's value as it is stored."""
    return encrypt(value, purpose=PURPOSE)


def readable(point: ContactPoint) -> str | None:
    """Return the value, or None where the key it was written under is gone."""
    try:
        return decrypt(point.value, purpose=PURPOSE)
    except UnreadableError:
        return None
