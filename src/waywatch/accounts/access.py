"""Who may see whom: the only way to an account, a grant or an invitation. Unknown and forbidden give the same 404."""

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from waywatch.accounts import rules
from waywatch.accounts.models import Account, Grant, Invitation
from waywatch.accounts.queries import held_by
from waywatch.accounts.roles import Role
from waywatch.accounts.rules import Held
from waywatch.lib.actors import Actor
from waywatch.lib.errors import not_found
from waywatch.lib.rows import one

SEEN_BY_COORDINATOR = rules.GIVEN_BY_COORDINATOR | {Role.COORDINATOR}


def standing(actor: Actor | None) -> list[Held]:
    """Return the roles by which `actor` looks after others; raises NotFoundError where there are none."""
    held = held_by(actor.account_id) if actor and actor.account_id else []
    found = [grant for grant in held if grant.role in rules.GIVERS]
    if not found:
        raise not_found()
    return found


def _within(held: Iterable[Held]) -> Q:
    """Return the condition that a grant or an invitation lies within the reach of `held`."""
    condition = Q(pk__in=[])
    for own in held:
        if own.role is Role.ADMINISTRATOR:
            return ~Q(pk__in=[])
        region = Q() if own.scope.is_everywhere else Q(region_id=own.scope.region)
        condition |= region & Q(role__in=SEEN_BY_COORDINATOR)
    return condition


def grants_within(actor: Actor | None) -> QuerySet[Grant]:
    """Return the grants, ended and revoked ones too, that `actor` sees."""
    return Grant.objects.filter(_within(standing(actor)))


def invitations_within(actor: Actor | None) -> QuerySet[Invitation]:
    """Return the invitations that `actor` sees."""
    return Invitation.objects.filter(_within(standing(actor)))


def accounts_within(actor: Actor | None) -> QuerySet[Account]:
    """Return the accounts that `actor` sees: an administrator all, a coordinator those with a grant in reach."""
    held = standing(actor)
    if any(own.role is Role.ADMINISTRATOR for own in held):
        return Account.objects.all()
    return Account.objects.filter(pk__in=Grant.objects.filter(_within(held)).values("account_id"))


def account_within(actor: Actor | None, account_id: uuid.UUID) -> Account:
    """Return one account that `actor` sees."""
    return one(accounts_within(actor).filter(pk=account_id))


def grant_within(actor: Actor | None, grant_id: uuid.UUID) -> Grant:
    """Return one grant that `actor` sees and that has not been revoked."""
    return one(grants_within(actor).filter(pk=grant_id, revoked_at__isnull=True).select_related("account", "region"))


def invitation_within(actor: Actor | None, invitation_id: uuid.UUID) -> Invitation:
    """Return one open invitation that `actor` sees."""
    return one(invitations_within(actor).filter(pk=invitation_id, accepted_at__isnull=True, withdrawn_at__isnull=True))
