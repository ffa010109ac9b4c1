"""What we ask the sign-in library to do differently. It is untyped: what it hands over is `Any`, here only."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from waywatch.accounts.backends import may_sign_in
from waywatch.audit import api as audit
from waywatch.delivery import api as delivery
from waywatch.lib import fieldcrypt
from waywatch.lib.actors import Actor, acting_as

SECRETS = "accounts.second-factor"


def sign_in_key(email: str) -> str:
    """Return a keyed hash of an address that somebody tried: attempts can be counted, the address cannot be read."""
    return salted_hmac("waywatch.accounts.sign-in", email.strip().lower(), algorithm="sha256").hexdigest()[:32]


def address_of(path: str) -> str:
    """Return the full address of `path` under WAYWATCH_URL: never under the host name that a request claims."""
    return f"{settings.BASE_URL}{path}"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library is untyped
    """No open sign-up, mail through the outbox, addresses from the settings, failed sign-ins in the audit log."""

    def is_open_for_signup(self, request: Any) -> bool:  # noqa: ARG002 - the library's signature
        """Refuse: an invitation is the only way in."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Tell whether a page may lead on to `url`: never to another site, and not to what cannot be read as an address."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def pre_login(self, request: Any, user: AbstractBaseUser, **kwargs: Any) -> Any:
        """Stop an account that may not sign in, by whatever way it proved itself (password, passkey, reset)."""
        if not may_sign_in(user):
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def authentication_failed(self, request: Any, **credentials: Any) -> None:
        """Record a failed sign-in, with a keyed hash of the address that was typed."""
        key = sign_in_key(str(credentials.get("email", "")))
        with transaction.atomic(), acting_as(Actor.system("sign-in")):
            audit.record("account.sign_in_failed", subject_kind="sign_in", subject_id=key)
        super().authentication_failed(request, **credentials)

    def format_email_subject(self, subject: str) -> str:
        """Return the subject as it is: the sender's name says who writes."""
        return str(subject)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail in its reader's language and put it into the outbox."""
        reader = context.get("user")
        language = getattr(reader, "language", None) or translation.get_language() or settings.LANGUAGE_CODE
        with translation.override(language):
            message = self.render_mail(template_prefix, email, {**context, "email": email})
        kind = "account." + template_prefix.rsplit("/", 1)[-1]
        delivery.enqueue_mail(to=email, subject=str(message.subject), body=str(message.body), kind=kind)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the account's owner of a change, in his own language."""
        super().send_notification_mail(template_prefix, user, {**(context or {}), "user": user}, email)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the address of a password reset."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return address_of(path.replace("UID-KEY", key))

    def get_email_confirmation_url(self, request: Any, emailconfirmation: Any) -> str:  # noqa: ARG002 - as above
        """Return the address that confirms an e-mail address."""
        return address_of(reverse("account_confirm_email", args=[emailconfirmation.key]))


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library is untyped
    """Secrets of second factors are encrypted at rest; keys get plain names."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return fieldcrypt.encrypt(text, purpose=SECRETS).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret as it is used."""
        return fieldcrypt.decrypt(encrypted_text.encode("ascii"), purpose=SECRETS)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:  # noqa: A002 - as above
        """Return a first name for a new passkey."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)d") % {"number": count + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return what a passkey is bound to: our host, shown to the person as Waywatch."""
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}
