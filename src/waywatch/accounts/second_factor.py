"""What the library keeps of second factors: the one place that reads its table. Recovery codes alone are none."""

import uuid

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.db import transaction
from django.db.models import Exists, OuterRef

USED = "used_up_to"
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def exists_for(account_field: str) -> Exists:
    """Return a condition for a query: the account in `account_field` has a second factor."""
    return Exists(Authenticator.objects.filter(user_id=OuterRef(account_field), type__in=KINDS))


def use_up(authenticator_id: int) -> bool:
    """Note that an app's code of this half minute was used; return False where it was used before.

    The library notes it in a cache, which each process of the server has for itself; the database is one for all.
    """
    moment = max(totp.yield_hotp_counters_from_time())
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=authenticator_id)
        if row.data.get(USED, -1) >= moment:
            return False
        row.data[USED] = moment
        row.save(update_fields=["data"])
    return True


def has_one(account_id: uuid.UUID) -> bool:
    """Tell whether the account has a second factor."""
    found: bool = Authenticator.objects.filter(user_id=account_id, type__in=KINDS).exists()
    return found
