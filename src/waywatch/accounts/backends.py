"""How a password is checked: the library's way, without demonstration accounts outside of a demonstration."""

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from waywatch.accounts.models import Account

DEMO_MODES = frozenset({"demo", "test"})


def may_sign_in(account: AbstractBaseUser) -> bool:
    """Tell whether the account may be signed in at all here: it is active, and no demo account in production."""
    if not isinstance(account, Account) or not account.is_active:
        return False
    return not account.is_demo or settings.MODE in DEMO_MODES


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]  # the library is untyped
    """Asked at sign-in, and again on every request of a session: a closed account is signed out at once."""

    def user_can_authenticate(self, user: AbstractBaseUser) -> bool:
        """Tell whether a right password opens this account."""
        return may_sign_in(user)
