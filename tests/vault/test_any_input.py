"""Whatever is sent to a page of keys: never an error of the server, nothing typed is lost, and no passphrase comes back."""

from copy import deepcopy
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from tests.accounts.scenes import Asked, Fields, Scene
from tests.accounts.test_any_input import FUZZ, HEADERS, KINDS, TEXT, forms
from tests.cast import Member, member
from tests.vault.test_unlocking import unlock
from tests.vault.world import Team, desk_facts, phrase_of, set_up
from waywatch.accounts.roles import Role
from waywatch.lib.actors import acting_as
from waywatch.vault import words
from waywatch.vault.actions import keyrings, own_key, requests
from waywatch.vault.models import MemberKey, Request
from waywatch.vault.web.urls import urlpatterns

ROUTES = {str(pattern.name): set(pattern.pattern.converters) for pattern in urlpatterns}
ONLY_SHOWN = {"vault", "vault_keyring", "vault_request"}
MADE_HERE = {"vault_set_up", "vault_recover", "vault_replace"}  # answered with the new recovery key itself
ANSWERS = dict.fromkeys(ONLY_SHOWN, 405) | dict.fromkeys(MADE_HERE, 200)
NEW_PHRASE = "copper lantern harbour quilt"
WRONG = ['these words & "those" open <b>nothing</b>', "short <one>"]
TYPED_TEXT = {"text", "email", "number"}
FEWEST_TOLD = 6  # what is shorter may stand in a page by itself


class Shown(HTMLParser):
    """The values of a page's fields: those of one line of text, and those of passphrases."""

    def __init__(self, page: HttpResponse) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.passphrases: dict[str, str | None] = {}
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        if tag == "input" and found.get("type") in TYPED_TEXT:
            self.texts[name] = found.get("value") or ""
        if tag == "input" and found.get("type") == "password":
            self.passphrases[name] = found.get("value")


class Stage:
    """A team, people outside of it, and what each page of keys is about."""

    def __init__(self, team: Team, newcomer: Member, stranger: Member) -> None:
        self.team, self.newcomer, self.stranger = team, newcomer, stranger
        set_up(newcomer)

    def scene(self, name: str) -> Scene:
        """Return who stands before the page `name`, where its form means something."""
        client, right = getattr(self, f"_{name}", self._keeper)()
        segments = {part: self._segment(name, part) for part in ROUTES[name]}
        page = client.get(reverse(name, kwargs=segments))
        return Scene(client, Asked(page).fields | right if page.status_code == 200 else right, segments)

    def _segment(self, name: str, part: str) -> str:
        team = self.team
        if part == "request_id":
            return str(self._request(name).pk)
        if part == "keyring_id" and name == "vault_first_key":
            with acting_as(team.administrator.actor):
                founders = [team.first.account.pk, team.second.account.pk]
                facts = desk_facts("Another desk", "US-OH")
                return str(keyrings.create_keyring(team.administrator.actor, facts=facts, founders=founders).pk)
        return {"keyring_id": str(team.keyring.pk), "account_id": str(team.second.account.pk), "number": "1"}[part]

    def _request(self, name: str) -> Request:
        """Return what the keeper may answer: to look, confirm and withdraw a new key's request, to approve a break-glass."""
        third = self.team.third.actor
        with acting_as(third):
            if name == "vault_approve":
                return requests.ask_break_glass(
                    third, keyring=self.team.keyring, subject_id=self.team.keyring.pk, reason="Why"
                )
            own_key.replace_key(third, phrase=NEW_PHRASE)
            return requests.ask_reseal(third, keyring=self.team.keyring)

    def _keeper(self) -> tuple[Client, Fields]:
        return unlock(self.team.first), {}

    def _administrator(self) -> tuple[Client, Fields]:
        first, second = self.team.first.account.email, self.team.second.account.email
        facts = {"kind": ["desk"], "name": ["A desk"], "home": [""], "regions": ["US-OH", "US-NM"]}
        return self.team.administrator.client, facts | {"first_founder": [first], "second_founder": [second]}

    _vault_keyring_new = _vault_keyring_edit = _administrator

    def _vault_unlock(self) -> tuple[Client, Fields]:
        return self.team.first.client, {"passphrase": [phrase_of(self.team.first), *WRONG], "next": ["/vault/"]}

    def _vault_set_up(self) -> tuple[Client, Fields]:
        return self.stranger.client, {"passphrase": [NEW_PHRASE, *WRONG], "again": [NEW_PHRASE, *WRONG]}

    def _vault_recover(self) -> tuple[Client, Fields]:
        with acting_as(self.stranger.actor):
            made = own_key.set_up_key(self.stranger.actor, phrase=phrase_of(self.stranger))
        client, right = self._vault_set_up()
        return client, right | {"recovery_key": [made.recovery_key]}

    def _vault_passphrase(self) -> tuple[Client, Fields]:
        _, right = self._vault_set_up()
        return self.team.first.client, right | {"current": [phrase_of(self.team.first), *WRONG]}

    def _vault_replace(self) -> tuple[Client, Fields]:
        _, right = self._vault_set_up()
        return self.team.first.client, right | {"sure": ["on"]}

    def _vault_destroy(self) -> tuple[Client, Fields]:
        with acting_as(self.team.first.actor):
            keyrings.rotate(self.team.first.actor, keyring=self.team.keyring)
        return unlock(self.team.first), {"sure": ["on"]}

    def _vault_add_member(self) -> tuple[Client, Fields]:
        with acting_as(self.newcomer.actor):
            key = MemberKey.objects.get(account=self.newcomer.account, retired_at=None)
        compared = {"fingerprint": [words.fingerprint(bytes(key.public_key))], "compared": ["on"], "is_keeper": ["on"]}
        return unlock(self.team.first), {"email": [self.newcomer.account.email], **compared}

    def _vault_keeper(self) -> tuple[Client, Fields]:
        return unlock(self.team.first), {"keeper": ["no", "yes"]}

    def _vault_ask_reseal(self) -> tuple[Client, Fields]:
        with acting_as(self.team.third.actor):
            own_key.replace_key(self.team.third.actor, phrase=NEW_PHRASE)
        return self.team.third.client, {}


@pytest.fixture
def stage(team: Team, trooper: Member) -> Stage:
    return Stage(team, member("sky.tanaka@example.org", "Sky Tanaka", Role.ADVOCATE), trooper)


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_what_is_right_is_taken(stage: Stage, name: str) -> None:
    """The control of the test below: each form is reached, and what is nearly right is near to something."""
    scene = stage.scene(name)
    typed = {field: values[0] for field, values in scene.right.items()}
    answer = scene.client.post(reverse(name, kwargs=scene.segments), typed)
    assert answer.status_code == ANSWERS.get(name, 302)
    assert not answer.headers.get("Location", "").startswith(("/vault/unlock/", "/vault/set-up/", "/account/"))
    if name in MADE_HERE:
        assert "This page is shown once" in answer.content.decode()


def send_anything(scene: Scene, name: str, data: st.DataObject) -> tuple[HttpResponse, dict[str, Any]]:
    """Send something to the page, sometimes with a body that is no form. Returns the answer and what was typed."""
    path, headers = reverse(name, kwargs=scene.segments), data.draw(HEADERS)
    if name in ONLY_SHOWN:
        return scene.client.get(path, headers=headers), {}
    if data.draw(st.integers(0, 9)) == 9:
        body, kind = data.draw(st.binary(max_size=60)), data.draw(KINDS)
        return scene.client.generic("POST", path, body, content_type=kind, headers=headers), {}
    typed = {"csrfmiddlewaretoken": "as every browser sends it", **data.draw(forms(scene.right))}
    return scene.client.post(path, typed, headers=headers), typed


def last(typed: object) -> str:
    """Return what counts of what was typed into one field: the last text; a file is none."""
    values = typed if isinstance(typed, list) else [typed]
    return values[-1] if values and isinstance(values[-1], str) else ""


def assert_kept(answer: HttpResponse, typed: dict[str, Any]) -> None:
    """Each line of text that was typed into a form stands in the page that comes back instead of leading on."""
    if answer.status_code == 200 and typed:
        shown = Shown(answer).texts
        assert shown == {name: last(typed.get(name)) for name in shown}


def assert_untold(answer: HttpResponse, secrets: list[object]) -> None:
    """Neither a field for a passphrase nor any other part of the page says what was typed into one."""
    page = answer.content.decode()
    assert set(Shown(answer).passphrases.values()) <= {None}
    for secret in secrets:
        for text in secret if isinstance(secret, list) else [secret]:
            if isinstance(text, str) and len(text) >= FEWEST_TOLD:
                assert (text in page, escape(text) in page) == (False, False)


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_no_input_breaks_a_page_or_is_lost_and_no_passphrase_comes_back(stage: Stage, name: str) -> None:
    scene = stage.scene(name)
    cookies = deepcopy(scene.client.cookies)
    hidden = set(Shown(scene.client.get(reverse(name, kwargs=scene.segments))).passphrases)

    @FUZZ
    @given(data=st.data())
    def no_answer_is_wrong(data: st.DataObject) -> None:
        cache.clear()
        scene.client.cookies = deepcopy(cookies)
        with transaction.atomic():
            answer, typed = send_anything(scene, name, data)
            secrets = [typed[field] for field in hidden & set(typed)]
            assert answer.status_code < 500
            assert_kept(answer, typed)
            assert_untold(answer, secrets)
            if answer.status_code == 302:
                assert_untold(scene.client.get(answer.headers["Location"]), secrets)
            transaction.set_rollback(True)

    no_answer_is_wrong()


@pytest.mark.parametrize("name", sorted(name for name, parts in ROUTES.items() if parts))
def test_no_address_breaks_a_page(stage: Stage, name: str) -> None:
    client = unlock(stage.team.first)
    cookies = deepcopy(client.cookies)
    right = stage.scene(name).segments
    ids = st.uuids().map(str) | st.sampled_from(sorted(value for part, value in right.items() if part != "number"))
    numbers = st.integers(0).map(str) | st.sampled_from(["1", "9" * 30])
    parts = {part: numbers if part == "number" else ids for part in right}

    @FUZZ
    @given(segments=st.fixed_dictionaries(parts), body=st.dictionaries(TEXT, TEXT, max_size=2))
    def no_answer_is_an_error(segments: dict[str, str], body: dict[str, str]) -> None:
        client.cookies = deepcopy(cookies)
        with transaction.atomic():
            path = reverse(name, kwargs=segments)
            assert {client.get(path).status_code, client.post(path, body).status_code} <= {200, 302, 404, 405, 409}
            transaction.set_rollback(True)

    no_answer_is_an_error()
