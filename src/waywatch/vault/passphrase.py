"""A private key under a passphrase, and under a printed recovery key; and which passphrases are good enough.

A *wrap* is one row of bytes: a version, how the key was made, its salt, the nonce, the ciphertext. Everything before the ciphertext, and
what the wrap belongs to, is bound to it: no number in it can be changed unseen.
"""

import os
import re
import struct
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from argon2.low_level import Type, hash_secret_raw
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.utils.translation import gettext

from waywatch.vault import sealing, words
from waywatch.vault.errors import WeakPassphraseError, WrongPassphraseError

SHORTEST = 14
FEWEST_WORDS = 4
WORD_LETTERS = 3
LONGEST = 1000
FEWEST_CHARACTERS = 6
SALT_LENGTH = 16
MOST_MEMORY_KIB, MOST_TIME, MOST_LANES = 256 * 1024, 8, 4
LEAST_MEMORY_A_LANE_KIB = 8  # RFC 9106, 3.1
_ARGON2, _HKDF = 1, 2
_HEAD = struct.Struct(">3sBBIIB16s")
MAGIC, VERSION = b"WWK", 1
# Known from books and web pages; the list of single passwords is Django's.
KNOWN_PHRASES = frozenset({"correcthorsebatterystaple", "thequickbrownfoxjumpsoverthelazydog", "maytheforcebewithyou"})
RUNS = ("qwertyuiopasdfghjklzxcvbnm" * 2, "abcdefghijklmnopqrstuvwxyz" * 2)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: memory, passes over it, lanes (RFC 9106)."""

    memory_kib: int = 64 * 1024
    time: int = 3
    lanes: int = 1

    @property
    def is_sane(self) -> bool:
        """Tell whether a stored cost is one that we would ever have written: a changed row must not fill the memory."""
        enough = 1 <= self.lanes <= MOST_LANES and self.memory_kib >= LEAST_MEMORY_A_LANE_KIB * self.lanes
        return enough and self.memory_kib <= MOST_MEMORY_KIB and 1 <= self.time <= MOST_TIME


COST = Cost()


def normal(passphrase: str) -> str:
    """Return the one form of a passphrase however a keyboard composes it: NFKC, white space folded."""
    return " ".join(unicodedata.normalize("NFKC", passphrase).split())


def check_passphrase(passphrase: str, *, about: str = "") -> None:
    """Raise WeakPassphraseError where a passphrase is too short, common, or made of the owner's own name or address (`about`)."""
    text = normal(passphrase)
    if len(text) > LONGEST:
        raise WeakPassphraseError(gettext("This is too long. Use at most 1,000 characters."), field="passphrase")
    if len(text) < SHORTEST and not _has_words(text):
        raise WeakPassphraseError(
            gettext("This is too short. Use at least 14 characters, or four different words."), field="passphrase"
        )
    if _is_easily_guessed(_letters(text), [_letters(part) for part in re.split(r"[\s@.]", about)]):
        raise WeakPassphraseError(
            gettext(
                "This is easy to guess. Take four or more words that have nothing to do with each other or with you."
            ),
            field="passphrase",
        )


def wrap(private: bytes, passphrase: str, *, belongs_to: bytes) -> bytes:
    """Return a private key under a passphrase (Argon2id, AES-256-GCM). `belongs_to` must be the same to unwrap."""
    salt = os.urandom(SALT_LENGTH)
    head = _HEAD.pack(MAGIC, VERSION, _ARGON2, COST.memory_kib, COST.time, COST.lanes, salt)
    return head + sealing.lock(argon2id(passphrase, salt, COST), private, bound_to=head + belongs_to)


def unwrap(wrapped: bytes, passphrase: str, *, belongs_to: bytes) -> bytes:
    """Return the private key. Raises WrongPassphraseError where the passphrase is another one, or the wrap was changed."""
    head, cost, salt, locked = _parts(wrapped, _ARGON2)
    return _open(argon2id(passphrase, salt, cost), locked, head + belongs_to)


def wrap_for_recovery(private: bytes, recovery_key: str, *, belongs_to: bytes) -> bytes:
    """Return a private key under a recovery key. It is random, so a plain HKDF is enough."""
    salt = os.urandom(SALT_LENGTH)
    head = _HEAD.pack(MAGIC, VERSION, _HKDF, 0, 0, 0, salt)
    return head + sealing.lock(_recovery_secret(recovery_key, salt), private, bound_to=head + belongs_to)


def unwrap_by_recovery(wrapped: bytes, recovery_key: str, *, belongs_to: bytes) -> bytes:
    """Return the private key. Raises WrongPassphraseError where the recovery key is another one, or the wrap was changed."""
    head, _, salt, locked = _parts(wrapped, _HKDF)
    return _open(_recovery_secret(recovery_key, salt), locked, head + belongs_to)


def argon2id(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """Return 32 bytes of Argon2id (RFC 9106) over the normal form of a passphrase."""
    secret = normal(passphrase).encode()
    return hash_secret_raw(secret, salt, cost.time, cost.memory_kib, cost.lanes, 32, Type.ID)


def wrong_passphrase() -> WrongPassphraseError:
    """Return the one answer for everything that does not open."""
    return WrongPassphraseError(gettext("That did not open it. Type it again, slowly."), field="passphrase")


def _parts(wrapped: bytes, kind: int) -> tuple[bytes, Cost, bytes, bytes]:
    head, locked = wrapped[: _HEAD.size], wrapped[_HEAD.size :]
    if len(locked) != sealing.NONCE_LENGTH + sealing.PRIVATE_LENGTH + 16:
        raise wrong_passphrase()
    magic, version, made_by, memory_kib, time, lanes, salt = _HEAD.unpack(head)
    cost = Cost(memory_kib, time, lanes)
    if (magic, version, made_by) != (MAGIC, VERSION, kind) or (kind == _ARGON2 and not cost.is_sane):
        raise wrong_passphrase()
    return head, cost, salt, locked


def _open(key: bytes, locked: bytes, bound_to: bytes) -> bytes:
    try:
        return sealing.unlock(key, locked, bound_to=bound_to)
    except sealing.SealError:
        raise wrong_passphrase() from None


def _recovery_secret(recovery_key: str, salt: bytes) -> bytes:
    secret = words.recovery_bytes(recovery_key)
    if secret is None:
        raise wrong_passphrase()
    return sealing.derive(secret, salt=salt, purpose=b"waywatch recovery v1")


def _has_words(text: str) -> bool:
    found = {word for word in re.split(r"[\W_]+", text.casefold()) if len(word) >= WORD_LETTERS}
    return len(found) >= FEWEST_WORDS


def _letters(text: str) -> str:
    return "".join(char for char in normal(text).casefold() if char.isalnum())


def _is_easily_guessed(letters: str, own: list[str]) -> bool:
    """Tell whether little is left of a passphrase once what everybody knows and the owner's own names are taken out."""
    if letters in KNOWN_PHRASES or len(set(letters)) < FEWEST_CHARACTERS or _repeats(letters):
        return True
    for name in own:
        letters = letters.replace(name, "") if len(name) >= WORD_LETTERS else letters
    bare = letters.strip("0123456789")
    return len(bare) <= WORD_LETTERS or bare in _common() or any(bare in run for run in RUNS)


def _repeats(letters: str) -> bool:
    """Tell whether a text is one short part over and over."""
    return letters in (letters + letters)[1:-1]


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
