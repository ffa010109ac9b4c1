"""Sealing as RFC 9180 and decision 0008 say, and nothing that was changed opens."""

import pytest
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given
from hypothesis import strategies as st

from waywatch.vault import sealing
from waywatch.vault.sealing import SealError

# RFC 9180, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, base mode: appendix A.3.1 (AES-128-GCM), and the same of the RFC's list of test
# vectors for our AEAD (AES-256-GCM).
INFO = bytes.fromhex("4f6465206f6e2061204772656369616e2055726e")
PLAINTEXT = b"Beauty is truth, truth beauty"
A_3_1 = {
    "private": "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2",
    "public": "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128a"
    "afd68a2ce72ea0",
    "enc": "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb938"
    "2657222d18c4",
    "ct": "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434",
}
OURS = {
    "private": "317f915db7bc629c48fe765587897e01e282d3e8445f79f27f65d031a88082b2",
    "public": "04abc7e49a4c6b3566d77d0304addc6ed0e98512ffccf505e6a8e3eb25c685136f853148544876de76c0f2ef99cdc3a05ccf5ded7860c7c02123"
    "8f9e2073d2356c",
    "enc": "04c06b4f6bebc7bb495cb797ab753f911aff80aefb86fd8b6fcc35525f3ab5f03e0b21bd31a86c6048af3cb2d98e0d3bf01da5cc4c39ff5370d331"
    "a4f1f7d5a4e0",
    "ct": "58c61a45059d0c5704560e9d88b564a8b63f1364b8d1fcb3c4c6ddc1d291742465e902cd216f8908da49f8f96f",
    "key": "ee16802a936d5f544771131900ee6973d0551de9e852ece2ef34bf0d5f9e1d1d",
    "nonce": "9bc50980832a7b4b58c40161",
}
OWN_VECTOR = (
    "04fb9f879513ea4f5d591db5fdaaa832b26634b934129f7c4500013feadd2775dea13af46d075ae6643f062bea7aec2506dc2b9862b941"
    "bb9a8007e20317b846943e86a10060f1ce9bca353796f58995e4720092dccbe90ee86b3c5253"
)
KEY = sealing.new_key_pair()
SEALED = sealing.seal(KEY.public, b"at the pumps", info=b"tip v1")


def b(vector: dict[str, str], name: str) -> bytes:
    return bytes.fromhex(vector[name])


@pytest.mark.parametrize(("vector", "aead"), [(A_3_1, AEAD.AES_128_GCM), (OURS, AEAD.AES_256_GCM)])
def test_the_library_opens_what_the_rfc_sealed(vector: dict[str, str], aead: AEAD) -> None:
    """The vectors have associated data, which the library's public call does not take: so its own test hook is asked."""
    suite = Suite(KEM.P256, KDF.HKDF_SHA256, aead)
    key = ec.derive_private_key(int(vector["private"], 16), ec.SECP256R1())
    opened = openssl.hpke._decrypt_with_aad(suite, b(vector, "enc") + b(vector, "ct"), key, INFO, b"Count-0")
    assert opened == PLAINTEXT


def test_we_open_what_is_sealed_under_the_key_and_nonce_of_the_rfc() -> None:
    """The same key schedule as the RFC's, met through our own function: without associated data."""
    sealed = b(OURS, "enc") + AESGCM(b(OURS, "key")).encrypt(b(OURS, "nonce"), PLAINTEXT, None)
    assert sealing.open_sealed(b(OURS, "private"), sealed, info=INFO) == PLAINTEXT


def test_a_text_sealed_once_opens_for_ever() -> None:
    """Our own vector: made by this module in 2026. It guards against a silent change of the form."""
    assert (
        sealing.open_sealed(b(OURS, "private"), bytes.fromhex(OWN_VECTOR), info=b"waywatch test v1") == b"a fixed text"
    )


@pytest.mark.parametrize("vector", [A_3_1, OURS])
def test_keys_are_encoded_as_the_rfc_encodes_them(vector: dict[str, str]) -> None:
    assert sealing.public_of(b(vector, "private")) == b(vector, "public")


def test_what_is_sealed_opens_and_is_as_long_as_promised() -> None:
    assert sealing.open_sealed(KEY.private, SEALED, info=b"tip v1") == b"at the pumps"
    assert len(SEALED) == len(b"at the pumps") + sealing.OVERHEAD == len(b"at the pumps") + 81
    assert sealing.seal(KEY.public, b"at the pumps", info=b"tip v1") != SEALED


@given(st.integers(0, len(SEALED) * 8 - 1))
def test_any_changed_bit_is_refused(place: int) -> None:
    changed = bytearray(SEALED)
    changed[place // 8] ^= 1 << place % 8
    with pytest.raises(SealError):
        sealing.open_sealed(KEY.private, bytes(changed), info=b"tip v1")


@given(st.binary(max_size=200).filter(lambda info: info != b"tip v1"))
def test_any_other_info_is_refused(info: bytes) -> None:
    with pytest.raises(SealError):
        sealing.open_sealed(KEY.private, SEALED, info=info)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_opened_and_nothing_else_happens(sealed: bytes) -> None:
    with pytest.raises(SealError):
        sealing.open_sealed(KEY.private, sealed, info=b"tip v1")


@pytest.mark.parametrize("cut", [slice(0, -1), slice(1, None), slice(0, 80), slice(0, 0)])
def test_a_cut_text_is_refused(cut: slice) -> None:
    with pytest.raises(SealError):
        sealing.open_sealed(KEY.private, SEALED[cut], info=b"tip v1")
    with pytest.raises(SealError):
        sealing.open_sealed(KEY.private, SEALED + b"\0", info=b"tip v1")


def test_another_key_opens_nothing() -> None:
    with pytest.raises(SealError):
        sealing.open_sealed(sealing.new_key_pair().private, SEALED, info=b"tip v1")


@pytest.mark.parametrize(
    "public",
    [b"", b"\x04" * 64, b"\x04" * 65, b"\x02" + KEY.public[1:33], b"\x05" + KEY.public[1:], KEY.public + b"\0"],
    ids=["empty", "short", "off the curve", "compressed", "of another kind", "with one byte more"],
)
def test_what_is_no_point_is_no_public_key(public: bytes) -> None:
    assert not sealing.is_public_key(public)
    with pytest.raises(SealError):
        sealing.seal(public, b"x", info=b"")


@pytest.mark.parametrize(
    "private",
    [b"", bytes(32), b"\xff" * 32, sealing.ORDER.to_bytes(32), b"\1" * 31],
    ids=["empty", "zero", "too large", "the order", "short"],
)
def test_what_is_no_scalar_is_no_private_key(private: bytes) -> None:
    with pytest.raises(SealError):
        sealing.public_of(private)


def test_a_private_key_stands_in_no_representation() -> None:
    assert KEY.private.hex() not in repr(KEY)
    assert repr(KEY.private) not in repr(KEY)


@given(st.binary(max_size=64 * 1024 - 4))
def test_padding_comes_off_again_and_hides_the_length(content: bytes) -> None:
    padded = sealing.pad(content)
    assert sealing.unpad(padded) == content
    assert len(padded) == min(size for size in sealing.SIZES if size >= len(content) + 4)


def test_the_sizes_are_those_of_the_decision() -> None:
    assert sealing.SIZES == (2048, 4096, 8192, 16384, 32768, 65536)
    assert len(sealing.pad(b"x" * 2044)) == 2048
    assert len(sealing.pad(b"x" * 2045)) == 4096
    with pytest.raises(SealError):
        sealing.pad(b"x" * (64 * 1024 - 3))


@given(st.integers(4 + 12, 2047), st.integers(1, 255))
def test_a_fill_that_is_not_zero_is_refused(place: int, value: int) -> None:
    padded = bytearray(sealing.pad(b"at the pumps"))
    padded[place] = value
    with pytest.raises(SealError):
        sealing.unpad(bytes(padded))


@given(st.binary(max_size=3000))
def test_no_other_form_comes_off(padded: bytes) -> None:
    with pytest.raises(SealError):
        sealing.unpad(padded)


def test_a_larger_size_than_needed_and_a_length_beyond_the_end_are_refused() -> None:
    for padded in (sealing.pad(b"x").ljust(4096, b"\0"), b"\0\0\x08\0".ljust(2048, b"\0"), b"\xff" * 2048):
        with pytest.raises(SealError):
            sealing.unpad(padded)


def test_a_signature_has_the_form_of_webcrypto_and_holds() -> None:
    signature = sealing.sign(KEY.private, b"a list")
    assert len(signature) == 64
    assert sealing.is_signed_by(KEY.public, signature, b"a list")
    assert not sealing.is_signed_by(KEY.public, signature, b"a longer list")
    assert not sealing.is_signed_by(sealing.new_key_pair().public, signature, b"a list")


@given(st.integers(0, 511))
def test_a_changed_signature_does_not_hold(place: int) -> None:
    changed = bytearray(sealing.sign(KEY.private, b"a list"))
    changed[place // 8] ^= 1 << place % 8
    assert not sealing.is_signed_by(KEY.public, bytes(changed), b"a list")


@given(st.binary(max_size=80))
def test_no_bytes_are_a_signature(signature: bytes) -> None:
    assert not sealing.is_signed_by(KEY.public, signature, b"a list")
    assert not sealing.is_signed_by(signature, bytes(64), b"a list")


def test_a_key_from_a_secret_is_always_the_same_and_another_for_each_purpose() -> None:
    first = sealing.key_pair_from(b"secret", salt=b"s", purpose=b"receipt")
    assert first == sealing.key_pair_from(b"secret", salt=b"s", purpose=b"receipt")
    assert first.public != sealing.key_pair_from(b"secret", salt=b"s", purpose=b"other").public
    assert first.public != sealing.key_pair_from(b"secret2", salt=b"s", purpose=b"receipt").public
    assert sealing.public_of(first.private) == first.public


def test_a_locked_text_opens_with_its_key_and_its_binding_only() -> None:
    key = bytes(range(32))
    locked = sealing.lock(key, b"words", bound_to=b"row 1")
    assert sealing.unlock(key, locked, bound_to=b"row 1") == b"words"
    for other, text, bound in (
        (bytes(32), locked, b"row 1"),
        (key, locked, b"row 2"),
        (key, b"", b""),
        (b"", locked, b"row 1"),
    ):
        with pytest.raises(SealError):
            sealing.unlock(other, text, bound_to=bound)
