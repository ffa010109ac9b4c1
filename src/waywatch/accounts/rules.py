"""Who may hold what, and who may give it: pure decisions from given facts. Time is passed in."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from waywatch.accounts.roles import Role

INVITATION_LASTS = dt.timedelta(days=7)
WITHOUT_SECOND_FACTOR = frozenset({Role.ANALYST})
GIVEN_BY_COORDINATOR = frozenset({Role.CO_HOST, Role.TRAINING_MANAGER, Role.ANALYST})
GIVERS = (Role.ADMINISTRATOR, Role.COORDINATOR)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a role holds: a region (by its code), one build, one organisation. None of them named means everywhere."""

    region: str | None = None
    build: uuid.UUID | None = None
    organisation: uuid.UUID | None = None

    @property
    def is_everywhere(self) -> bool:
        """Tell whether no limit is named."""
        return self == Scope()


@dataclass(frozen=True, slots=True)
class Held:
    """A role as an account holds it: where, and from when until when (None: without end)."""

    role: Role
    scope: Scope
    valid_from: dt.datetime
    valid_until: dt.datetime | None = None

    def is_valid_at(self, now: dt.datetime) -> bool:
        """Tell whether it gives anything at `now`."""
        return self.valid_from <= now and (self.valid_until is None or now < self.valid_until)


def needs_second_factor(role: Role) -> bool:
    """Tell whether `role` sees data about people, so that it gives nothing without a second factor."""
    return role not in WITHOUT_SECOND_FACTOR


def scope_fits(role: Role, scope: Scope) -> bool:
    """Tell whether `scope` is a place where `role` can hold. The database has the same rule as a constraint."""
    match role:
        case Role.ADMINISTRATOR:
            return scope.is_everywhere
        case Role.CO_HOST:
            return scope.region is not None and scope.organisation is None
        case Role.TRAINING_MANAGER:
            return scope.organisation is not None and scope.build is None
        case Role.OFFICER:
            return scope.region is not None and scope.build is None and scope.organisation is None
        case _:
            return scope.build is None and scope.organisation is None


def contains(outer: Scope, inner: Scope) -> bool:
    """Tell whether every place of `inner` lies within `outer`."""
    return (
        outer.region in {None, inner.region}
        and outer.build in {None, inner.build}
        and outer.organisation in {None, inner.organisation}
    )


def is_over(last_day: dt.date, today: dt.date) -> bool:
    """Tell whether a role with this last day would give nothing any more."""
    return last_day < today


def end_of(last_day: dt.date) -> dt.datetime:
    """Return the moment at which a role with this last day ends: midnight after it, in UTC."""
    return dt.datetime.combine(last_day + dt.timedelta(days=1), dt.time(), dt.UTC)


def ends_within(own: dt.datetime | None, given: dt.datetime | None) -> bool:
    """Tell whether a grant until `given` ends no later than the giver's own, which lasts until `own`."""
    return own is None or (given is not None and given <= own)


def may_give(
    held: Iterable[Held], *, to_self: bool, role: Role, scope: Scope, until: dt.datetime | None, now: dt.datetime
) -> bool:
    """Tell whether an account that holds `held` may give `role` at `scope` until `until`: to anybody but itself."""
    if to_self or not scope_fits(role, scope) or (until is not None and until <= now):
        return False
    return any(_gives(own, role, scope, until) for own in held if own.is_valid_at(now))


def _gives(own: Held, role: Role, scope: Scope, until: dt.datetime | None) -> bool:
    if own.role not in GIVERS or not ends_within(own.valid_until, until):
        return False
    if own.role is Role.ADMINISTRATOR:
        return True
    return role in GIVEN_BY_COORDINATOR and contains(own.scope, scope)


def may_revoke(
    held: Iterable[Held], *, own_grant: bool, given_by_self: bool, role: Role, scope: Scope, now: dt.datetime
) -> bool:
    """Tell whether a grant may be revoked: by an administrator, or by its giver while he may still give it.

    Nobody revokes a grant of his own: so the last administrator cannot lock everybody out.
    """
    if own_grant:
        return False
    valid = [own for own in held if own.is_valid_at(now)]
    if any(own.role is Role.ADMINISTRATOR for own in valid):
        return True
    coordinates = any(own.role is Role.COORDINATOR and contains(own.scope, scope) for own in valid)
    return given_by_self and role in GIVEN_BY_COORDINATOR and coordinates


def roles_to_give(held: Iterable[Held], now: dt.datetime) -> frozenset[Role]:
    """Return the roles that an account holding `held` may give at some place."""
    own = {grant.role for grant in held if grant.is_valid_at(now)}
    if Role.ADMINISTRATOR in own:
        return frozenset(Role)
    return GIVEN_BY_COORDINATOR if Role.COORDINATOR in own else frozenset()
