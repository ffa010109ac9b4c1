"""Somebody in front of each page of accounts, and of no room, with what would be right to type there.

The addresses come from the resolver and the fields from the pages: a new page or field is found without being added here.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import quote

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.accounts.conftest import App
from tests.accounts.passkeys import Passkey
from tests.cast import PASSWORD, TOTP_SECRET, Member, member
from waywatch.accounts import inviting
from waywatch.accounts.api import Role
from waywatch.accounts.inviting import Addressee
from waywatch.accounts.models import Account
from waywatch.accounts.offers import Offer
from waywatch.lib.actors import acting_as

OTHER_ROOMS = tuple(f"waywatch.{room}" for room in ("builds", "directory", "impact", "referrals", "tips", "vault"))
SEGMENT = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
FRESH = "another quiet harbour"
Fields = dict[str, list[str]]

HIDDEN: dict[str, Fields] = {  # forms that stand on another page
    "mfa_login_webauthn": {"credential": []},
    "set_language": {"language": ["fr", "en"], "next": ["/account/"]},
    "usersessions_list": {"session": ["others", "1"]},
}


def _routes(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern).strip("^$")
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern, path)
        elif isinstance(pattern, URLPattern) and not pattern.callback.__module__.startswith(OTHER_ROOMS):
            yield str(pattern.name), path


ROUTES = dict(_routes(get_resolver()))


def parts_of(name: str) -> list[str]:
    """Return the names of what is filled into the path of a route."""
    return [found[1] or found[2] for found in SEGMENT.finditer(ROUTES[name])]


def address(name: str, segments: dict[str, str]) -> str:
    """Return the path of a route with its segments filled in."""
    return SEGMENT.sub(lambda found: quote(segments[found[1] or found[2]], safe=":"), ROUTES[name])


class Asked(HTMLParser):
    """The fields of a page's forms, each with the values that the page offers."""

    def __init__(self, page: HttpResponse) -> None:
        super().__init__()
        self.fields: Fields = {}
        self.select = ""
        if page.headers.get("Content-Type", "").startswith("text/html"):
            self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "select":
            self.select = found.get("name") or ""
        name = self.select if tag == "option" else found.get("name")
        if tag in {"input", "option", "textarea", "button"} and name and name != "csrfmiddlewaretoken":
            self.fields.setdefault(name, []).append(found.get("value") or "")


@dataclass
class Scene:
    """Who sends, the right values of each field (the first of each together are taken), and the parts of the address."""

    client: Client
    right: Fields
    segments: dict[str, str]


@dataclass
class World:
    """What is there for the pages to be about."""

    administrator: Member
    colleague: Member
    app: App
    sign_in: Callable[[Member], Client]

    def __post_init__(self) -> None:
        self.passkey = Passkey()
        self.key = self.passkey.belongs_to(self.administrator.account)
        RecoveryCodes.activate(self.administrator.account)

    def scene(self, name: str) -> Scene:
        """Return who stands before the page `name`, where its form means something."""
        client: Client = getattr(self, f"_{name}", self._signed_in)()
        segments = self._segments(client, name)
        fields = Asked(client.get(address(name, segments))).fields | HIDDEN.get(name, {})
        right = {field: values for field, values in self._right(client).items() if field in fields}
        if "credential" in fields:
            right["credential"] = self._credentials(client, adds=name == "mfa_add_webauthn")
        return Scene(client, fields | right, segments)

    def _right(self, client: Client) -> Fields:
        """Return what is right for a field of this name, whatever the page offers."""
        own = client.session.get(SECRET_SESSION_KEY, TOTP_SECRET)
        soon = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)
        return {
            "login": [self.administrator.account.email],
            "password": [PASSWORD],
            "oldpassword": [PASSWORD],
            "password1": [FRESH],
            "password2": [FRESH],
            "email": ["new@example.org", self.administrator.account.email],
            "name": ["Somebody New"],
            "code": [self.app.code(own)],
            "reason": ["Left the office"],
            "next": ["/account/"],
            "last_day": [soon.isoformat()],
        }

    def _credentials(self, client: Client, *, adds: bool) -> list[str]:
        """Return the answers of a security key to the challenge of the page, the one that is right there first."""
        if STATE_SESSION_KEY not in client.session:
            client.get(ROUTES["mfa_login_webauthn"], headers={"accept": "application/json"})
        challenge = client.session[STATE_SESSION_KEY]["challenge"]
        answers = [Passkey(2).registers(challenge), self.passkey.signs(challenge, self.administrator.account)]
        return [json.dumps(answer) for answer in (answers if adds else reversed(answers))]

    def _segments(self, client: Client, name: str) -> dict[str, str]:
        colleague = self.colleague.account
        sent, token = self._invitations()
        unproved = EmailAddress.objects.create(user=colleague, email="unproved@example.org")
        found = {
            "account_id": str(colleague.pk),
            "grant_id": str(self.colleague.grants[0].pk),
            "invitation_id": sent,
            "pk": str(self.key.pk),
            "key": EmailConfirmationHMAC(unproved).key,
            "uidb36": user_pk_to_url_str(colleague),
        }
        if name == "invitation":
            found["invitation_id"], found["token"] = token
        if name == "account_reset_password_from_key":
            found["key"] = default_token_generator.make_token(colleague)
            client.get(address(name, found))
            found["key"] = "set-password"
        return found

    def _invitations(self) -> tuple[str, tuple[str, str]]:
        """Return one invitation by its id, and another by what its address holds."""
        actor = self.administrator.actor
        with acting_as(actor):
            sent = inviting.invite(actor, addressee=Addressee("b@example.org", "B"), offer=Offer(Role.ANALYST))
        *_, invitation_id, token, _end = inviting.invite_administrator(email="c@example.org", name="C").split("/")
        return str(sent.pk), (invitation_id, token)

    def _signed_in(self) -> Client:
        client = self.sign_in(self.administrator)
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        self.app.tick()
        return client

    def _guest(self) -> Client:
        return Client()

    _account_confirm_email = _account_login = _account_reset_password = _account_signup = _invitation = _guest
    _account_reset_password_from_key = _mfa_login_webauthn = _set_language = _guest

    def _mfa_authenticate(self) -> Client:
        client = Client()
        client.post("/account/login/", {"login": self.administrator.account.email, "password": PASSWORD})
        return client

    def _without_second_factor(self) -> Client:
        client = member("bare@example.org", "Bare", Role.ANALYST, second_factor=False).client
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        return client

    _mfa_activate_totp = _account_email = _without_second_factor

    def _account_set_password(self) -> Client:
        person = member("no.password@example.org", "No Password", Role.ANALYST, second_factor=False)
        Account.objects.filter(pk=person.account.pk).update(password="!")
        person.account.refresh_from_db()
        return person.client
