"""The sign-in library's signals: each step is recorded, and a change of how one signs in ends other sessions."""

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY as PROOFS
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from waywatch.accounts import second_factor, sessions
from waywatch.accounts.errors import CodeUsedError
from waywatch.accounts.models import Account
from waywatch.audit import api as audit
from waywatch.lib.actors import Actor, acting_as


def connect() -> None:
    """Wire the signals. Called once, when the room is ready."""
    account_signals.user_logged_in.connect(on_signed_in, dispatch_uid="accounts.signed_in")
    user_logged_out.connect(on_signed_out, dispatch_uid="accounts.signed_out")
    for signal in (account_signals.password_changed, account_signals.password_set):
        signal.connect(on_password_changed, dispatch_uid="accounts.password_changed")
    account_signals.password_reset.connect(on_password_reset, dispatch_uid="accounts.password_reset")
    mfa_signals.authenticator_added.connect(on_factor_added, dispatch_uid="accounts.factor_added")
    mfa_signals.authenticator_removed.connect(on_factor_removed, dispatch_uid="accounts.factor_removed")
    mfa_signals.authenticator_reset.connect(on_codes_made, dispatch_uid="accounts.codes_made")
    mfa_signals.authenticator_used.connect(on_factor_used, dispatch_uid="accounts.factor_used")
    mfa_signals.authentication_failed.connect(on_factor_failed, dispatch_uid="accounts.factor_failed")


def on_signed_in(user: Account, response: HttpResponse | None = None, **_: Any) -> None:
    """Record a sign-in, and show the pages in the account's language."""
    _record(user, "account.signed_in")
    if response is not None:
        set_language(response, user.language)


def on_signed_out(user: Account | None, **_: Any) -> None:
    """Record a sign-out."""
    if user is not None:
        _record(user, "account.signed_out")


def on_password_changed(request: HttpRequest, user: Account, **_: Any) -> None:
    """Record a new password and end the account's other sessions."""
    _record(user, "account.password_changed")
    _end_others(request, user)


def on_password_reset(user: Account, **_: Any) -> None:
    """Record a password set by mail and end every session of the account."""
    _record(user, "account.password_reset")
    with acting_as(Actor.account(user.pk)):
        sessions.end_other_sessions(user, current_key=None)


def on_factor_added(request: HttpRequest, user: Account, authenticator: Authenticator, **_: Any) -> None:
    """Record a new second factor and end the account's other sessions; recovery codes come along with the first."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        _record(user, "account.recovery_codes_made")
        return
    if authenticator.type == Authenticator.Type.TOTP:
        second_factor.use_up(authenticator.pk, _typed(request))
    _record(user, "account.second_factor_added", kind=str(authenticator.type))
    _end_others(request, user)


def on_factor_removed(request: HttpRequest, user: Account, authenticator: Authenticator, **_: Any) -> None:
    """Record that a second factor is gone and end the account's other sessions."""
    _record(user, "account.second_factor_removed", kind=str(authenticator.type))
    _end_others(request, user)


def on_codes_made(user: Account, **_: Any) -> None:
    """Record that new recovery codes replace the old ones."""
    _record(user, "account.recovery_codes_made")


def on_factor_used(request: HttpRequest, authenticator: Authenticator, **_: Any) -> None:
    """Refuse an app's code that was used before, whichever process of the server saw it.

    The library has written into the session by now that the code was right, and a refusal rolls back the database alone.
    """
    if authenticator.type == Authenticator.Type.TOTP and not second_factor.use_up(authenticator.pk, _typed(request)):
        request.session[PROOFS] = request.session[PROOFS][:-1]
        raise CodeUsedError(gettext("This code was used already. Wait for the next one, then sign in again."))


def on_factor_failed(user: Account, authenticator: Authenticator, **_: Any) -> None:
    """Record a wrong code of somebody who knew the password."""
    _record(user, "account.second_factor_failed", kind=str(authenticator.type))


def set_language(response: HttpResponse, language: str) -> None:
    """Keep the language of the pages in the cookie that Django reads."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _record(account: Account, action: str, **detail: str) -> None:
    with transaction.atomic(), acting_as(Actor.account(account.pk)):
        audit.record(action, subject_kind="account", subject_id=account.pk, detail=detail)


def _typed(request: HttpRequest) -> str:
    return request.POST.get("code", "").strip()


def _end_others(request: HttpRequest, account: Account) -> None:
    with acting_as(Actor.account(account.pk)):
        sessions.end_other_sessions(account, current_key=request.session.session_key)
