"""One form of envelope, and every other byte string is refused."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tips.sealed import SIZES, Sending, kept
from waywatch.tips.envelope import EnvelopeError, read_envelope
from waywatch.vault import sealing

KEY = sealing.new_key_pair()
RING = uuid.UUID("0d000000-0000-4000-8000-00000000de5c")


def sent(**changed: Any) -> Sending:
    return Sending(RING, KEY.public, **changed)


GOOD = sent(tip_id=uuid.UUID("5c1f0c0a-8e0e-4d0c-9d5a-3f1f0a7b1c2d"), token=bytes(range(32)))
RAW = GOOD.raw()


def test_every_part_is_read() -> None:
    found = read_envelope(RAW)
    assert (found.tip_id, found.keyring_id, found.key_version) == (GOOD.tip_id, RING, 1)
    assert (found.region, found.urgency, found.hour, found.token) == ("US-TX", 1, 490_000, bytes(range(32)))
    assert (found.header, found.sealed, found.size) == (kept(RAW)[:87], RAW[87:], 2048)


def test_what_the_header_says_is_bound_to_the_content() -> None:
    found = read_envelope(RAW)
    assert sealing.open_sealed(KEY.private, found.sealed, info=found.info)[:4] != b"\0\0\0\0"
    moved = bytearray(RAW)
    moved[46] = 3  # another urgency
    other = read_envelope(bytes(moved))
    with pytest.raises(sealing.SealError):
        sealing.open_sealed(KEY.private, other.sealed, info=other.info)


def test_what_is_kept_opens_and_holds_no_token() -> None:
    stored = read_envelope(RAW).kept
    again = read_envelope(stored, is_kept=True)
    assert (again.kept, again.info) == (stored, read_envelope(RAW).info)
    assert bytes(range(32)) not in stored
    assert sealing.open_sealed(KEY.private, again.sealed, info=again.info)


@pytest.mark.parametrize("size", SIZES)
def test_each_of_the_six_sizes_is_taken(size: int) -> None:
    assert read_envelope(GOOD.around(bytes(size))).size == size


@pytest.mark.parametrize("size", [0, 1, 2047, 2049, 65535, 65537, 131072])
def test_no_other_size_is_taken(size: int) -> None:
    with pytest.raises(EnvelopeError):
        read_envelope(GOOD.around(bytes(size)))


@pytest.mark.parametrize("region", [b"\0\0\0\0\0\0", b"CA-AB\0", b"US-TX\0"])
def test_a_place_is_a_code_or_not_known(region: bytes) -> None:
    assert read_envelope(sent(region=region).raw()).region == region.rstrip(b"\0").decode()


WRONG = {
    "another magic": {"magic": b"WWT\x02"},
    "a header of another system": {"magic": b"----"},
    "a tip id of another version": {"tip_id": uuid.UUID("5c1f0c0a-8e0e-1d0c-9d5a-3f1f0a7b1c2d")},
    "a tip id of another variant": {"tip_id": uuid.UUID("5c1f0c0a-8e0e-4d0c-1d5a-3f1f0a7b1c2d")},
    "key version nought": {"version": 0},
    "a key version that no table holds": {"version": 2**31},
    "urgency nought": {"urgency": 0},
    "urgency four": {"urgency": 4},
    "an hour that no table holds": {"hour": 2**31},
    "small letters": {"region": b"us-tx\0"},
    "a zero within": {"region": b"US\0TX\0"},
    "no dash": {"region": b"USTX\0\0"},
    "not ASCII": {"region": b"US-T\xc3\0"},
    "markup": {"region": b"<a-b>\0"},
}


@pytest.mark.parametrize("what", WRONG)
def test_a_part_out_of_range_is_refused(what: str) -> None:
    with pytest.raises(EnvelopeError):
        read_envelope(sent(**WRONG[what]).raw())


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"-----BEGIN PGP MESSAGE-----\n\nfour people in one van\n-----END PGP MESSAGE-----\n",
        b'{"where": "at the pumps"}',
        RAW[:-1],
        RAW[:87],
        RAW + b"\0",
        RAW[:87] + b"\x02" + RAW[88:],
        RAW[:83] + (2048).to_bytes(4, "big") + RAW[87:],
    ],
    ids=["nothing", "pgp", "json", "cut", "header only", "a byte more", "no point", "another length"],
)
def test_what_only_looks_like_one_is_refused(raw: bytes) -> None:
    with pytest.raises(EnvelopeError):
        read_envelope(raw)


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    with pytest.raises(EnvelopeError):
        read_envelope(raw)


@given(st.integers(0, 86), st.integers(0, 255))
def test_a_changed_header_is_refused_or_says_what_its_bytes_say(place: int, byte: int) -> None:
    """Two byte strings never give the same envelope."""
    changed = bytearray(RAW)
    changed[place] = byte
    try:
        found = read_envelope(bytes(changed))
    except EnvelopeError:
        return
    assert found.kept == kept(bytes(changed))
    assert (found == read_envelope(RAW)) is (bytes(changed) == RAW)
