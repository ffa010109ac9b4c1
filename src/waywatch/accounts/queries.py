"""Reads: what an actor may reach now. Asked of the database each time: a revocation holds at the next question."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from waywatch.accounts import second_factor
from waywatch.accounts.models import Account, Grant
from waywatch.accounts.roles import Role
from waywatch.accounts.rules import Held, Scope, needs_second_factor
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.lib.remember import remembered


@dataclass(frozen=True, slots=True)
class Reach:
    """Where an actor may act. A grant on one build or organisation reaches just that, not its region."""

    everywhere: bool = False
    regions: frozenset[str] = frozenset()
    builds: frozenset[uuid.UUID] = frozenset()
    organisations: frozenset[uuid.UUID] = frozenset()

    def covers_region(self, code: str) -> bool:
        """Tell whether the whole region with this code is within reach."""
        return self.everywhere or code in self.regions

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is within reach."""
        return self == Reach()


NOWHERE = Reach()
EVERYWHERE = Reach(everywhere=True)


def valid_grants(moment: dt.datetime) -> QuerySet[Grant]:
    """Return the grants that hold at `moment`, of active accounts."""
    unended = Q(valid_until__isnull=True) | Q(valid_until__gt=moment)
    return Grant.objects.filter(unended, revoked_at__isnull=True, valid_from__lte=moment, account__is_active=True)


def held_by(account_id: uuid.UUID) -> list[Held]:
    """Return what the account holds now; nothing while a role of it needs a second factor that it does not have."""
    held, has_second_factor = _held(account_id)
    return held if has_second_factor or not _needs_second_factor(held) else []


def lacks_second_factor(account_id: uuid.UUID) -> bool:
    """Tell whether the account holds a role that gives nothing until a second factor is set up."""
    held, has_second_factor = _held(account_id)
    return not has_second_factor and _needs_second_factor(held)


def _needs_second_factor(held: Iterable[Held]) -> bool:
    return any(needs_second_factor(grant.role) for grant in held)


def _held(account_id: uuid.UUID) -> tuple[list[Held], bool]:
    return remembered(("grants", account_id), lambda: _ask_held(account_id))


def _ask_held(account_id: uuid.UUID) -> tuple[list[Held], bool]:
    """Return what the account was given and is valid now, and whether it has a second factor, with one query."""
    rows = list(
        valid_grants(clock.now())
        .filter(account_id=account_id)
        .values_list("role", "region_id", "build_id", "organisation_id", "valid_from", "valid_until")
        .annotate(has_second_factor=second_factor.exists_for("account_id"))
    )
    held = [Held(Role(row[0]), Scope(row[1], row[2], row[3]), row[4], row[5]) for row in rows]
    return held, any(row[6] for row in rows)


def reach_of(actor: Actor | None, *roles: Role) -> Reach:
    """Return where `actor` may act in any of `roles` now. The system reaches everywhere, nobody reaches nowhere."""
    if actor is None:
        return NOWHERE
    if actor.account_id is None:
        return EVERYWHERE
    return _reach(grant.scope for grant in held_by(actor.account_id) if grant.role in roles)


def reaches_of(account_ids: Iterable[uuid.UUID], *roles: Role) -> dict[uuid.UUID, Reach]:
    """Return where each of several accounts may act in any of `roles` now, with one query."""
    held: dict[uuid.UUID, list[Held]] = {account_id: [] for account_id in account_ids}
    rows = (
        valid_grants(clock.now())
        .filter(account_id__in=held)
        .values_list("account_id", "role", "region_id", "build_id", "organisation_id", "valid_from", "valid_until")
        .annotate(has_second_factor=second_factor.exists_for("account_id"))
    )
    safe = set()
    for row in rows:
        held[row[0]].append(Held(Role(row[1]), Scope(row[2], row[3], row[4]), row[5], row[6]))
        safe |= {row[0]} if row[7] else set()
    return {
        account_id: _reach(grant.scope for grant in grants if grant.role in roles)
        if account_id in safe or not _needs_second_factor(grants)
        else NOWHERE
        for account_id, grants in held.items()
    }


def _reach(scopes: Iterable[Scope]) -> Reach:
    found = list(scopes)
    return Reach(
        everywhere=any(scope.is_everywhere for scope in found),
        regions=frozenset(
            scope.region for scope in found if scope.region and scope.build is None and scope.organisation is None
        ),
        builds=frozenset(scope.build for scope in found if scope.build),
        organisations=frozenset(scope.organisation for scope in found if scope.organisation),
    )


def roles_of(actor: Actor | None) -> frozenset[Role]:
    """Return the roles that `actor` holds somewhere now; the system and nobody hold none."""
    if actor is None or actor.account_id is None:
        return frozenset()
    return frozenset(grant.role for grant in held_by(actor.account_id))


@dataclass(frozen=True, slots=True)
class AccountCard:
    """Who an account is."""

    id: uuid.UUID
    name: str
    email: str


def account_card(account_id: uuid.UUID) -> AccountCard | None:
    """Return one open account, or None."""
    return _card(Account.objects.filter(pk=account_id))


def account_with_email(email: str) -> AccountCard | None:
    """Return the open account of an e-mail address, in whatever case it is typed, or None."""
    return _card(Account.objects.filter(email__iexact=email.strip()))


def _card(found: QuerySet[Account]) -> AccountCard | None:
    account = found.filter(is_active=True).first()
    return AccountCard(account.pk, account.name, account.email) if account else None


def account_names(account_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the names of accounts by id, with one query. An id that is no account is left out."""
    found = Account.objects.filter(pk__in=set(account_ids))
    return {account.pk: str(account) for account in found.only("id", "name", "email")}
