"""What the library keeps of second factors: the one place that reads its table. Recovery codes alone are none."""

import uuid

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.db.models import Exists, OuterRef

USED = "used_up_to"
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def exists_for(account_field: str) -> Exists:
    """Return a condition for a query: the account in `account_field` has a second factor."""
    return Exists(Authenticator.objects.filter(user_id=OuterRef(account_field), type__in=KINDS))


def use_up(authenticator_id: int, code: str) -> bool:
    """Note that an app's code was used; return False where it, or a later one, was used before, or where it is no code of now.

    The library keeps a used code for half a minute; with a tolerance a code is good for longer. So the half minute that the code
    belongs to is kept, in the database, and nothing up to it is taken again.
    """
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=authenticator_id)
        moment = _moment_of(code, decrypt(row.data["secret"]))
        if moment is None or row.data.get(USED, -1) >= moment:
            return False
        row.data[USED] = moment
        row.save(update_fields=["data"])
    return True


def _moment_of(code: str, secret: str) -> int | None:
    """Return the half minute that a code belongs to. The library's comparison, so that "123-456" is the code that "123456" is."""
    return max(
        (
            each
            for each in totp.yield_hotp_counters_from_time()
            if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, each)))
        ),
        default=None,
    )


def has_one(account_id: uuid.UUID) -> bool:
    """Tell whether the account has a second factor."""
    found: bool = Authenticator.objects.filter(user_id=account_id, type__in=KINDS).exists()
    return found
