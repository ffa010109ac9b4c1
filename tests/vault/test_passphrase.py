"""Wraps under a passphrase and a recovery key, fingerprint words, and which passphrases are taken."""

import hashlib
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waywatch.vault import passphrase, sealing, words
from waywatch.vault.errors import WeakPassphraseError, WrongPassphraseError
from waywatch.vault.passphrase import Cost

PRIVATE = sealing.new_key_pair().private
PHRASE = "gravel lantern orchard seven"
OWN_ARGON2 = "2c0746d1f5ce3aeb4de81a89352888832e578c841bb907c279b92461d91c1638"
OWN_FINGERPRINT = "excuse truck pupil flip mesh proof beach entire"


@pytest.fixture(scope="module")
def wrapped() -> bytes:
    return passphrase.wrap(PRIVATE, PHRASE, belongs_to=b"owner")


@pytest.fixture(scope="module")
def recovery_key() -> str:
    return words.new_recovery_key()


@pytest.fixture(scope="module")
def by_recovery(recovery_key: str) -> bytes:
    return passphrase.wrap_for_recovery(PRIVATE, recovery_key, belongs_to=b"owner")


def test_a_guess_costs_64_mib_and_three_passes() -> None:
    assert Cost() == Cost(memory_kib=65536, time=3, lanes=1)


def test_argon2id_is_that_of_the_rfc_library_and_slow_enough() -> None:
    """Fixed here once; the library's own tests hold it to RFC 9106."""
    made = passphrase.argon2id(PHRASE, b"0123456789abcdef", Cost(64, 1, 1))
    assert made.hex() == OWN_ARGON2


def test_the_right_passphrase_opens_it_however_it_is_typed(wrapped: bytes) -> None:
    assert passphrase.unwrap(wrapped, PHRASE, belongs_to=b"owner") == PRIVATE
    assert passphrase.unwrap(wrapped, f"  {PHRASE.replace(' ', '   ')} ", belongs_to=b"owner") == PRIVATE


@given(st.text(max_size=60).filter(lambda text: passphrase.normal(text) != PHRASE))
@settings(max_examples=40, deadline=None)
def test_no_other_passphrase_opens_it(wrapped: bytes, other: str) -> None:
    with pytest.raises(WrongPassphraseError):
        passphrase.unwrap(wrapped, other, belongs_to=b"owner")


def test_it_opens_for_its_owner_only(wrapped: bytes) -> None:
    with pytest.raises(WrongPassphraseError):
        passphrase.unwrap(wrapped, PHRASE, belongs_to=b"somebody else")


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_changed_byte_of_a_wrap_is_refused(wrapped: bytes, data: st.DataObject) -> None:
    """Salt, nonce, ciphertext, and the stored cost: a changed cost is not even tried where it would fill the memory."""
    place = data.draw(st.integers(0, len(wrapped) - 1))
    changed = bytearray(wrapped)
    changed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(WrongPassphraseError):
        passphrase.unwrap(bytes(changed), PHRASE, belongs_to=b"owner")


@given(st.binary(max_size=120))
def test_no_bytes_are_a_wrap(wrapped: bytes) -> None:
    with pytest.raises(WrongPassphraseError):
        passphrase.unwrap(wrapped, PHRASE, belongs_to=b"owner")


def test_a_stored_cost_that_would_fill_the_memory_is_not_tried(wrapped: bytes) -> None:
    changed = wrapped[:5] + (2**31).to_bytes(4) + wrapped[9:]
    with pytest.raises(WrongPassphraseError):
        passphrase.unwrap(changed, PHRASE, belongs_to=b"owner")


@pytest.mark.parametrize(
    "typed", [str, str.lower, lambda key: key.replace("-", " "), lambda key: key.replace("O", "0")]
)
def test_a_recovery_key_opens_it_however_it_is_typed(by_recovery: bytes, recovery_key: str, typed: type[str]) -> None:
    assert passphrase.unwrap_by_recovery(by_recovery, typed(recovery_key), belongs_to=b"owner") == PRIVATE


def test_another_recovery_key_and_no_recovery_key_open_nothing(by_recovery: bytes) -> None:
    for typed in (words.new_recovery_key(), "", "ABCD", PHRASE):
        with pytest.raises(WrongPassphraseError):
            passphrase.unwrap_by_recovery(by_recovery, typed, belongs_to=b"owner")


def test_a_wrap_of_one_kind_is_none_of_the_other(wrapped: bytes, by_recovery: bytes, recovery_key: str) -> None:
    with pytest.raises(WrongPassphraseError):
        passphrase.unwrap_by_recovery(wrapped, recovery_key, belongs_to=b"owner")
    with pytest.raises(WrongPassphraseError):
        passphrase.unwrap(by_recovery, recovery_key, belongs_to=b"owner")


def test_a_recovery_key_has_160_bits_in_groups_of_four() -> None:
    key = words.new_recovery_key()
    assert [len(group) for group in key.split("-")] == [4] * 8
    bits = words.recovery_bytes(key)
    assert bits is not None
    assert len(bits) == 20
    assert words.new_recovery_key() != key


@pytest.mark.parametrize(
    "good",
    [
        "gravel lantern orchard seven",
        "Vf9!kk2#mmPq7z",
        "vier rote Äpfel fallen",
        "el río corre despacio hoy",
        "hat pen cup sky",
    ],
)
def test_good_passphrases_are_taken(good: str) -> None:
    passphrase.check_passphrase(good, about="Ruth Abara ruth.abara@example.org")


@pytest.mark.parametrize(
    ("weak", "why"),
    [
        ("", "short"),
        ("lantern", "short"),
        ("a b c d", "short"),
        ("one one one one", "easy"),
        ("password1234567", "easy"),
        ("12345678901234567890", "easy"),
        ("aaaaaaaaaaaaaaaaaaaa", "easy"),
        ("abcabcabcabcabcabc", "easy"),
        ("correct horse battery staple", "easy"),
        ("qwertyuiopasdfgh", "easy"),
        ("abcdefghijklmnop", "easy"),
        ("ruth abara example org", "easy"),
        ("Ruth.Abara@example.org", "easy"),
        ("ruthabara20261", "easy"),
        ("x" * 1001, "long"),
    ],
)
def test_weak_passphrases_are_refused_with_a_sentence(weak: str, why: str) -> None:
    with pytest.raises(WeakPassphraseError, match=why) as refusal:
        passphrase.check_passphrase(weak, about="Ruth Abara ruth.abara@example.org")
    assert refusal.value.field == "passphrase"


@given(st.text(alphabet=string.ascii_letters + string.digits + " äñß!?", max_size=13))
def test_nothing_short_is_ever_taken(text: str) -> None:
    with pytest.raises(WeakPassphraseError):
        passphrase.check_passphrase(text)


@given(st.text(max_size=200))
def test_any_text_is_taken_or_refused_and_nothing_else_happens(text: str) -> None:
    try:
        passphrase.check_passphrase(text)
    except WeakPassphraseError:
        pass


def test_the_words_are_those_of_bip_39() -> None:
    digest = hashlib.sha256(words.WORDS_FILE.read_bytes()).hexdigest()
    assert digest == "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
    assert len(words.word_list()) == len({word[:4] for word in words.word_list()}) == 2048


def test_a_fingerprint_is_eight_words_of_the_key() -> None:
    key = bytes.fromhex("04" + "11" * 64)
    assert words.fingerprint(key) == OWN_FINGERPRINT
    assert len(OWN_FINGERPRINT.split()) == 8


@given(st.integers(0, 65 * 8 - 1))
def test_another_key_has_another_fingerprint(place: int) -> None:
    changed = bytearray(bytes.fromhex("04" + "11" * 64))
    changed[place // 8] ^= 1 << place % 8
    assert words.fingerprint(bytes(changed)) != OWN_FINGERPRINT
