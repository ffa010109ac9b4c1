"""Photos of an opened tip: put together from their chunks with the keys that stand in its content. Nothing but a JPEG comes out."""

import base64
from dataclasses import dataclass, field

from waywatch.tips.content import Photo
from waywatch.tips.envelope import EnvelopeError, read_chunk
from waywatch.tips.models import Chunk, Tip
from waywatch.vault import api as vault

JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class OpenedPhoto:
    """A photo in the clear; `jpeg` is empty where chunks are missing (`is_complete` false) or it does not open as a picture."""

    is_complete: bool
    jpeg: bytes = field(default=b"", repr=False)

    @property
    def address(self) -> str:
        """Return the picture as an address that holds it: it is no file, and no server sends it again."""
        return "data:image/jpeg;base64," + base64.b64encode(self.jpeg).decode()


def opened_photos(tip: Tip, listed: tuple[Photo, ...]) -> list[OpenedPhoto]:
    """Return the photos that a tip's content lists, with one query. Chunks that no content lists are passed over."""
    rows = list(Chunk.objects.filter(tip=tip, photo__in=[photo.id for photo in listed]))
    return [_opened(photo, {row.number: bytes(row.body) for row in rows if row.photo == photo.id}) for photo in listed]


def _opened(photo: Photo, chunks: dict[int, bytes]) -> OpenedPhoto:
    if any(number not in chunks for number in range(photo.chunks)):
        return OpenedPhoto(is_complete=False)
    try:
        parts = [_part(photo, chunks[number], number) for number in range(photo.chunks)]
    except (EnvelopeError, vault.SealError):
        return OpenedPhoto(is_complete=True)
    jpeg = b"".join(parts)[: photo.size]
    return OpenedPhoto(is_complete=True, jpeg=jpeg if jpeg.startswith(JPEG) else b"")


def _part(photo: Photo, raw: bytes, number: int) -> bytes:
    chunk = read_chunk(raw)
    if (chunk.photo_id, chunk.number, chunk.total) != (photo.id, number, photo.chunks):
        raise EnvelopeError("no envelope: another chunk")
    return vault.unlock(photo.key, chunk.locked, bound_to=chunk.bound_to)
