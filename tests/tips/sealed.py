"""Envelopes as a phone makes them, from the words of decision 0008 and not from the module that reads them."""

import hashlib
import json
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from waywatch.vault import api as vault
from waywatch.vault.models import Keyring

SIZES = (2048, 4096, 8192, 16384, 32768, 65536)
SEED_STORY: dict[str, Any] = {
    "danger_now": "unknown",
    "about": "others",
    "reporter": {"sector": "trucking"},
    "where": {"region": "US-TX", "type": "truck_stop"},
    "when": {"seen": "now", "words": "several hours"},
    "people": [{"count": 2, "age": "adult", "part": "seen"}, {"count": 2, "age": "minor", "part": "seen"}],
    "vehicles": [{"relation": "drop_off"}],
    "timeline": [{"what": "leaves the lot, circles the gas station, parks again", "often": "several times an hour"}],
    "signs": [{"key": "commercial_sex_offered", "first_hand": "yes"}, {"key": "watched", "first_hand": "yes"}],
}


@dataclass
class Sending:
    """What a phone fills in; change a field to make a wrong one."""

    keyring: uuid.UUID
    public: bytes
    version: int = 1
    region: bytes = b"US-TX\0"
    urgency: int = 1
    hour: int = 490_000
    tip_id: uuid.UUID = field(default_factory=uuid.uuid4)
    token: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    observation: Any = field(default_factory=lambda: SEED_STORY)
    magic: bytes = b"WWT\x01"

    def raw(self, content: bytes | None = None) -> bytes:
        """Return the whole envelope; `content` takes the place of the JSON."""
        if content is None:
            said = {
                "version": 1,
                "language": "en",
                "sealed_at": "2026-11-25T08:10:00Z",
                "observation": self.observation,
            }
            content = json.dumps(said).encode()
        size = next(size for size in SIZES if len(content) + 4 <= size)
        padded = (len(content).to_bytes(4, "big") + content).ljust(size, b"\0")
        return self.around(padded)

    def around(self, padded: bytes) -> bytes:
        """Return an envelope around bytes that are padded already."""
        header = b"".join(
            [
                self.magic,
                self.tip_id.bytes,
                self.keyring.bytes,
                self.version.to_bytes(4, "big"),
                self.region,
                bytes([self.urgency]),
                self.hour.to_bytes(4, "big"),
                self.token,
                (len(padded) + 81).to_bytes(4, "big"),
            ]
        )
        return header + vault.seal(self.public, padded, info=b"waywatch tip v1\0" + kept(header))


def kept(raw: bytes) -> bytes:
    """Return what a server keeps of an envelope: the token's SHA-256 in the token's place."""
    return raw[:51] + hashlib.sha256(raw[51:83]).digest() + raw[83:]


def sending_to(keyring: Keyring, public: bytes | None = None, **changed: Any) -> Sending:
    """Return what a phone would send to a desk's key in use."""
    if public is None:
        public = next(key.public for key in vault.desk_keys() if key.keyring_id == keyring.pk)
    return Sending(keyring.pk, public, **changed)
