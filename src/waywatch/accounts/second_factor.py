"""What the library keeps of second factors: the one place that reads its table. Recovery codes alone are none."""

import uuid

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def exists_for(account_field: str) -> Exists:
    """Return a condition for a query: the account in `account_field` has a second factor."""
    return Exists(Authenticator.objects.filter(user_id=OuterRef(account_field), type__in=KINDS))


def has_one(account_id: uuid.UUID) -> bool:
    """Tell whether the account has a second factor."""
    found: bool = Authenticator.objects.filter(user_id=account_id, type__in=KINDS).exists()
    return found
