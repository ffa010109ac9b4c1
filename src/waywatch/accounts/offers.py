"""An offer: a role at a place, until a time. What a grant gives and what an invitation promises."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from waywatch.accounts import rules
from waywatch.accounts.errors import NotYoursToGiveError
from waywatch.accounts.models import Account, Grant, Invitation
from waywatch.accounts.queries import held_by
from waywatch.accounts.roles import Role
from waywatch.accounts.rules import Scope
from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import Actor


@dataclass(frozen=True, slots=True)
class Offer:
    """A role to give: at which place, until when (None: without end)."""

    role: Role
    scope: Scope = field(default_factory=Scope)
    until: dt.datetime | None = None

    def columns(self) -> dict[str, Any]:
        """Return role and place as the columns of a grant or an invitation."""
        return {
            "role": self.role.value,
            "region_id": self.scope.region,
            "build_id": self.scope.build,
            "organisation_id": self.scope.organisation,
        }

    def as_detail(self) -> dict[str, str | None]:
        """Return what the audit log keeps of it."""
        return {
            "role": self.role.value,
            "region": self.scope.region,
            "build": str(self.scope.build) if self.scope.build else None,
            "organisation": str(self.scope.organisation) if self.scope.organisation else None,
            "until": self.until.isoformat() if self.until else None,
        }


def offer_of(row: Grant | Invitation) -> Offer:
    """Return what a grant gives or an invitation promises."""
    return Offer(Role(row.role), Scope(row.region_id, row.build_id, row.organisation_id), row.valid_until)


def require_may_give(actor: Actor, *, account: Account | None, offer: Offer) -> None:
    """Refuse what `actor` may not give. The system gives what a command of the server's owner says."""
    if actor.account_id is None:
        return
    to_self = account is not None and account.pk == actor.account_id
    held = held_by(actor.account_id)
    now = clock.now()
    if not rules.may_give(held, to_self=to_self, role=offer.role, scope=offer.scope, until=offer.until, now=now):
        raise NotYoursToGiveError(
            gettext(
                "You cannot give this role. You give what lies within your own region and ends no later than your own"
                " role; nobody gives a role to themselves. Ask an administrator."
            )
        )


def create_grant(account: Account, offer: Offer, *, given_by: Account | None) -> Grant:
    """Store a grant and record it. The caller has made sure that it may be given, and has a transaction open."""
    grant = Grant.objects.create(
        account=account, valid_from=clock.now(), valid_until=offer.until, given_by=given_by, **offer.columns()
    )
    detail = {"grant": str(grant.pk), **offer.as_detail()}
    audit.record("account.grant_given", subject_kind="account", subject_id=account.pk, detail=detail)
    return grant
