"""Sessions whose cookie cannot be made from the database: the browser holds a secret, every table holds its hash alone; and what they
hold cannot be read there.

Django's own store keeps the cookie's value as the key of the row, so that whoever reads a dump could sign in with it.
"""

import datetime as dt
import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

from waywatch.lib import clock, fieldcrypt

CONTENT = "project.session"
BEGAN = "began"


def key_of(secret: str) -> str:
    """Return the key under which the session of a cookie is stored: 40 characters that lead back to nothing."""
    return hashlib.sha256(b"waywatch.session:" + secret.encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    """Django's sessions in the database. `secret` is what the browser is given when the session begins anew.

    It ends a fixed time after the sign-in, whatever is done in it: Django would begin to count anew whenever something in it is changed.
    """

    secret: str | None = None

    def save(self, must_create: bool = False) -> None:
        """Keep it, with the moment when it began."""
        self.setdefault(BEGAN, clock.now().isoformat())
        super().save(must_create)

    def cycle_key(self) -> None:
        """Begin anew, as at a sign-in."""
        super().cycle_key()
        self[BEGAN] = clock.now().isoformat()

    def get_expiry_date(self, **known: Any) -> dt.datetime:
        """Return when it ends."""
        began = self.get(BEGAN)
        age = dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
        return dt.datetime.fromisoformat(began) + age if began else super().get_expiry_date(**known)

    def _get_new_session_key(self) -> str:
        while True:
            secret = secrets.token_urlsafe(32)
            if not self.exists(key_of(secret)):
                self.secret = secret
                return key_of(secret)

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Encrypt it: the sign-in library keeps an app's new secret and the key of a password reset in here."""
        return fieldcrypt.encrypt(super().encode(session_dict), purpose=CONTENT).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return what was encrypted; a session that cannot be read is an empty one."""
        raw = session_data.encode() if isinstance(session_data, str) else session_data
        try:
            return super().decode(fieldcrypt.decrypt(raw, purpose=CONTENT))
        except fieldcrypt.UnreadableError:
            return {}


class HashedSessions(SessionMiddleware):
    """Looks a session up by the hash of its cookie, and gives the browser the secret instead of the key."""

    def process_request(self, request: HttpRequest) -> None:
        """Open the session of the request's cookie."""
        secret = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        store = SessionStore(key_of(secret) if secret else None)
        store.secret = secret
        request.session = store

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Put the secret where Django's middleware put the key."""
        answer: HttpResponse = super().process_response(request, response)
        cookie = answer.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and cookie.value:
            secret = getattr(request.session, "secret", None)
            assert isinstance(secret, str)
            answer.cookies[settings.SESSION_COOKIE_NAME].set(cookie.key, secret, secret)
        return answer
