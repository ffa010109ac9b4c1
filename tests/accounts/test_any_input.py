"""Whatever is sent to a page of accounts, or of no room: never an error of the server."""

import json
from collections.abc import Callable
from copy import deepcopy
from functools import reduce
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.accounts.conftest import App
from tests.accounts.scenes import ROUTES, Fields, Scene, World, address, parts_of
from tests.cast import Member

FUZZ = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
ONLY_SHOWN = {
    "account_email_verification_sent",
    "account_inactive",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "demo",
    "home",
    "mfa_download_recovery_codes",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_view_recovery_codes",
    "operations",
    "people",
    "people_person",
    "style",
}
ANSWERS = {"account_signup": 200}  # closed, and says so
Leaf = tuple[str, ...]


@pytest.fixture
def world(administrator: Member, co_host: Member, app: App, sign_in: Callable[..., Any]) -> World:
    return World(administrator, co_host, app, sign_in)


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_what_is_right_is_taken(world: World, name: str) -> None:
    """The control of the test below: each form is reached, and what is nearly right is near to something."""
    scene = world.scene(name)
    typed = {field: values[0] for field, values in scene.right.items()}
    response = scene.client.post(address(name, scene.segments), typed)
    assert response.status_code == (405 if name in ONLY_SHOWN else ANSWERS.get(name, 302))
    assert not response.headers.get("Location", "").startswith(("/account/login/", "/account/reauthenticate/?"))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
TEXT = st.one_of(
    st.text(max_size=40),
    st.dates().map(str),
    st.integers().map(str),
    st.uuids().map(str),
    st.emails(),
    JSON.map(json.dumps),
    st.sampled_from(
        [
            *("", "\x00", "a\x00b", "\u202e", "a" * 5000, "9" * 30, "9" * 5000, "²", "٣", "-1", "1e999", "NaN"),
            *("0001-01-01", "9999-12-31", "9999-12-30", "12/31/9999", "10000-01-01", "2024-02-30", "0000-00-00"),
            *("a@b", "a@" + "b" * 300 + ".org", "\N{BLACK STAR}@xn--a.org", "a@[127.0.0.1", '"\r\n"@example.org'),
            *("[" * 100_000, '{"id":' * 2000, '{"response": []}', '{"response": {"userHandle": 1}}'),
            *("//[", "http://[", "\r\nSet-Cookie: a=b", "/" + "a" * 3000, "javascript:alert(1)", "/\\\\a"),
        ]
    ),
)
FILE = st.binary(max_size=20).map(lambda raw: SimpleUploadedFile("a.txt", raw))
ANYTHING = st.one_of(TEXT, TEXT, TEXT, st.lists(TEXT, max_size=3), FILE)
HEADERS = st.dictionaries(
    st.sampled_from(["User-Agent", "Accept-Language", "Referer", "Accept", "X-Requested-With", "X-Forwarded-For"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=300),
    max_size=2,
)
KINDS = st.sampled_from(
    [
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded; charset=nothing",
    ]
)
QUERY = st.dictionaries(st.sampled_from(["next", "build", "organisation", "q", "page", "action"]), TEXT, max_size=2)


def leaves(value: Any, path: Leaf = ()) -> list[Leaf]:
    """Return the ways to the parts of a JSON value, the whole of it first."""
    inner = value.items() if isinstance(value, dict) else ()
    return [path, *(way for key, part in inner for way in leaves(part, (*path, key)))]


def changed(value: Any, path: Leaf, new: Any) -> Any:
    """Return a JSON value with the part at `path` replaced."""
    return {**value, path[0]: changed(value[path[0]], path[1:], new)} if path else new


@st.composite
def nearly_right(draw: st.DrawFn, credential: str) -> str:
    """A security key's answer with one part replaced, or with a few characters of that part."""
    value = json.loads(credential)
    path = draw(st.sampled_from(leaves(value)))
    old = reduce(lambda part, key: part[key], path, value)
    new: Any = draw(JSON | TEXT)
    if isinstance(old, str) and draw(st.booleans()):
        cut, other = draw(st.integers(0, len(old))), draw(st.text("Aa-_09", max_size=3))
        new = old[:cut] + other + old[cut + len(other) :]
    return json.dumps(changed(value, path, new))


@st.composite
def forms(draw: st.DrawFn, right: Fields) -> dict[str, Any]:
    """What is typed: most of it right, some of it anything, some left out."""
    typed: dict[str, Any] = {}
    for name, offered in right.items():
        how = draw(st.sampled_from(["right", "right", "right", "nearly", "anything", "left out"]))
        if how in {"right", "nearly"}:
            typed[name] = draw(st.sampled_from(offered))
        if how == "nearly" and name == "credential":
            typed[name] = draw(nearly_right(typed[name]))
        if how == "anything":
            typed[name] = draw(ANYTHING)
    return typed


def send_anything(scene: Scene, name: str, data: st.DataObject) -> HttpResponse:
    """Send something to the page, sometimes at an address that leads elsewhere, or with a body that is no form."""
    segments = dict(scene.segments)
    for part in parts_of(name):
        if data.draw(st.integers(0, 4)) == 4:
            segments[part] = data.draw(TEXT.filter(bool))
    path = f"{address(name, segments)}?{urlencode(data.draw(QUERY))}"
    headers = data.draw(HEADERS)
    if name in ONLY_SHOWN:
        return scene.client.get(path, headers=headers)
    if data.draw(st.integers(0, 9)) == 9:
        body, kind = data.draw(st.binary(max_size=60)), data.draw(KINDS)
        return scene.client.generic("POST", path, body, content_type=kind, headers=headers)
    return scene.client.post(path, data.draw(forms(scene.right)), headers=headers)


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_no_input_breaks_a_page(world: World, name: str) -> None:
    scene = world.scene(name)
    cookies = deepcopy(scene.client.cookies)

    @FUZZ
    @given(data=st.data())
    def no_answer_is_an_error(data: st.DataObject) -> None:
        cache.clear()
        scene.client.cookies = deepcopy(cookies)
        with transaction.atomic():
            response = send_anything(scene, name, data)
            transaction.set_rollback(True)
        assert response.status_code < 500

    no_answer_is_an_error()
