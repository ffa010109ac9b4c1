"""Passkeys without a browser: the right answer works, and what nobody can read is refused in words."""

import inspect
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.base import views as base_views
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views
from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY
from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from fido2 import cbor
from fido2.utils import websafe_decode, websafe_encode

from tests.accounts.passkeys import Passkey
from tests.cast import PASSWORD, Member

ADD, LOGIN = "/account/2fa/webauthn/add/", "/account/2fa/webauthn/login/"
CODE, AGAIN = "/account/2fa/authenticate/", "/account/2fa/webauthn/reauthenticate/"
SENTENCE = "This passkey gave no answer that can be used."

UNREADABLE = [
    "[" * 100_000,
    "9" * 5000,
    "[]",
    '"text"',
    "7",
    "{}",
    "{",
    "NaN",
    '{"rawId": "AA", "id": "BB"}',
    '{"rawId": 1, "response": []}',
    '{"rawId": "AA", "response": {}}',
    '{"rawId": "AA", "response": {"userHandle": 5}, "type": []}',
]


def challenge_of(client: Client, page: str) -> str:
    client.get(page, headers={"accept": "application/json" if page == LOGIN else "text/html"})
    return str(client.session[STATE_SESSION_KEY]["challenge"])


@pytest.fixture
def proved(coordinator: Member, sign_in: Callable[[Member], Client]) -> Client:
    """The coordinator's browser, with the password typed just now."""
    client = sign_in(coordinator)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def add(client: Client, answer: Any, name: str = "Blue key") -> HttpResponse:
    return client.post(ADD, {"name": name, "credential": answer if isinstance(answer, str) else json.dumps(answer)})


def test_a_passkey_is_added_and_signs_in(proved: Client, guest: Client, coordinator: Member) -> None:
    key = Passkey()
    assert add(proved, key.registers(challenge_of(proved, ADD))).status_code == 302
    answer = key.signs(challenge_of(guest, LOGIN), coordinator.account)
    assert guest.post(LOGIN, {"credential": json.dumps(answer)}).status_code == 302
    assert guest.session["_auth_user_id"] == str(coordinator.account.pk)


def test_no_more_is_kept_of_a_passkey_than_is_read_again(proved: Client, coordinator: Member) -> None:
    answer = Passkey().registers(challenge_of(proved, ADD))
    more = {"more": "\x00\ud800", "clientExtensionResults": {"credProps": {"rk": True, "a": float("nan")}}}
    assert add(proved, answer | more).status_code == 302
    kept = Authenticator.objects.get(user=coordinator.account, type="webauthn").data["credential"]
    assert kept == answer


@pytest.mark.parametrize("results", [[], {"credProps": []}, None, "text"])
def test_a_passkey_that_no_page_could_show_is_not_kept(proved: Client, coordinator: Member, results: Any) -> None:
    answer = Passkey().registers(challenge_of(proved, ADD)) | {"clientExtensionResults": results}
    assert add(proved, answer).context["form"].errors
    assert not Authenticator.objects.filter(user=coordinator.account, type="webauthn").exists()


@pytest.mark.parametrize("name", ["a\u202eb", "a" * 101])
def test_a_name_that_hides_something_or_has_no_end_is_refused(proved: Client, coordinator: Member, name: str) -> None:
    answer = Passkey().registers(challenge_of(proved, ADD))
    assert add(proved, answer, name).status_code == 200
    key = Passkey().belongs_to(coordinator.account)
    assert proved.post(f"/account/2fa/webauthn/keys/{key.pk}/edit/", {"name": name}).status_code == 200
    assert Authenticator.objects.get(user=coordinator.account, type="webauthn").data["name"] == "Key"


@pytest.mark.parametrize("answer", UNREADABLE)
def test_an_answer_that_cannot_be_read_adds_nothing(proved: Client, coordinator: Member, answer: str) -> None:
    challenge_of(proved, ADD)
    page = add(proved, answer)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert "[[[[" not in page.content.decode()
    assert not Authenticator.objects.filter(user=coordinator.account, type="webauthn").exists()


def without_its_key(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer whose authenticator data says nothing of a key."""
    made = cbor.decode(websafe_decode(answer["response"]["attestationObject"]))
    made["authData"] = made["authData"][:32] + bytes([0x05]) + made["authData"][33:37]
    return answer | {"response": answer["response"] | {"attestationObject": websafe_encode(cbor.encode(made))}}


def with_another_kind_of_key(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer whose key is of a kind that nobody knows."""
    raw = websafe_decode(answer["response"]["attestationObject"]).replace(b"\x03\x26", b"\x03\x18\x99")
    return answer | {"response": answer["response"] | {"attestationObject": websafe_encode(raw)}}


@pytest.mark.parametrize("spoil", [without_its_key, with_another_kind_of_key])
def test_a_registration_without_a_usable_key_adds_nothing(
    proved: Client, coordinator: Member, spoil: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    answer = spoil(Passkey().registers(challenge_of(proved, ADD)))
    assert add(proved, answer).context["form"].errors
    assert not Authenticator.objects.filter(user=coordinator.account, type="webauthn").exists()


@pytest.mark.parametrize("answer", UNREADABLE)
def test_an_answer_that_cannot_be_read_signs_nobody_in(guest: Client, coordinator: Member, answer: str) -> None:
    Passkey().belongs_to(coordinator.account)
    challenge_of(guest, LOGIN)
    told = guest.post(LOGIN, {"credential": answer})
    assert (told.status_code, told["Location"]) == (302, "/account/login/")
    assert [str(message) for message in get_messages(told.wsgi_request)] != []
    guest.post("/account/login/", {"login": coordinator.account.email, "password": PASSWORD})
    challenge_of(guest, CODE)
    assert guest.post(CODE, {"credential": answer}).status_code == 200
    assert "_auth_user_id" not in guest.session


@pytest.mark.parametrize("answer", UNREADABLE)
def test_an_answer_that_cannot_be_read_proves_nothing(
    coordinator: Member, sign_in: Callable[[Member], Client], answer: str
) -> None:
    Passkey().belongs_to(coordinator.account)
    client = sign_in(coordinator)
    challenge_of(client, AGAIN)
    assert client.post(AGAIN, {"credential": answer}).status_code == 302
    assert client.get(ADD)["Location"].split("?")[0] in {"/account/reauthenticate/", "/account/2fa/reauthenticate/"}


def test_every_form_of_a_passkey_is_ours() -> None:
    asked = re.findall(r'FORMS, "(\w+_webauthn)"', inspect.getsource(base_views) + inspect.getsource(views))
    assert set(settings.MFA_FORMS) == {name for name in asked if "signup" not in name}
