"""The offline root: a signing key under two passphrases, and what it signs. Pure: it runs on a machine without a network.

The key's file opens with both passphrases together: the file key is HKDF over both Argon2id outputs; neither holder has anything alone.
"""

import base64
import binascii
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from waywatch.vault import passphrase, sealing
from waywatch.vault.errors import ListRefusedError
from waywatch.vault.passphrase import Cost, argon2id, wrong_passphrase

DESKS, REFERRALS = "desks", "referrals"
MESSAGES = {DESKS: b"waywatch list v1\0", REFERRALS: b"waywatch referral list v1\0"}
"""By part, what stands before its text when it is signed: the one is never taken for the other."""
PURPOSE = b"waywatch root file v1"
SALT_LENGTH = 16
FILE_VERSION = 1


@dataclass(frozen=True, slots=True)
class SignedText:
    """The very bytes of a list, and the root's signature over them."""

    text: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """What the root signed in one ceremony: the list of desks, that phones trust, and the list for referrals, that desks trust."""

    root: bytes
    desks: SignedText
    referrals: SignedText


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


def sign_lists(private: bytes, texts: Mapping[str, bytes]) -> str:
    """Return signed lists as a file: of each part the very text and the signature over its bytes, and the root that signed."""
    signed: dict[str, object] = {
        part: {"list": text.decode(), "signature": to_text(sealing.sign(private, MESSAGES[part] + text))}
        for part, text in texts.items()
    }
    return json.dumps({**signed, "root": to_text(sealing.public_of(private))}, indent=1) + "\n"


def read_signed(text: str) -> Signed:
    """Return what a signed file holds, if the signatures fit the lists. Raises ListRefusedError."""
    try:
        found = json.loads(text)
        parts = {part: _signed_text(found[part]) for part in MESSAGES}
        signed = Signed(root=from_text(found["root"]), **parts)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ListRefusedError(gettext("This is no file of “waywatch root sign”.")) from None
    if not all(is_signed(signed.root, part, each) for part, each in parts.items()):
        raise ListRefusedError(gettext("The signature does not fit the list: it was changed after it was signed."))
    return signed


def is_signed(root: bytes, part: str, signed: SignedText) -> bool:
    """Tell whether the root signed exactly these bytes as this part of its lists."""
    return sealing.is_signed_by(root, signed.signature, MESSAGES[part] + signed.text)


def _signed_text(found: Mapping[str, str]) -> SignedText:
    return SignedText(found["list"].encode(), from_text(found["signature"]))


def _file_key(head: dict[str, Any], first: str, second: str, purpose: bytes) -> bytes:
    cost = Cost(head["memory_kib"], head["time"], head["lanes"])
    salts = [from_text(salt) for salt in head["salts"]]
    if [len(salt) for salt in salts] != [SALT_LENGTH, SALT_LENGTH]:
        raise wrong_passphrase()
    secrets = [argon2id(each, salt, cost) for each, salt in zip((first, second), salts, strict=True)]
    return sealing.derive(b"".join(secrets), salt=b"".join(salts), purpose=purpose)


def _canonical(head: dict[str, Any]) -> bytes:
    return json.dumps(head, sort_keys=True, separators=(",", ":")).encode()
