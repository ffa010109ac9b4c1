"""Pure decisions of the vault."""

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waywatch.vault import rules

NOW = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
PEOPLE = [uuid.UUID(int=number) for number in range(1, 4)]


@pytest.mark.parametrize(
    ("tries", "minutes"), [(1, None), (4, None), (5, 5), (6, None), (10, 10), (15, 20), (20, 40), (25, 60), (500, 60)]
)
def test_each_fifth_wrong_try_waits_twice_as_long_up_to_an_hour(tries: int, minutes: int | None) -> None:
    assert rules.wait_after(tries) == (dt.timedelta(minutes=minutes) if minutes else None)


@given(st.integers(0, 100_000))
def test_no_wait_is_longer_than_an_hour(tries: int) -> None:
    wait = rules.wait_after(tries)
    assert wait is None or dt.timedelta(minutes=5) <= wait <= dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("seconds", "idle"), [(0, False), (15 * 60 - 1, False), (15 * 60, True), (-30, False), (-61, True), (10**7, True)]
)
def test_it_locks_after_idle_minutes_and_when_the_clock_was_set_back(seconds: int, idle: bool) -> None:
    assert rules.is_idle(NOW, NOW + dt.timedelta(seconds=seconds), 15) is idle


@given(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.sampled_from([None, *PEOPLE]), st.booleans())
def test_nobody_allows_what_they_asked_for_and_nobody_allows_twice(
    actor: uuid.UUID, asked_by: uuid.UUID, confirmed_by: uuid.UUID | None, needs_two: bool
) -> None:
    confirms = rules.may_confirm(actor, asked_by=asked_by, confirmed_by=confirmed_by)
    approves = rules.may_approve(actor, asked_by=asked_by, confirmed_by=confirmed_by, needs_two=needs_two)
    assert confirms is (actor != asked_by and confirmed_by is None)
    assert approves is (actor != asked_by and (not needs_two or confirmed_by not in {None, actor}))


def test_a_broken_glass_is_whole_again_after_an_hour() -> None:
    hour = dt.timedelta(hours=1)
    moments = [NOW - hour, NOW, NOW + hour - dt.timedelta(seconds=1), NOW + hour]
    assert [rules.break_glass_holds(NOW, moment) for moment in moments] == [False, True, True, False]
    assert not rules.break_glass_holds(None, NOW)


@pytest.mark.parametrize(
    ("reach", "everywhere", "home", "regions", "shares"),
    [
        ({"US-TX"}, False, None, ["US-TX", "US-NM"], True),
        ({"US-OH"}, False, None, ["US-TX"], False),
        ({"US-OH"}, False, "US-OH", [], True),
        (set(), False, None, ["US-TX"], False),
        (set(), True, None, [], True),
    ],
)
def test_a_role_reaches_a_keyring_by_its_home_or_a_served_region(
    reach: set[str], everywhere: bool, home: str | None, regions: list[str], shares: bool
) -> None:
    assert rules.shares_a_region(frozenset(reach), everywhere=everywhere, home=home, regions=regions) is shares
