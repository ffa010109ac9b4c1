"""Against a flood of tips: while more come than a desk could have reporters, each costs its sender some computing. Never for danger now.

No address is looked at or kept. The work is bound to the envelope and needs no question from the server, so that a phone can do it without
a network. It slows a flood down and stops nobody who computes enough: docs/explanation/threat-model.md says so.
"""

import datetime as dt
import hashlib
from collections import deque

from waywatch.tips.rules import NOW

BITS = 17
PREFIX = b"waywatch work v1\0"
NONCE_LENGTH = 8
WINDOW = dt.timedelta(minutes=1)
LASTS = dt.timedelta(minutes=10)


class Flood:
    """How many tips a process was sent in the last minute. Above `most` it is a flood, for ten minutes from the last such moment on."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._sent: deque[dt.datetime] = deque(maxlen=most + 1)
        self._until: dt.datetime | None = None

    def counts(self, now: dt.datetime) -> None:
        """Count one more tip."""
        self._sent.append(now)
        if len(self._sent) > self.most and now - self._sent[0] < WINDOW:
            self._until = now + LASTS

    def is_on(self, now: dt.datetime) -> bool:
        """Tell whether it is a flood now."""
        return self._until is not None and now < self._until


def needs_work(flood: Flood, urgency: int, now: dt.datetime) -> bool:
    """Tell whether a tip of this class has to show work now: danger now never has to."""
    return urgency != NOW and flood.is_on(now)


def shows_work(raw: bytes, nonce: str, bits: int = BITS) -> bool:
    """Tell whether a number, in decimals, makes SHA-256 of it and of the envelope's own hash begin with so many zero bits."""
    if not nonce.isascii() or not nonce.isdecimal() or len(nonce) > len(str(2 ** (8 * NONCE_LENGTH))):
        return False
    number = int(nonce)
    if number >= 2 ** (8 * NONCE_LENGTH):
        return False
    digest = hashlib.sha256(PREFIX + hashlib.sha256(raw).digest() + number.to_bytes(NONCE_LENGTH)).digest()
    return int.from_bytes(digest) >> (256 - bits) == 0
