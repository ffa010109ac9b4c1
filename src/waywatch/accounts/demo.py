"""Accounts of the demonstration: known passwords and secrets, so they exist and work in demo mode (and tests) only."""

import base64
import hmac
import struct
from dataclasses import dataclass
from hashlib import sha1

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from waywatch.accounts.backends import DEMO_MODES
from waywatch.accounts.errors import DemoAccountError
from waywatch.accounts.models import Account, Grant
from waywatch.accounts.roles import Role
from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting_as

PASSWORD = "look-around-the-demo"  # noqa: S105 - known to everybody by design
PERIOD = 30


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """How one signs in to a demo account. `code` is that of this half minute."""

    email: str
    password: str
    role: str
    totp_secret: str

    @property
    def code(self) -> str:
        """The six digits an authenticator app would show now (RFC 6238)."""
        return totp_code(self.totp_secret, int(clock.now().timestamp()))


@dataclass(frozen=True, slots=True)
class _Persona:
    email: str
    name: str
    role: Role | None
    region: str | None = None


PERSONAS = (
    _Persona("coordinator@demo.example", "Nora Whitfield", Role.COORDINATOR),
    _Persona("texas@demo.example", "Tomás Rivera", Role.COORDINATOR, "US-TX"),
    _Persona("cohost@demo.example", "Priya Anand", Role.CO_HOST, "US-TX"),
    _Persona("analyst@demo.example", "Ansel Brandt", Role.ANALYST),
    _Persona("administrator@demo.example", "Ida Kowalski", Role.ADMINISTRATOR),
    _Persona("advocate@demo.example", "Ruth Almeida", Role.ADVOCATE),
    _Persona("advocate2@demo.example", "Lena Fischer", Role.ADVOCATE),
    _Persona("supervisor@demo.example", "Amara Diallo", Role.SUPERVISOR),
    _Persona("officer@demo.example", "Wade Colton", Role.OFFICER, "US-TX"),
    _Persona("outsider@demo.example", "Otis Marsh", None),
)


def create_demo_accounts() -> list[DemoSignIn]:
    """Make the demo accounts that are not there yet, and return how to sign in to each."""
    if settings.MODE not in DEMO_MODES:
        raise DemoAccountError("Demo accounts have published passwords: they are made in demo mode only.")
    with transaction.atomic(), acting_as(Actor.system("create-demo-accounts")):
        for persona in PERSONAS:
            _create(persona)
    return demo_codes()


def demo_codes() -> list[DemoSignIn]:
    """Return the demo sign-ins, each with the code of this half minute; nothing outside of a demonstration."""
    if settings.MODE not in DEMO_MODES:
        return []
    return [
        DemoSignIn(
            email=persona.email,
            password=PASSWORD,
            role=str(persona.role.label) if persona.role else gettext("No role"),
            totp_secret=_secret(persona.email),
        )
        for persona in PERSONAS
    ]


def refuse_demo_accounts_in_production() -> None:
    """Stop a production start on a database that holds demo accounts."""
    if settings.MODE == "production" and Account.objects.filter(is_demo=True).exists():
        raise DemoAccountError(
            "This database holds demonstration accounts with published passwords. Start production on a fresh one."
        )


def totp_code(secret: str, at: int) -> str:
    """Return the six digits of an authenticator app for `secret` at a time (RFC 6238, SHA-1, 30 seconds)."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", at // PERIOD), sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def _secret(email: str) -> str:
    return base64.b32encode(sha1(f"waywatch demo {email}".encode(), usedforsecurity=False).digest()).decode()


def _create(persona: _Persona) -> None:
    account, created = Account.objects.get_or_create(
        email=persona.email, defaults={"name": persona.name, "is_demo": True}
    )
    if not created:
        return
    account.set_password(PASSWORD)
    account.save(update_fields=["password"])
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    TOTP.activate(account, _secret(persona.email))
    if persona.role:
        Grant.objects.create(account=account, role=persona.role, region_id=persona.region)
    audit.record("account.demo_created", subject_kind="account", subject_id=account.pk)
