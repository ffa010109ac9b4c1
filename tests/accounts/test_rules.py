"""Who may give what: properties that hold for every pair of giver and gift."""

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waywatch.accounts import rules
from waywatch.accounts.roles import Role
from waywatch.accounts.rules import Held, Scope
from waywatch.lib.days import FARTHEST, is_too_far

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
moments = st.integers(-5, 5).map(lambda days: NOW + days * DAY)
scopes = st.builds(
    Scope,
    region=st.sampled_from([None, "US-TX", "US-OH"]),
    build=st.sampled_from([None, uuid.UUID(int=1), uuid.UUID(int=2)]),
    organisation=st.sampled_from([None, uuid.UUID(int=3)]),
)
roles = st.sampled_from(list(Role))
held_grants = st.builds(Held, role=roles, scope=scopes, valid_from=moments, valid_until=st.none() | moments)


def may_give(held: list[Held], role: Role, scope: Scope, until: dt.datetime | None = None, **over: bool) -> bool:
    return rules.may_give(held, to_self=over.get("to_self", False), role=role, scope=scope, until=until, now=NOW)


@given(st.lists(held_grants, max_size=4), roles, scopes, st.none() | moments)
def test_nobody_gives_himself_anything(held: list[Held], role: Role, scope: Scope, until: dt.datetime | None) -> None:
    assert not may_give(held, role, scope, until, to_self=True)


@given(st.lists(held_grants, max_size=4), roles, scopes, st.none() | moments)
def test_whoever_gives_holds_a_giving_role_for_at_least_as_long(
    held: list[Held], role: Role, scope: Scope, until: dt.datetime | None
) -> None:
    if may_give(held, role, scope, until):
        givers = [own for own in held if own.role in rules.GIVERS and own.is_valid_at(NOW)]
        assert any(own.valid_until is None or (until and until <= own.valid_until) for own in givers)
        assert rules.scope_fits(role, scope)
        assert until is None or until > NOW


@given(held_grants.filter(lambda own: own.role is Role.COORDINATOR), roles, scopes, st.none() | moments)
def test_a_coordinator_never_gives_beyond_his_reach(
    own: Held, role: Role, scope: Scope, until: dt.datetime | None
) -> None:
    if may_give([own], role, scope, until):
        assert role in {Role.CO_HOST, Role.TRAINING_MANAGER, Role.ANALYST}
        assert own.scope.region in {None, scope.region}


@given(st.lists(held_grants, max_size=4), held_grants, roles, scopes)
def test_one_more_role_never_takes_the_right_to_give_away(
    held: list[Held], more: Held, role: Role, scope: Scope
) -> None:
    assert may_give([*held, more], role, scope) >= may_give(held, role, scope)


@given(scopes, scopes, scopes)
def test_containing_is_an_order(one: Scope, two: Scope, three: Scope) -> None:
    assert rules.contains(one, one)
    assert rules.contains(Scope(), one)
    if rules.contains(one, two) and rules.contains(two, three):
        assert rules.contains(one, three)
    if rules.contains(one, two) and rules.contains(two, one):
        assert one == two


@given(st.lists(held_grants, max_size=4), roles, scopes, st.booleans())
def test_nobody_revokes_his_own(held: list[Held], role: Role, scope: Scope, given_by_self: bool) -> None:
    assert not rules.may_revoke(held, own_grant=True, given_by_self=given_by_self, role=role, scope=scope, now=NOW)


TEXAS, OHIO, EVERYWHERE = Scope("US-TX"), Scope("US-OH"), Scope()
CARRIER = Scope("US-TX", organisation=uuid.UUID(int=3))
national = Held(Role.COORDINATOR, EVERYWHERE, NOW)
texan = Held(Role.COORDINATOR, TEXAS, NOW)
brief = Held(Role.COORDINATOR, TEXAS, NOW, NOW + DAY)
past = Held(Role.COORDINATOR, TEXAS, NOW - 2 * DAY, NOW)
future = Held(Role.ADMINISTRATOR, EVERYWHERE, NOW + DAY)
admin = Held(Role.ADMINISTRATOR, EVERYWHERE, NOW)


@pytest.mark.parametrize(
    ("own", "role", "scope", "until", "allowed"),
    [
        (national, Role.CO_HOST, TEXAS, None, True),
        (national, Role.ANALYST, EVERYWHERE, None, True),
        (national, Role.CO_HOST, EVERYWHERE, None, False),  # a co-host always has a region
        (national, Role.COORDINATOR, TEXAS, None, False),
        (national, Role.ADMINISTRATOR, EVERYWHERE, None, False),
        (texan, Role.CO_HOST, TEXAS, None, True),
        (texan, Role.CO_HOST, OHIO, None, False),
        (texan, Role.ANALYST, EVERYWHERE, None, False),
        (texan, Role.TRAINING_MANAGER, CARRIER, None, True),
        (texan, Role.TRAINING_MANAGER, Scope("US-OH", organisation=uuid.UUID(int=3)), None, False),
        (texan, Role.TRAINING_MANAGER, Scope(organisation=uuid.UUID(int=3)), None, False),
        (texan, Role.OFFICER, TEXAS, None, False),
        (brief, Role.ANALYST, TEXAS, None, False),
        (brief, Role.ANALYST, TEXAS, NOW + DAY, True),
        (brief, Role.ANALYST, TEXAS, NOW + 2 * DAY, False),
        (brief, Role.ANALYST, TEXAS, NOW, False),  # would end before it starts
        (past, Role.ANALYST, TEXAS, NOW + DAY, False),
        (future, Role.ANALYST, TEXAS, None, False),
        *[(admin, role, EVERYWHERE, None, True) for role in Role if rules.scope_fits(role, EVERYWHERE)],
        (admin, Role.OFFICER, TEXAS, None, True),
        (admin, Role.ADMINISTRATOR, TEXAS, None, False),
        *[(Held(role, TEXAS, NOW), Role.ANALYST, TEXAS, None, False) for role in Role if role not in rules.GIVERS],
    ],
)
def test_may_give(own: Held, role: Role, scope: Scope, until: dt.datetime | None, *, allowed: bool) -> None:
    assert may_give([own], role, scope, until) is allowed


@pytest.mark.parametrize(
    ("own", "given_by_self", "role", "scope", "allowed"),
    [
        (admin, False, Role.ADMINISTRATOR, EVERYWHERE, True),
        (admin, False, Role.CO_HOST, TEXAS, True),
        (texan, True, Role.CO_HOST, TEXAS, True),
        (texan, False, Role.CO_HOST, TEXAS, False),
        (texan, True, Role.CO_HOST, OHIO, False),
        (texan, True, Role.OFFICER, TEXAS, False),
        (brief, True, Role.ANALYST, TEXAS, True),  # taking away needs no end within one's own
        (past, True, Role.CO_HOST, TEXAS, False),
        (future, False, Role.CO_HOST, TEXAS, False),
        (Held(Role.CO_HOST, TEXAS, NOW), True, Role.CO_HOST, TEXAS, False),
    ],
)
def test_may_revoke(own: Held, given_by_self: bool, role: Role, scope: Scope, *, allowed: bool) -> None:
    answer = rules.may_revoke([own], own_grant=False, given_by_self=given_by_self, role=role, scope=scope, now=NOW)
    assert answer is allowed


def test_an_administrator_keeps_his_own() -> None:
    assert not rules.may_revoke(
        [admin], own_grant=True, given_by_self=False, role=Role.ADMINISTRATOR, scope=EVERYWHERE, now=NOW
    )


def test_roles_to_give() -> None:
    assert rules.roles_to_give([admin], NOW) == set(Role)
    assert rules.roles_to_give([texan], NOW) == {Role.CO_HOST, Role.TRAINING_MANAGER, Role.ANALYST}
    assert rules.roles_to_give([past, Held(Role.EDITOR, TEXAS, NOW)], NOW) == set()


def test_second_factor() -> None:
    assert {role for role in Role if not rules.needs_second_factor(role)} == {Role.ANALYST}


@pytest.mark.parametrize("moment", [NOW - DAY, NOW, NOW + DAY])
def test_valid_from_counts_and_valid_until_does_not(moment: dt.datetime) -> None:
    held = Held(Role.ANALYST, EVERYWHERE, NOW, NOW + DAY)
    assert held.is_valid_at(moment) is (moment == NOW)


@given(st.dates(), st.dates())
def test_a_last_day_that_is_taken_ends_a_role_in_the_time_to_come(last_day: dt.date, today: dt.date) -> None:
    if not rules.is_over(last_day, today) and not is_too_far(last_day, today) and today.year < 9800:
        midnight = dt.datetime.combine(today, dt.time(), dt.UTC)
        assert midnight < rules.end_of(last_day) <= midnight + FARTHEST + DAY
