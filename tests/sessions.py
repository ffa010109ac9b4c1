"""Django's test client keeps the key of a session in its cookie; ours is the hash of what a browser holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from waywatch.project.sessions import SessionStore, key_of


def _session(client: Client) -> SessionStore:
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return SessionStore(key_of(cookie.value) if cookie else None)


def _set_login_cookies(client: Client, request: HttpRequest) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.secret  # type: ignore[attr-defined]  # our own store


@contextmanager
def clients_hold_the_secret() -> Iterator[None]:
    """Let every test client keep the secret of its session, as a browser does."""
    with (
        patch.object(Client, "session", property(_session)),
        patch.object(Client, "_set_login_cookies", _set_login_cookies),
    ):
        yield
