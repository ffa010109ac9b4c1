"""Writes about grants and one's own account. Invitations have a module of their own, `inviting`."""

from django.db import transaction
from django.utils.translation import gettext

from waywatch.accounts import rules
from waywatch.accounts.errors import AlreadyGivenError, NotYoursToRevokeError
from waywatch.accounts.models import Account, Grant
from waywatch.accounts.offers import Offer, create_grant, offer_of, require_may_give
from waywatch.accounts.queries import held_by, valid_grants
from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.lib.errors import InvalidError, not_found
from waywatch.lib.remember import forget
from waywatch.lib.text import clean_line


def give_grant(actor: Actor, *, account: Account, offer: Offer) -> Grant:
    """Give `account` a role. The account is locked: two people cannot give the same role twice at one moment."""
    require_may_give(actor, account=account, offer=offer)
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        if valid_grants(clock.now()).filter(account=account, **offer.columns()).exists():
            raise AlreadyGivenError(gettext("This account holds this role there already. Nothing needs to be given."))
        giver = Account.objects.get(pk=actor.account_id) if actor.account_id else None
        grant = create_grant(account, offer, given_by=giver)
    forget()
    return grant


def revoke_grant(actor: Actor, *, grant: Grant, reason: str) -> Grant:
    """Take a role away, for good and at once: the account's next request is answered without it."""
    if not clean_line(reason):
        raise InvalidError(gettext("Say in a few words why the role is taken away."), field="reason")
    with transaction.atomic():
        found = Grant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
        _require_may_revoke(actor, found)
        if found.revoked_at is None:
            found.revoked_at, found.revoked_by_id, found.reason = clock.now(), actor.account_id, clean_line(reason)
            found.save(update_fields=["revoked_at", "revoked_by", "reason"])
            audit.record(
                "account.grant_revoked",
                subject_kind="account",
                subject_id=found.account_id,
                detail={"grant": str(found.pk), "role": found.role, "reason": found.reason},
            )
    forget()
    return found


def change_own_account(actor: Actor, *, account: Account, name: str, language: str) -> Account:
    """Change one's own name and language."""
    if actor.account_id != account.pk:
        raise not_found()
    with transaction.atomic():
        account.name, account.language = clean_line(name), language
        account.save(update_fields=["name", "language"])
        audit.record("account.changed", subject_kind="account", subject_id=account.pk)
    return account


def _require_may_revoke(actor: Actor, grant: Grant) -> None:
    if actor.account_id is None:
        return
    offer = offer_of(grant)
    allowed = rules.may_revoke(
        held_by(actor.account_id),
        own_grant=grant.account_id == actor.account_id,
        given_by_self=grant.given_by_id == actor.account_id,
        role=offer.role,
        scope=offer.scope,
        now=clock.now(),
    )
    if not allowed:
        raise NotYoursToRevokeError(
            gettext("Only the person who gave this role, or an administrator, can take it away. Ask one of them.")
        )
