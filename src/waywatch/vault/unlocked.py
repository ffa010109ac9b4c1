"""An unlocked key: what a request of somebody who unlocked can open. It lives in memory, for one request."""

import uuid
from dataclasses import dataclass, field

from django.utils.translation import gettext

from waywatch.lib.actors import Actor
from waywatch.vault import access, sealing
from waywatch.vault.errors import KeyMissingError
from waywatch.vault.models import Share


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A person's own private key in the clear. It is in no representation, and nothing here stores it."""

    actor: Actor
    member_key_id: uuid.UUID
    private: bytes = field(repr=False)
    _keys: dict[tuple[uuid.UUID, int], bytes] = field(default_factory=dict, repr=False, compare=False)

    def open(self, keyring_id: uuid.UUID, version: int, sealed: bytes, info: bytes) -> bytes:
        """Return what was sealed to this version of a keyring that the person belongs to now.

        Raises KeyMissingError where the person holds no share of it, SealError where it was changed or is sealed to another key.
        """
        return sealing.open_sealed(self.version_key(keyring_id, version), sealed, info=info)

    def version_key(self, keyring_id: uuid.UUID, version: int) -> bytes:
        """Return the private key of a version. Raises KeyMissingError. Asked of the database once for each version."""
        found = self._keys.get((keyring_id, version))
        if found is None:
            found = self._keys[keyring_id, version] = self._open_share(keyring_id, version)
        return found

    def index_key(self, keyring_id: uuid.UUID, version: int) -> bytes:
        """Return the key for matching tokens that belongs to this version: 32 bytes. It goes when the version is destroyed."""
        return sealing.derive(
            self.version_key(keyring_id, version), salt=b"waywatch.vault.index", purpose=b"index key v1"
        )

    def _open_share(self, keyring_id: uuid.UUID, number: int) -> bytes:
        share = Share.objects.filter(
            version__keyring__in=access.keyrings_of(self.actor),
            version__keyring_id=keyring_id,
            version__number=number,
            member_key_id=self.member_key_id,
            revoked_at=None,
        ).first()
        if share is None or share.sealed is None:
            raise KeyMissingError(
                gettext("You hold no key that opens this. Ask a keeper of the keyring to give you its older keys, too.")
            )
        return sealing.open_sealed(self.private, bytes(share.sealed), info=share_info(keyring_id, number))


def share_info(keyring_id: uuid.UUID, number: int) -> bytes:
    """Return what a share is bound to: no share of another keyring or version can be put in its place."""
    return b"waywatch share v1\0" + keyring_id.bytes + number.to_bytes(4)
