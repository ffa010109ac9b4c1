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
    _shares: dict[uuid.UUID, dict[int, bytes]] = field(default_factory=dict, repr=False, compare=False)
    _keys: dict[tuple[uuid.UUID, int], bytes] = field(default_factory=dict, repr=False, compare=False)

    def open(self, keyring_id: uuid.UUID, version: int, sealed: bytes, info: bytes) -> bytes:
        """Return what was sealed to this version of a keyring that the person belongs to now.

        Raises KeyMissingError where the person holds no share of it, SealError where it was changed or is sealed to another key.
        """
        return sealing.open_sealed(self.version_key(keyring_id, version), sealed, info=info)

    def versions(self, keyring_id: uuid.UUID) -> list[int]:
        """Return the versions of a keyring that the person can open: none of a keyring whose team is another's."""
        return sorted(self._shares_in(keyring_id))

    def version_key(self, keyring_id: uuid.UUID, version: int) -> bytes:
        """Return the private key of a version. Raises KeyMissingError. Opened once for each version."""
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
        sealed = self._shares_in(keyring_id).get(number)
        if sealed is None:
            raise KeyMissingError(
                gettext("You hold no key that opens this. Ask a keeper of the keyring to give you its older keys, too.")
            )
        return sealing.open_sealed(self.private, sealed, info=share_info(keyring_id, number))

    def _shares_in(self, keyring_id: uuid.UUID) -> dict[int, bytes]:
        """Return the person's shares by version, asked of the database once for each keyring."""
        if keyring_id not in self._shares:
            held = Share.objects.filter(member_key_id=self.member_key_id, revoked_at=None)
            mine = keyring_id in {row.pk for row in access.own_keyrings(self.actor)}
            rows = held.filter(version__keyring_id=keyring_id).values_list("version__number", "sealed") if mine else ()
            self._shares[keyring_id] = {number: bytes(sealed) for number, sealed in rows if sealed is not None}
        return self._shares[keyring_id]


def share_info(keyring_id: uuid.UUID, number: int) -> bytes:
    """Return what a share is bound to: no share of another keyring or version can be put in its place."""
    return b"waywatch share v1\0" + keyring_id.bytes + number.to_bytes(4)
