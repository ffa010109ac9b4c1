"""The escrow key: made and used offline by the root's two holders. What is released leaves that machine sealed to one person. Pure."""

import json
import uuid
from typing import Annotated

from django.utils.translation import gettext
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from waywatch.vault import root, sealing
from waywatch.vault.errors import EscrowRefusedError
from waywatch.vault.unlocked import share_info

PURPOSE = b"waywatch escrow file v1"
COPY_INFO = b"waywatch escrow copy v1\0"


def _bytes(text: str) -> str:
    root.from_text(text)
    return text


Base64 = Annotated[str, AfterValidator(_bytes)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Copy(_Strict):
    """A version's private half in escrow, with the public half that it must fit."""

    number: int = Field(ge=1)
    public: Base64
    sealed: Base64


class Copies(_Strict):
    """What goes to the offline machine: the copies of one keyring, and the own key of the person who is to have them."""

    version: int = Field(ge=1, le=1)
    keyring: uuid.UUID
    name: str
    member_key: Base64
    copies: tuple[Copy, ...]


class Share(_Strict):
    """A version's private half, sealed to that person."""

    number: int = Field(ge=1)
    sealed: Base64


class Released(_Strict):
    """What comes back to the server."""

    version: int = Field(ge=1, le=1)
    keyring: uuid.UUID
    member_key: Base64
    shares: tuple[Share, ...]


def read_copies(text: str) -> Copies:
    """Return what an export holds. Raises EscrowRefusedError."""
    try:
        return Copies.model_validate_json(text)
    except ValidationError:
        raise EscrowRefusedError(gettext("This is not an export of escrow copies.")) from None


def read_released(text: str) -> Released:
    """Return what was released. Raises EscrowRefusedError."""
    try:
        return Released.model_validate_json(text)
    except ValidationError:
        raise EscrowRefusedError(gettext("This is not a release from escrow.")) from None


def copy_info(keyring_id: uuid.UUID, number: int) -> bytes:
    """Return what a copy is bound to."""
    return COPY_INFO + keyring_id.bytes + number.to_bytes(4)


def release(copies: Copies, escrow_private: bytes) -> str:
    """Open every copy, check it against its public half, and seal it to the person: all of them or, with EscrowRefusedError, none."""
    shares = [_released(copies, each, escrow_private) for each in copies.copies]
    found = {"version": 1, "keyring": str(copies.keyring), "member_key": copies.member_key, "shares": shares}
    return json.dumps(found, indent=1) + "\n"


def _released(copies: Copies, copy: Copy, escrow_private: bytes) -> dict[str, object]:
    sealed, info = root.from_text(copy.sealed), copy_info(copies.keyring, copy.number)
    try:
        private = sealing.open_sealed(escrow_private, sealed, info=info)
        _must_fit(private, copy)
        share = sealing.seal(root.from_text(copies.member_key), private, info=share_info(copies.keyring, copy.number))
    except sealing.SealError:
        words = gettext("Key %(number)s does not open, or is not the key that it says. Nothing is released.")
        raise EscrowRefusedError(words % {"number": copy.number}) from None
    return {"number": copy.number, "sealed": root.to_text(share)}


def _must_fit(private: bytes, copy: Copy) -> None:
    if sealing.public_of(private) != root.from_text(copy.public):
        raise sealing.SealError("This is another key.")
