"""What the pages about accounts list: people, what they hold, and open invitations. The number of queries is fixed."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from waywatch.accounts import access, rules
from waywatch.accounts.models import Account, Grant, Invitation
from waywatch.accounts.offers import offer_of
from waywatch.accounts.roles import Role
from waywatch.accounts.rules import Held
from waywatch.geo import api as geo
from waywatch.lib import clock
from waywatch.lib.actors import Actor

OPEN_INVITATIONS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant as a page shows it. `can_revoke` only spares a person a click: the action asks again."""

    id: uuid.UUID
    role: str
    place: str
    valid_from: dt.datetime
    valid_until: dt.datetime | None
    given_by: str
    state: str
    reason: str
    can_revoke: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """An account as a list shows it, with what it holds now within the reader's reach."""

    id: uuid.UUID
    name: str
    email: str
    holds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An open invitation as a list shows it."""

    id: uuid.UUID
    name: str
    email: str
    holds: str
    expires_at: dt.datetime


def people_within(actor: Actor, wanted: str) -> QuerySet[Account]:
    """Return the accounts that `actor` sees whose name or address has `wanted` in it."""
    found = access.accounts_within(actor)
    if wanted:
        found = found.filter(Q(name__icontains=wanted) | Q(email__icontains=wanted))
    return found.order_by("name", "email")


def person_rows(actor: Actor, accounts: Iterable[Account]) -> list[PersonRow]:
    """Return the rows of a page of accounts."""
    page = list(accounts)
    now = clock.now()
    holds: dict[uuid.UUID, list[str]] = defaultdict(list)
    for grant in access.grants_within(actor).filter(account__in=page):
        if grant.is_valid_at(now):
            holds[grant.account_id].append(held_label(grant))
    return [PersonRow(found.pk, found.name, found.email, tuple(holds[found.pk])) for found in page]


def open_invitations(actor: Actor) -> list[InvitationRow]:
    """Return the invitations within reach that can still be used, newest first."""
    found = access.invitations_within(actor).filter(
        accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=clock.now()
    )[:OPEN_INVITATIONS_SHOWN]
    return [InvitationRow(row.pk, row.name, row.email, held_label(row), row.expires_at) for row in found]


def grant_lines(grants: QuerySet[Grant], reader: Actor | None) -> list[GrantLine]:
    """Return grants as lines, newest first. With a `reader` they say which of them he can take away."""
    held = access.standing(reader) if reader else []
    now = clock.now()
    rows = grants.select_related("given_by").order_by("-valid_from", "id")
    return [_line(grant, held, reader, now) for grant in rows]


def _line(grant: Grant, held: list[Held], reader: Actor | None, now: dt.datetime) -> GrantLine:
    offer = offer_of(grant)
    can_revoke = (
        reader is not None
        and grant.revoked_at is None
        and rules.may_revoke(
            held,
            own_grant=grant.account_id == reader.account_id,
            given_by_self=grant.given_by_id == reader.account_id,
            role=offer.role,
            scope=offer.scope,
            now=now,
        )
    )
    return GrantLine(
        id=grant.pk,
        role=str(offer.role.label),
        place=place_label(grant),
        valid_from=grant.valid_from,
        valid_until=grant.valid_until,
        given_by=str(grant.given_by) if grant.given_by else "",
        state=_state(grant, now),
        reason=grant.reason,
        can_revoke=can_revoke,
    )


def _state(grant: Grant, now: dt.datetime) -> str:
    if grant.revoked_at:
        return gettext("Taken away")
    if grant.is_valid_at(now):
        return gettext("Holds")
    return gettext("Ended") if grant.valid_from <= now else gettext("Not yet")


def held_label(row: Grant | Invitation) -> str:
    """Return a role and its place in words."""
    return gettext("%(role)s: %(place)s") % {"role": Role(row.role).label, "place": place_label(row)}


def place_label(row: Grant | Invitation) -> str:
    """Return where a grant holds or an invitation leads, in words."""
    found = geo.region(row.region_id) if row.region_id else None
    region = found.name if found else gettext("Everywhere")
    if row.build_id:
        return gettext("One build in %(region)s") % {"region": region}
    if row.organisation_id:
        return gettext("One organisation")
    return region
