"""Keys in a form that people can read to each other: fingerprint words, and a printed recovery key."""

import base64
import hashlib
import os
import re
from functools import lru_cache
from pathlib import Path

WORDS_FILE = Path(__file__).parent / "static" / "vault" / "words.txt"
FINGERPRINT_WORDS = (
    8  # of 11 bits each: 88 bits, far out of reach for somebody who tries to make a key with the same words
)
BITS = 11
RECOVERY_BYTES = 20  # 160 random bits
GROUP = 4
_LOOKS_LIKE = str.maketrans({"0": "O", "1": "I", "8": "B"})
_BASE32 = re.compile("[A-Z2-7]{32}")


@lru_cache(maxsize=1)
def word_list() -> tuple[str, ...]:
    """Return the 2,048 English words of BIP 39, in their order. Each is known by its first four letters."""
    return tuple(WORDS_FILE.read_text(encoding="ascii").split())


def fingerprint(public: bytes) -> str:
    """Return eight words that stand for a public key. Two people who hear the same words look at the same key."""
    digest = int.from_bytes(hashlib.sha256(b"waywatch fingerprint v1\0" + public).digest())
    numbers = (digest >> (256 - BITS * place) & 2**BITS - 1 for place in range(1, FINGERPRINT_WORDS + 1))
    return " ".join(word_list()[number] for number in numbers)


def new_recovery_key() -> str:
    """Return 160 random bits in eight groups of four letters and digits, to be printed and put away."""
    text = base64.b32encode(os.urandom(RECOVERY_BYTES)).decode()
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def recovery_bytes(typed: str) -> bytes | None:
    """Return the bits of a recovery key however it was typed (case, spaces, hyphens, 0 for O, 1 for I, 8 for B); None where it is none."""
    text = re.sub(r"[\s\-]", "", typed).upper().translate(_LOOKS_LIKE)
    return base64.b32decode(text) if _BASE32.fullmatch(text) else None
