"""The offline root: a signing key under two passphrases, and what it signs. Pure: it runs on a machine without a network.

The key's file opens with both passphrases together: the file key is HKDF over both Argon2id outputs; neither holder has anything alone.
"""

import base64
import binascii
import json
import os
from typing import Any

from django.utils.translation import gettext

from waywatch.vault import passphrase, sealing
from waywatch.vault.errors import ListRefusedError
from waywatch.vault.passphrase import Cost, argon2id, wrong_passphrase

LIST_MESSAGE = b"waywatch list v1\0"
PURPOSE = b"waywatch root file v1"
SALT_LENGTH = 16
FILE_VERSION = 1


def to_text(raw: bytes) -> str:
    """Return bytes as base64url without padding, the form of the signed list."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Return the bytes of base64url without padding. Raises ValueError for every other text: each value is written in one way only."""
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_text(raw) != text:
        raise binascii.Error("not base64url without padding")
    return raw


def new_root_file(first: str, second: str, *, purpose: bytes = PURPOSE) -> tuple[str, bytes]:
    """Make a root key; return its file as JSON and its public key. The private key exists in that file only.

    With another `purpose` it is a key of the same two holders for something else: its file opens for that alone.
    """
    cost = passphrase.COST
    pair = sealing.new_key_pair()
    head: dict[str, Any] = {
        "version": FILE_VERSION,
        "public": to_text(pair.public),
        "memory_kib": cost.memory_kib,
        "time": cost.time,
        "lanes": cost.lanes,
        "salts": [to_text(os.urandom(SALT_LENGTH)), to_text(os.urandom(SALT_LENGTH))],
    }
    locked = sealing.lock(_file_key(head, first, second, purpose), pair.private, bound_to=_canonical(head))
    return json.dumps({**head, "locked": to_text(locked)}, indent=1) + "\n", pair.public


def open_root_file(text: str, first: str, second: str, *, purpose: bytes = PURPOSE) -> bytes:
    """Return the private root key. Raises WrongPassphraseError where one of the two passphrases is wrong or the file was changed."""
    try:
        found = json.loads(text)
        locked = from_text(found.pop("locked"))
        cost = Cost(found["memory_kib"], found["time"], found["lanes"])
        if found["version"] != FILE_VERSION or not cost.is_sane:
            raise wrong_passphrase()
        return sealing.unlock(_file_key(found, first, second, purpose), locked, bound_to=_canonical(found))
    except (ValueError, KeyError, TypeError, AttributeError, sealing.SealError):
        raise wrong_passphrase() from None


def public_of_file(text: str) -> bytes:
    """Return the public key that a root file names. Raises WrongPassphraseError where it is no root file."""
    try:
        public = from_text(json.loads(text)["public"])
    except (ValueError, KeyError, TypeError):
        raise wrong_passphrase() from None
    return public


def sign_list(private: bytes, list_text: bytes) -> str:
    """Return a signed list as a file: the very text, the signature over its bytes, and the root that signed."""
    signed = {
        "list": list_text.decode(),
        "signature": to_text(sealing.sign(private, LIST_MESSAGE + list_text)),
        "root": to_text(sealing.public_of(private)),
    }
    return json.dumps(signed, indent=1) + "\n"


def read_signed(text: str) -> tuple[bytes, bytes, bytes]:
    """Return the list's bytes, the signature and the root of a signed file, if the one fits the others. Raises ListRefusedError."""
    try:
        found = json.loads(text)
        list_text, signature, root = found["list"].encode(), from_text(found["signature"]), from_text(found["root"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ListRefusedError(gettext("This is not a signed list of desks.")) from None
    if not is_signed(root, list_text, signature):
        raise ListRefusedError(gettext("The signature does not fit the list: it was changed after it was signed."))
    return list_text, signature, root


def is_signed(root: bytes, list_text: bytes, signature: bytes) -> bool:
    """Tell whether the root signed exactly these bytes as a list of desks."""
    return sealing.is_signed_by(root, signature, LIST_MESSAGE + list_text)


def _file_key(head: dict[str, Any], first: str, second: str, purpose: bytes) -> bytes:
    cost = Cost(head["memory_kib"], head["time"], head["lanes"])
    salts = [from_text(salt) for salt in head["salts"]]
    if [len(salt) for salt in salts] != [SALT_LENGTH, SALT_LENGTH]:
        raise wrong_passphrase()
    secrets = [argon2id(each, salt, cost) for each, salt in zip((first, second), salts, strict=True)]
    return sealing.derive(b"".join(secrets), salt=b"".join(salts), purpose=purpose)


def _canonical(head: dict[str, Any]) -> bytes:
    return json.dumps(head, sort_keys=True, separators=(",", ":")).encode()
