"""A session stays unlocked in two halves, and locks by itself."""

import base64
import datetime as dt
import json

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.test import Client

from tests.cast import Member
from tests.sessions import _session
from tests.vault.world import Team, phrase_of, signed_once, unlocked
from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import acting_as
from waywatch.vault import api, sealing
from waywatch.vault.models import Wrap
from waywatch.vault.web import unlocking

UNLOCK = "/vault/unlock/"
NEW_KEY = "/vault/keyrings/{}/new-key/"


def unlock(person: Member, **more: str) -> Client:
    response = person.client.post(UNLOCK, {"passphrase": phrase_of(person), **more})
    assert response.status_code == 302, response.content.decode()
    return person.client


def is_open(client: Client, team: Team) -> bool:
    """Tell whether a page that needs an unlocked key opens."""
    response = client.get(NEW_KEY.format(team.keyring.pk))
    if response.status_code == 302:
        assert response["Location"].startswith(UNLOCK)
        return False
    return response.status_code == 200


def acts(person: Member) -> list[str]:
    return [line.action for line in reversed(audit.history("account", person.account.pk))]


def test_the_passphrase_unlocks_and_leads_back(team: Team) -> None:
    page = NEW_KEY.format(team.keyring.pk)
    response = team.first.client.get(page)
    assert response["Location"] == f"{UNLOCK}?next={page.replace('/', '%2F')}"
    response = team.first.client.post(UNLOCK, {"passphrase": phrase_of(team.first), "next": page})
    assert response["Location"] == page
    assert is_open(team.first.client, team)
    assert acts(team.first)[-1] == "vault.unlocked"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"])
def test_the_way_back_leads_nowhere_else(team: Team, elsewhere: str) -> None:
    response = team.first.client.post(UNLOCK, {"passphrase": phrase_of(team.first), "next": elsewhere})
    assert response["Location"] == "/vault/"


def test_the_cookie_is_kept_from_scripts_and_other_sites(team: Team) -> None:
    cookie = unlock(team.first).cookies[unlocking.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Strict", "/", "")
    assert (cookie["expires"], cookie["max-age"]) == ("", "")
    assert bool(cookie["secure"]) is settings.HTTPS
    assert len(base64.urlsafe_b64decode(cookie.value)) == 32


def test_neither_half_opens_anything(team: Team) -> None:
    client, private = unlock(team.first), unlocked(team.first).private
    row = json.dumps(_session(client)[unlocking.SESSION_KEY]) + "".join(
        Session.objects.values_list("session_data", flat=True)
    )
    secret = base64.urlsafe_b64decode(client.cookies[unlocking.COOKIE].value)
    for encoded in (private.hex(), base64.b64encode(private).decode(), base64.urlsafe_b64encode(private).decode()):
        assert encoded not in row
    assert secret.hex() not in row
    assert base64.b64encode(secret).decode() not in row
    locked = base64.b64decode(_session(client)[unlocking.SESSION_KEY]["locked"])
    for binding in (b"", f"waywatch unlock v1\0{_session(client).session_key}\0{team.second.account.pk}".encode()):
        with pytest.raises(sealing.SealError):
            sealing.unlock(secret, locked, bound_to=binding)


def test_without_its_cookie_or_with_anothers_a_session_is_locked(team: Team) -> None:
    first, second = unlock(team.first), unlock(team.second)
    first.cookies[unlocking.COOKIE] = second.cookies[unlocking.COOKIE].value
    assert not is_open(first, team)
    assert is_open(second, team)
    unlock(team.first)
    del first.cookies[unlocking.COOKIE]
    assert not is_open(first, team)


@pytest.mark.parametrize("cookie", ["", "x", "AAAA", "é" * 40, "A" * 43 + "="])
def test_a_cookie_that_fits_nothing_locks(team: Team, cookie: str) -> None:
    client = unlock(team.first)
    client.cookies[unlocking.COOKIE] = cookie
    assert not is_open(client, team)


def test_it_locks_by_itself_after_idle_minutes_and_not_while_it_is_used(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, start = unlock(team.first), clock.now()
    for minutes in (14, 28, 42):
        monkeypatch.setattr(clock, "now", lambda minutes=minutes: start + dt.timedelta(minutes=minutes))
        assert is_open(client, team)
    monkeypatch.setattr(clock, "now", lambda: start + dt.timedelta(minutes=42 + 15))
    assert not is_open(client, team)
    assert unlocking.SESSION_KEY not in _session(client)
    assert client.cookies[unlocking.COOKIE].value == ""
    monkeypatch.setattr(clock, "now", lambda: start + dt.timedelta(minutes=43))
    assert not is_open(client, team)


def test_the_shortest_time_of_the_own_keyrings_counts(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    with acting_as(team.administrator.actor):
        type(team.keyring).objects.update(lock_after_minutes=3)
    client, start = unlock(team.first), clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + dt.timedelta(minutes=4))
    assert not is_open(client, team)


def test_a_press_on_lock_and_a_sign_out_lock_at_once(team: Team) -> None:
    for end in ("/vault/lock/", "/account/logout/"):
        client = unlock(team.first)
        secret = client.cookies[unlocking.COOKIE].value
        assert client.post(end).status_code == 302
        assert client.cookies[unlocking.COOKIE].value == ""
        if end == "/account/logout/":
            client = Client()
            client.force_login(team.first.account)
        client.cookies[unlocking.COOKIE] = secret
        assert not is_open(client, team)


def test_another_sign_in_of_the_same_person_is_locked(team: Team) -> None:
    client = unlock(team.first)
    other = Client()
    other.force_login(team.first.account)
    other.cookies[unlocking.COOKIE] = client.cookies[unlocking.COOKIE].value
    assert not is_open(other, team)


def test_an_unlocked_row_that_is_copied_into_another_session_stays_locked(team: Team) -> None:
    """Somebody who writes into the table of sessions, and whom the person's other browser gave its cookie."""
    client, other = unlock(team.first), Client()
    other.force_login(team.first.account)
    session = _session(other)
    session[unlocking.SESSION_KEY] = _session(client)[unlocking.SESSION_KEY]
    session.save()
    other.cookies[unlocking.COOKIE] = client.cookies[unlocking.COOKIE].value
    assert not is_open(other, team)


def test_a_replaced_key_locks_the_sessions_of_the_old_one(team: Team) -> None:
    from waywatch.vault.actions import own_key

    client = unlock(team.first)
    with acting_as(team.first.actor):
        own_key.replace_key(team.first.actor, phrase=phrase_of(team.first))
    assert not is_open(client, team)


def test_a_wrong_passphrase_is_not_called_unsaved(team: Team) -> None:
    page = team.first.client.post("/vault/unlock/", {"passphrase": "not the one"}).content.decode()
    assert "Please look at this again." in page
    assert "could not be saved" not in page


def test_wrong_passphrases_are_counted_across_requests_and_kept(team: Team) -> None:
    for _ in range(5):
        response = team.first.client.post(UNLOCK, {"passphrase": "quite other words altogether"})
        assert response.status_code == 200
        assert "That did not open it" in response.content.decode()
        assert "altogether" not in response.content.decode()
    with acting_as(team.first.actor):
        assert Wrap.objects.get().tries == 5
    response = team.first.client.post(UNLOCK, {"passphrase": phrase_of(team.first)})
    assert "Wait 5 minutes" in response.content.decode()
    assert not is_open(team.first.client, team)
    assert acts(team.first).count("vault.unlock_failed") == 5


def test_the_unlock_page_keeps_nothing_in_the_browser(team: Team) -> None:
    response = team.first.client.get(UNLOCK)
    text = response.content.decode()
    [field] = [line for line in text.split("<") if 'name="passphrase"' in line]
    assert 'autocomplete="off"' in field
    assert 'type="password"' in field
    assert 'spellcheck="false"' in field
    assert response["Cache-Control"] == "no-store"


def test_another_room_opens_through_a_request(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_once(monkeypatch)
    client = unlock(team.first)
    request = HttpRequest()
    request.user = team.first.account
    request.session = _session(client)
    with pytest.raises(api.LockedError):
        api.unlocked(request)
    request.COOKIES[unlocking.COOKIE] = client.cookies[unlocking.COOKIE].value
    with acting_as(team.first.actor):
        sealed = api.seal_to_desk(team.keyring.pk, b"at the pumps", b"tip v1")
        opened = api.unlocked(request).open(sealed.keyring_id, sealed.version, sealed.sealed, b"tip v1")
        assert opened == b"at the pumps"
        [card] = api.keyrings_of(team.first.actor)
        assert (card.id, card.kind, card.regions) == (team.keyring.pk, "desk", ("US-NM", "US-TX"))
    assert api.keyrings_of(None) == []
