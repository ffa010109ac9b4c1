"""What the tests of accounts share: an empty limiter, an authenticator app, a browser that signs in."""

import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from tests.cast import PASSWORD, TOTP_SECRET, Member
from waywatch.accounts.demo import totp_code

FIRST_MOMENT = 1_800_000_000


@pytest.fixture(autouse=True)
def _empty_limiter() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


class App:
    """An authenticator app: `code()` shows the digits of its moment, `tick()` goes on to the next half minute."""

    def __init__(self) -> None:
        self.moment = FIRST_MOMENT

    def tick(self) -> None:
        self.moment += 30

    def code(self, secret: str = TOTP_SECRET) -> str:
        return totp_code(secret, self.moment)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> App:
    """The app, with the server's clock for codes set to its moment."""
    found = App()
    monkeypatch.setattr(totp, "time", SimpleNamespace(time=lambda: found.moment))
    return found


@pytest.fixture
def sign_in(app: App) -> Callable[[Member], Client]:
    """Sign in through the pages, with password and code; each time at a later half minute."""

    def _sign_in(person: Member) -> Client:
        client = Client()
        client.post("/account/login/", {"login": person.account.email, "password": PASSWORD})
        app.tick()
        response = client.post("/account/2fa/authenticate/", {"code": app.code()})
        assert response.status_code == 302, response.content.decode()
        return client

    return _sign_in


def plain(response: HttpResponse) -> str:
    """Return a page without what differs on each load: the CSRF tokens."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
