"""The envelope that a phone sends (decision 0008). One form; every other byte string is refused. Pure.

What the header says of region, urgency and hour are *claims* of whoever sent it. What is *kept* of any of these has the SHA-256 of the
look-up token in the token's place, and that is what the seal is bound to: the token itself stands nowhere.
"""

import hashlib
import uuid
from dataclasses import dataclass

from waywatch.vault.api import OVERHEAD, SIZES

MAGIC = b"WWT\x01"
ANSWER_MAGIC = b"WWA\x01"
ANSWER_HEADER_LENGTH = 76
ANSWER_SIZE = SIZES[1]  # one size for every answer and every question
HEADER_LENGTH = 87
LONGEST = HEADER_LENGTH + OVERHEAD + SIZES[-1]
LONGEST_ANSWER = ANSWER_HEADER_LENGTH + OVERHEAD + ANSWER_SIZE
URGENCIES = (1, 2, 3)
INFO = b"waywatch tip v1\0"
ANSWER_INFO = b"waywatch answer v1\0"
UUID_VERSION = 4
UNCOMPRESSED = 4


CHUNK_MAGIC = b"WWC\x01"
CHUNK_HEADER_LENGTH = 40
CHUNK_INFO = b"waywatch photo v1\0"
CHUNK_SIZE = SIZES[-1]
MOST_CHUNKS = 12
MOST_PHOTOS = 4
TOKEN_LENGTH = 32
LONGEST_CHUNK = CHUNK_HEADER_LENGTH + TOKEN_LENGTH + 12 + CHUNK_SIZE + 16


class EnvelopeError(ValueError):
    """These bytes are no envelope. The words are for a log: they name the part and repeat nothing of it."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope taken apart. `hour` counts from 1970; `region` is "" where it is not known; `size` is that of the padded content.

    `header` is the one that is kept. Of a kept envelope `token` is the hash.
    """

    tip_id: uuid.UUID
    keyring_id: uuid.UUID
    key_version: int
    region: str
    urgency: int
    hour: int
    token: bytes
    header: bytes
    sealed: bytes

    @property
    def info(self) -> bytes:
        """Return what HPKE binds the content to."""
        return INFO + self.header

    @property
    def kept(self) -> bytes:
        """Return what is kept of it."""
        return self.header + self.sealed

    @property
    def size(self) -> int:
        """Return the length of the padded content in bytes."""
        return len(self.sealed) - OVERHEAD


def read_envelope(raw: bytes, *, is_kept: bool = False) -> Envelope:
    """Return the parts of an envelope, as it was sent or as it was kept. Raises EnvelopeError."""
    _require(HEADER_LENGTH < len(raw) <= LONGEST, "length")
    _require(raw[:4] == MAGIC, "magic")
    found = Envelope(
        tip_id=uuid.UUID(bytes=raw[4:20]),
        keyring_id=uuid.UUID(bytes=raw[20:36]),
        key_version=int.from_bytes(raw[36:40]),
        region=_region(raw[40:46]),
        urgency=raw[46],
        hour=int.from_bytes(raw[47:51]),
        token=raw[51:83],
        header=raw[:51] + _hashed(raw[51:83], is_kept=is_kept) + raw[83:HEADER_LENGTH],
        sealed=raw[HEADER_LENGTH:],
    )
    _require(found.tip_id.version == UUID_VERSION and found.tip_id.variant == uuid.RFC_4122, "tip id")
    _require(1 <= found.key_version < 2**31, "key version")
    _require(found.urgency in URGENCIES, "urgency")
    _require(found.hour < 2**31, "hour")
    _require(int.from_bytes(raw[83:87]) == len(found.sealed), "length of the sealed part")
    _require(found.size in SIZES, "size")
    _require(found.sealed[0] == UNCOMPRESSED, "point")
    return found


@dataclass(frozen=True, slots=True)
class AnswerEnvelope:
    """A reporter's answer to a question of the desk, taken apart. `token` is the look-up token of the tip."""

    question_id: uuid.UUID
    keyring_id: uuid.UUID
    key_version: int
    token: bytes
    header: bytes
    sealed: bytes

    @property
    def info(self) -> bytes:
        """Return what HPKE binds the answer to."""
        return ANSWER_INFO + self.header

    @property
    def kept(self) -> bytes:
        """Return what is kept of it."""
        return self.header + self.sealed


def read_answer(raw: bytes, *, is_kept: bool = False) -> AnswerEnvelope:
    """Return the parts of an answer, as it was sent or as it was kept. Raises EnvelopeError."""
    _require(len(raw) == LONGEST_ANSWER, "length")
    _require(raw[:4] == ANSWER_MAGIC, "magic")
    found = AnswerEnvelope(
        question_id=uuid.UUID(bytes=raw[4:20]),
        keyring_id=uuid.UUID(bytes=raw[20:36]),
        key_version=int.from_bytes(raw[36:40]),
        token=raw[40:72],
        header=raw[:40] + _hashed(raw[40:72], is_kept=is_kept) + raw[72:ANSWER_HEADER_LENGTH],
        sealed=raw[ANSWER_HEADER_LENGTH:],
    )
    _require(1 <= found.key_version < 2**31, "key version")
    _require(int.from_bytes(raw[72:76]) == len(found.sealed), "length of the sealed part")
    _require(found.sealed[0] == UNCOMPRESSED, "point")
    return found


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a photo, under a key that stands in the content of its tip. All chunks are of one length."""

    tip_id: uuid.UUID
    photo_id: uuid.UUID
    number: int
    total: int
    token: bytes
    header: bytes
    locked: bytes

    @property
    def kept(self) -> bytes:
        """Return what is kept of it."""
        return self.header + hashlib.sha256(self.token).digest() + self.locked

    @property
    def bound_to(self) -> bytes:
        """Return what the cipher binds the part to: its tip, its photo and its place in it."""
        return CHUNK_INFO + self.header


def read_chunk(raw: bytes) -> Chunk:
    """Return the parts of a chunk. Raises EnvelopeError."""
    _require(len(raw) == LONGEST_CHUNK, "length")
    _require(raw[:4] == CHUNK_MAGIC, "magic")
    header, token = raw[:CHUNK_HEADER_LENGTH], raw[CHUNK_HEADER_LENGTH : CHUNK_HEADER_LENGTH + TOKEN_LENGTH]
    found = Chunk(
        tip_id=uuid.UUID(bytes=raw[4:20]),
        photo_id=uuid.UUID(bytes=raw[20:36]),
        number=int.from_bytes(raw[36:38]),
        total=int.from_bytes(raw[38:40]),
        token=token,
        header=header,
        locked=raw[CHUNK_HEADER_LENGTH + TOKEN_LENGTH :],
    )
    _require(1 <= found.total <= MOST_CHUNKS, "number of chunks")
    _require(found.number < found.total, "number")
    return found


def _hashed(token: bytes, *, is_kept: bool) -> bytes:
    return token if is_kept else hashlib.sha256(token).digest()


def _region(field: bytes) -> str:
    text = field.rstrip(b"\0")
    _require(not text or (text.isascii() and _is_code(text.decode("ascii", "replace"))), "region")
    return text.decode("ascii")


def _is_code(text: str) -> bool:
    country, dash, part = text[:2], text[2:3], text[3:]
    return country.isalpha() and country.isupper() and dash == "-" and part.isalnum() and part.upper() == part


def _require(holds: object, part: str) -> None:
    if not holds:
        raise EnvelopeError(f"no envelope: {part}")
