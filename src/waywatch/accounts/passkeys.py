"""What a passkey answers, as a browser puts it into a hidden field: anybody can put something else there.

The library takes the answer apart and trusts its shape. Here whatever cannot be taken apart is refused in words, like a wrong answer,
and of a new passkey no more is kept than the library reads again.
"""

import logging
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as library
from allauth.mfa.webauthn.internal.auth import parse_registration_response
from cryptography.exceptions import UnsupportedAlgorithm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from fido2.utils import websafe_encode

from waywatch.lib.text import validate_plain_text

# What taking a foreign answer apart (JSON, base64, CBOR, a public key, a signature) is known to raise.
NOT_READABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
    struct.error,
)
_log = logging.getLogger(__name__)


@contextmanager
def refusing_what_cannot_be_read() -> Iterator[None]:
    """Turn the errors of taking an answer apart into a sentence for the person in front of the form."""
    try:
        yield
    except NOT_READABLE as error:
        _log.info("a passkey's answer could not be read: %s", type(error).__name__)
        raise ValidationError(
            gettext("This passkey gave no answer that can be used. Try again, or choose another way to sign in."),
            code="unreadable",
        ) from error


class AnswerField(forms.JSONField):
    """The hidden field. A page that is shown again does not repeat what was sent: the passkey is asked anew."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        """Return the answer's parts."""
        with refusing_what_cannot_be_read():
            return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:  # noqa: ARG002 - Django's signature
        """Return what the page shows: nothing of what was sent."""
        return initial


class AddPasskeyForm(library.AddWebAuthnForm):  # type: ignore[misc]  # the library is untyped
    """A new passkey and its name."""

    name = forms.CharField(required=False, max_length=100, validators=[validate_plain_text])
    credential = AnswerField()

    def clean(self) -> dict[str, Any]:
        """Check the answer, and keep what is read again at a later sign-in."""
        with refusing_what_cannot_be_read():
            cleaned: dict[str, Any] = super().clean()
            if cleaned.get("credential"):
                cleaned["credential"] = _kept(cleaned["credential"])
        return cleaned


class EditPasskeyForm(library.EditWebAuthnForm):  # type: ignore[misc]  # as above
    """Another name for a passkey."""

    name = forms.CharField(max_length=100, validators=[validate_plain_text])


class AuthenticatePasskeyForm(library.AuthenticateWebAuthnForm):  # type: ignore[misc]  # as above
    """A passkey as the second step of a sign-in."""

    credential = AnswerField()

    def clean_credential(self) -> Authenticator:
        """Return the passkey that gave this answer."""
        with refusing_what_cannot_be_read():
            return super().clean_credential()


class LoginPasskeyForm(AuthenticatePasskeyForm, library.LoginWebAuthnForm):  # type: ignore[misc]  # as above
    """A passkey instead of a password."""


class ReauthenticatePasskeyForm(AuthenticatePasskeyForm, library.ReauthenticateWebAuthnForm):  # type: ignore[misc]  # as above
    """A passkey before something that matters."""


def _kept(credential: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a checked answer that the library reads again, each in its one plain spelling."""
    found = parse_registration_response(credential)
    properties = credential.get("clientExtensionResults", {}).get("credProps", {})
    return {
        "id": found.id,
        "rawId": found.id,
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(found.response.client_data),
            "attestationObject": websafe_encode(found.response.attestation_object),
        },
        "clientExtensionResults": {"credProps": {"rk": properties.get("rk") is True}},
    }
