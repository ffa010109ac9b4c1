"""Sealing to a public key, opening, signing: the one module that calls asymmetric cryptography. Decision 0008 is its contract.

HPKE (RFC 9180), base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Keys travel as bytes: a public key as the 65 bytes of
an uncompressed point, a private key as the 32 bytes of its scalar, a signature as the 64 bytes r || s (WebCrypto's form).
"""

import os
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PUBLIC_LENGTH = 65
PRIVATE_LENGTH = 32
SIGNATURE_LENGTH = 64
OVERHEAD = PUBLIC_LENGTH + 16  # `enc` and the tag
NONCE_LENGTH = 12
SIZES = tuple(kib * 1024 for kib in (2, 4, 8, 16, 32, 64))
LENGTH_BYTES = 4
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (SEC 2, 2.4.2)

_CURVE = ec.SECP256R1()
_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class SealError(ValueError):
    """Something cannot be opened: another key, another purpose, or a changed byte. It never says which."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A key pair on P-256. The private part stays out of every representation."""

    public: bytes
    private: bytes = field(repr=False)


def new_key_pair() -> KeyPair:
    """Return a fresh key pair."""
    return _pair(ec.generate_private_key(_CURVE))


def key_pair_from(secret: bytes, *, salt: bytes, purpose: bytes) -> KeyPair:
    """Return the one key pair that `secret` gives for a purpose: HKDF-SHA256 to 48 bytes, reduced to a scalar from 1 to n - 1.

    48 bytes against 32 of the order leave no bias worth naming (FIPS 186-5, A.2.1).
    """
    wide = int.from_bytes(derive(secret, salt=salt, purpose=purpose, length=48))
    return _pair(ec.derive_private_key(wide % (ORDER - 1) + 1, _CURVE))


def public_of(private: bytes) -> bytes:
    """Return the public key of a private one. Raises SealError where it is none."""
    return _public_bytes(_private_key(private).public_key())


def is_public_key(public: bytes) -> bool:
    """Tell whether these bytes are an uncompressed point of the curve."""
    try:
        _public_key(public)
    except SealError:
        return False
    return True


def seal(public: bytes, plaintext: bytes, *, info: bytes) -> bytes:
    """Return `plaintext` sealed to a public key: 65 bytes of `enc`, then the ciphertext with its tag. `info` must be the same to open."""
    return _SUITE.encrypt(plaintext, _public_key(public), info)


def open_sealed(private: bytes, sealed: bytes, *, info: bytes) -> bytes:
    """Return what was sealed to the public key of `private` with the same `info`. Raises SealError."""
    if len(sealed) < OVERHEAD or sealed[0] != 4:  # noqa: PLR2004 - how an uncompressed point begins
        raise SealError("This is not a sealed text.")
    try:
        return _SUITE.decrypt(sealed, _private_key(private), info)
    except (InvalidTag, ValueError):
        raise SealError("This cannot be opened with this key.") from None


def sign(private: bytes, message: bytes) -> bytes:
    """Return the ECDSA signature (P-256, SHA-256) of `message` as r || s."""
    r, s = decode_dss_signature(_private_key(private).sign(message, ec.ECDSA(SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def is_signed_by(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether `signature` is that of the holder of `public` over exactly this message."""
    if len(signature) != SIGNATURE_LENGTH:
        return False
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    try:
        _public_key(public).verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except (InvalidSignature, SealError, ValueError):
        return False
    return True


def pad(content: bytes, *, smallest: int = SIZES[0]) -> bytes:
    """Return `content` behind its length, filled with zeros up to the first of the six sizes, from `smallest` on, that holds it.

    Raises SealError where it is too long.
    """
    size = next((size for size in SIZES if max(len(content) + LENGTH_BYTES, smallest) <= size), None)
    if size is None:
        raise SealError("This is too long to be sealed.")
    return (len(content).to_bytes(LENGTH_BYTES) + content).ljust(size, b"\0")


def unpad(padded: bytes, *, smallest: int = SIZES[0]) -> bytes:
    """Return what `pad` was given. Raises SealError for every other form: another size or length, a fill that is not zero."""
    length = int.from_bytes(padded[:LENGTH_BYTES])
    content = padded[LENGTH_BYTES : LENGTH_BYTES + length]
    if len(padded) not in SIZES or len(content) != length or pad(content, smallest=smallest) != padded:
        raise SealError("The content is not of the form that it must have.")
    return content


def derive(secret: bytes, *, salt: bytes, purpose: bytes, length: int = 32) -> bytes:
    """Return a key for one purpose from a secret that is random already (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=purpose).derive(secret)


def lock(key: bytes, plaintext: bytes, *, bound_to: bytes) -> bytes:
    """Return `plaintext` under a symmetric key (AES-256-GCM): 12 bytes of nonce, then the ciphertext with its tag."""
    nonce = os.urandom(NONCE_LENGTH)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, bound_to)


def unlock(key: bytes, locked: bytes, *, bound_to: bytes) -> bytes:
    """Return what `lock` was given with the same key and the same `bound_to`. Raises SealError."""
    try:
        return AESGCM(key).decrypt(locked[:NONCE_LENGTH], locked[NONCE_LENGTH:], bound_to)
    except (InvalidTag, ValueError):
        raise SealError("This cannot be opened with this key.") from None


def _pair(key: ec.EllipticCurvePrivateKey) -> KeyPair:
    return KeyPair(_public_bytes(key.public_key()), key.private_numbers().private_value.to_bytes(PRIVATE_LENGTH))


def _public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    numbers = key.public_numbers()
    return b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)


@lru_cache(maxsize=256)
def _public_key(public: bytes) -> ec.EllipticCurvePublicKey:
    if len(public) != PUBLIC_LENGTH:
        raise SealError("This is not a public key.")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public)
    except ValueError:
        raise SealError("This is not a public key.") from None


def _private_key(private: bytes) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(private)
    if len(private) != PRIVATE_LENGTH or not 1 <= number < ORDER:
        raise SealError("This is not a private key.")
    return ec.derive_private_key(number, _CURVE)
