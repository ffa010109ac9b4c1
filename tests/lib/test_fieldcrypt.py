"""Fields at rest: only the right purpose and the right key open them."""

import pytest
from django.test import override_settings

from waywatch.lib.fieldcrypt import UnreadableError, decrypt, encrypt

OLD, NEW = "o" * 50, "n" * 50


def test_a_text_comes_back_and_is_not_readable_at_rest() -> None:
    token = encrypt("canary é", purpose="tests.one")
    assert decrypt(token, purpose="tests.one") == "canary é"
    assert decrypt(memoryview(token), purpose="tests.one") == "canary é"
    assert b"canary" not in token
    assert encrypt("canary é", purpose="tests.one") != token


def test_another_purpose_does_not_open_it() -> None:
    token = encrypt("canary", purpose="tests.one")
    with pytest.raises(UnreadableError):
        decrypt(token, purpose="tests.two")


@pytest.mark.parametrize("token", [b"", b"x", b"gAAAAA"])
def test_nonsense_is_refused(token: bytes) -> None:
    with pytest.raises(UnreadableError):
        decrypt(token, purpose="tests.one")


def test_a_changed_byte_is_refused() -> None:
    token = bytearray(encrypt("canary", purpose="tests.one"))
    token[-5] ^= 1
    with pytest.raises(UnreadableError):
        decrypt(bytes(token), purpose="tests.one")


def test_the_key_can_be_changed() -> None:
    with override_settings(SECRET_KEY=OLD):
        token = encrypt("canary", purpose="tests.one")
    with override_settings(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=[OLD]):
        assert decrypt(token, purpose="tests.one") == "canary"
        fresh = encrypt("canary", purpose="tests.one")
    with override_settings(SECRET_KEY=NEW):
        assert decrypt(fresh, purpose="tests.one") == "canary"
        with pytest.raises(UnreadableError):
            decrypt(token, purpose="tests.one")
