"""Duty hours by the contact's own clock, incidents that hold, what may be told: pure rules over many inputs."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waywatch.referrals.rules import (
    ANSWER_WITHIN,
    Duty,
    Incident,
    dialled,
    is_verified,
    living_incidents,
    may_say_acted,
    urgency_now,
)

CHICAGO = zoneinfo.ZoneInfo("America/Chicago")
WEEK = range(7)
MOMENTS = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001 - the zone is given
TIMES = st.times()
DAYS = st.sets(st.sampled_from(list(WEEK)))


def at(*when: int, fold: int = 0) -> dt.datetime:
    return dt.datetime(*when, tzinfo=CHICAGO, fold=fold)  # type: ignore[misc,arg-type]


def night(*days: int) -> Duty:
    return Duty(days or WEEK, dt.time(22), dt.time(6), "America/Chicago")


@given(MOMENTS, DAYS)
def test_without_hours_only_the_day_there_counts(moment: dt.datetime, days: set[int]) -> None:
    assert Duty(days, None, None, "America/Chicago").covers(moment) == (moment.astimezone(CHICAGO).weekday() in days)


@given(MOMENTS, TIMES, TIMES)
def test_a_duty_and_its_opposite_cover_every_moment_once(moment: dt.datetime, start: dt.time, end: dt.time) -> None:
    if start != end:
        first, second = Duty(WEEK, start, end, "America/Chicago"), Duty(WEEK, end, start, "America/Chicago")
        assert first.covers(moment) != second.covers(moment)


@given(MOMENTS)
def test_the_zone_of_whoever_asks_does_not_matter(moment: dt.datetime) -> None:
    there = moment.astimezone(zoneinfo.ZoneInfo("Pacific/Honolulu"))
    assert night().covers(moment) == night().covers(there)


@pytest.mark.parametrize(
    ("moment", "covered"),
    [
        (at(2026, 11, 6, 21, 59), False),  # a Friday
        (at(2026, 11, 6, 22, 0), True),
        (at(2026, 11, 7, 5, 59), True),  # its night goes on on Saturday
        (at(2026, 11, 7, 6, 0), False),
        (at(2026, 11, 7, 22, 0), False),  # Saturday's own night is nobody's
        (at(2026, 11, 8, 3, 0), False),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_began(moment: dt.datetime, *, covered: bool) -> None:
    assert night(4).covers(moment) == covered


@pytest.mark.parametrize(
    ("moment", "covered"),
    [
        (at(2026, 11, 1, 1, 30), True),  # the hour that comes twice, both times
        (at(2026, 11, 1, 1, 30, fold=1), True),
        (at(2026, 11, 1, 5, 59), True),
        (at(2026, 11, 1, 6, 0), False),
        (at(2026, 3, 8, 3, 0), True),  # after the hour that is left out
        (at(2026, 3, 8, 5, 59), True),
        (at(2026, 3, 8, 6, 0), False),
    ],
)
def test_the_nights_on_which_clocks_are_set(moment: dt.datetime, *, covered: bool) -> None:
    assert night().covers(moment) == covered


def test_the_more_urgent_the_sooner() -> None:
    waits = [ANSWER_WITHIN[urgency] for urgency in sorted(ANSWER_WITHIN)]
    assert waits == sorted(waits)
    assert len(set(waits)) == len(waits)


INCIDENTS = st.builds(
    Incident, st.sampled_from(["2026-451", "2026 451", "7"]), st.sampled_from(["Pecos PD", "pecos pd", "Reeves SO"])
)


@given(st.lists(st.tuples(INCIDENTS, st.booleans())))
def test_each_incident_holds_once_and_the_last_word_counts(said: list[tuple[Incident, bool]]) -> None:
    found = living_incidents(said)
    last = {incident.key: holds for incident, holds in said}
    assert {incident.key for incident in found} == {key for key, holds in last.items() if holds}
    assert len(found) == len({incident.key for incident in found})


@pytest.mark.parametrize(
    ("number", "dial"),
    [
        ("512-555-0199", "5125550199"),
        ("+1 (512) 555-0199", "+15125550199"),
        ("512.555.0199 ext. 4", "5125550199"),
        ("512 555 0199 #4", "5125550199"),
        ("night desk", ""),
        ("+", ""),
        ("٥١٢", ""),
    ],
)
def test_a_number_is_dialled_up_to_its_extension(number: str, dial: str) -> None:
    assert dialled(number) == dial


def test_two_ways_of_writing_are_one_incident_and_another_agency_is_another() -> None:
    first, again, other = (
        Incident("2026-451", "Pecos PD"),
        Incident("2026 451", "PECOS PD"),
        Incident("2026-451", "Reeves SO"),
    )
    assert living_incidents([(first, True), (again, True), (other, True)]) == [first, other]
    assert living_incidents([(first, True), (again, False)]) == []


OUTCOMES = st.one_of(
    st.none(), st.tuples(st.sampled_from(["helped", "checked", "passed", "known", "not_checked"]), st.booleans())
)


@given(st.lists(OUTCOMES))
def test_that_somebody_acted_is_said_only_if_each_agency_permits_it_and_one_did(
    newest: list[tuple[str, bool] | None],
) -> None:
    allowed = may_say_acted(newest)
    if None in newest or any(each is not None and not each[1] for each in newest):
        assert not allowed
    else:
        acted = [each for each in newest if each is not None and each[0] in {"helped", "checked", "passed"}]
        assert allowed == bool(acted)


@given(st.sampled_from([1, 2, 3]), st.booleans(), st.timedeltas(dt.timedelta(0), dt.timedelta(days=9)))
def test_danger_goes_first_and_a_day_old_is_not_now(urgency: int, danger: bool, waited: dt.timedelta) -> None:
    found = urgency_now(urgency, danger=danger, waited=waited)
    if danger:
        assert found == 1
    else:
        assert found == (3 if waited >= dt.timedelta(hours=24) else urgency)


def test_a_contact_is_verified_for_half_a_year() -> None:
    today = dt.date(2026, 11, 25)
    assert is_verified(today - dt.timedelta(days=180), today)
    assert not is_verified(today - dt.timedelta(days=181), today)
