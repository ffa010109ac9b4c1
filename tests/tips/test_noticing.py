"""What was noticed, for training: eleven at least, of a quarter that is over, and outside of the vault nothing says what is counted."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Member
from tests.tips.sealed import SEED_STORY, sending_to
from tests.tips.test_desk import arrive, at_the_desk, later, opened_by
from tests.vault.world import Team, unlocked
from waywatch.advice import api as advice
from waywatch.lib import clock, facts
from waywatch.lib.actors import acting_as
from waywatch.lib.errors import NotFoundError, RefusedError
from waywatch.tips import noticing
from waywatch.tips.actions import counting, joining, opening
from waywatch.tips.models import MatchKind, MatchToken, Noticed
from waywatch.tips.noticing import Quarter

pytestmark = pytest.mark.django_db
TICKED = {"watched": "yes", "commercial_sex_offered": "no"}


def finished(team: Team, how_many: int, *, unfounded: bool = False, **more: Any) -> None:
    signs = [{"key": key, "first_hand": hand} for key, hand in TICKED.items()]
    for _ in range(how_many):
        sending = sending_to(team.keyring, observation={**SEED_STORY, "signs": signs, **more})
        arrive(sending)
        opened = opened_by(team.first, sending.tip_id)
        with acting_as(team.first.actor):
            opening.finish(team.first.actor, opened=opened, text="{}", unfounded=unfounded)


def counts(team: Team, who: Member | None = None, quarter: Quarter | None = None) -> dict[tuple[str, ...], int]:
    person = who or team.third
    key = unlocked(person)
    now = quarter or Quarter.of(clock.now().date())
    with acting_as(person.actor):
        found = counting.counted(team.keyring.pk, now, key)
    return {(cell.sector, cell.country, cell.sign): n for cell, n in found.items()}


def test_ten_are_nothing_and_eleven_are_eleven(team: Team) -> None:
    finished(team, 10)
    assert counts(team) == {}
    finished(team, 1)
    assert counts(team) == {("trucking", "US", "watched"): 11}


def test_each_cell_counts_by_itself(team: Team) -> None:
    finished(team, 6)
    finished(team, 6, reporter={"sector": "transit"})
    assert counts(team) == {}


def test_neither_unfounded_nor_open_nor_other_quarters_count(team: Team) -> None:
    finished(team, 10)
    finished(team, 3, unfounded=True)
    sending = sending_to(team.keyring)
    arrive(sending)
    opened_by(team.first, sending.tip_id)
    assert counts(team) == {}
    finished(team, 1)
    assert list(counts(team).values()) == [11]
    assert counts(team, quarter=Quarter.of(clock.now().date()).before) == {}


def test_one_observation_that_many_told_counts_once(team: Team) -> None:
    finished(team, 10)
    sending, repeated = sending_to(team.keyring), sending_to(team.keyring)
    for each in (sending, repeated):
        arrive(each)
    with acting_as(team.first.actor):
        leading = opened_by(team.first, sending.tip_id).tip
        joining.join(team.first.actor, opened=opened_by(team.first, repeated.tip_id), leading=leading)
    assert counts(team) == {}


def test_what_is_kept_says_nothing_of_sign_or_sector(team: Team) -> None:
    finished(team, 1)
    with acting_as(team.first.actor):
        [row] = MatchToken.objects.filter(kind=MatchKind.NOTICED)
    assert len(bytes(row.token)) == 16
    day = clock.now().date()
    cells = noticing.all_cells(Quarter.of(day), advice.book().signs, advice.book().version)
    assert bytes(row.token) not in {noticing.token_of(b"", cell) for cell in cells}


def test_a_supervisor_releases_a_quarter_that_is_over_once(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[counting.SignNoticed] = []
    monkeypatch.setitem(facts._handlers, counting.SignNoticed, told.append)
    finished(team, 12)
    quarter = Quarter.of(clock.now().date())
    address = f"/desk/noticed/{team.keyring.pk}/"
    browser = at_the_desk(team.third)
    assert browser.post(f"{address}release/", {"quarter": str(quarter)}).status_code == 409  # it is not over
    later(monkeypatch, days=92)
    browser = at_the_desk(team.third)
    page = browser.get(f"{address}?quarter={quarter}").content.decode()
    assert "12" in page
    assert "not yet" in page
    for n in (1, 0):
        assert browser.post(f"{address}release/", {"quarter": str(quarter)}).status_code == 302
        assert len(told) == 1, n
    [fact] = told
    assert (fact.sector, fact.country, fact.sign, fact.count, fact.quarter) == (
        "trucking",
        "US",
        "watched",
        12,
        str(quarter),
    )
    assert fact.list_version == advice.book().version
    assert "not yet" not in browser.get(f"{address}?quarter={quarter}").content.decode()


def test_who_does_not_supervise_releases_nothing(team: Team, outsider: Member, administrator: Member) -> None:
    address = f"/desk/noticed/{team.keyring.pk}/"
    for person in (outsider, administrator):
        assert person.client.get(address).status_code in {302, 404}
        with acting_as(person.actor):
            assert Noticed.objects.count() == 0
    browser = at_the_desk(team.first)
    assert browser.get(address).status_code in {403, 409}
    key = unlocked(team.first)
    with acting_as(team.first.actor), pytest.raises(RefusedError):
        counting.release(team.first.actor, desk_id=team.keyring.pk, quarter=Quarter(2026, 1), unlocked=key)
    with acting_as(team.third.actor), pytest.raises(NotFoundError):
        counting.release(team.third.actor, desk_id=uuid.uuid4(), quarter=Quarter(2026, 1), unlocked=key)


def test_the_database_holds_nothing_below_eleven(team: Team) -> None:
    with acting_as(team.third.actor), pytest.raises(IntegrityError, match="eleven"), transaction.atomic():
        Noticed.objects.create(
            desk=team.keyring, list_version="1", sector="trucking", country="US", quarter="2026Q1", sign="watched",
            count=10, released_by=team.third.account,
        )  # fmt: skip


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)))
def test_a_quarter_is_three_months_and_one_follows_the_other(day: dt.date) -> None:
    quarter = Quarter.of(day)
    assert quarter.before < quarter
    assert 1 <= quarter.number <= 4
    last_of_before = dt.date(quarter.year, quarter.number * 3 - 2, 1) - dt.timedelta(days=1)
    assert Quarter.of(last_of_before) == quarter.before


def test_the_quarters_that_are_told_are_over() -> None:
    assert [str(each) for each in counting.finished_quarters(dt.date(2026, 2, 1))] == [
        "2025Q4",
        "2025Q3",
        "2025Q2",
        "2025Q1",
    ]


@given(st.lists(st.sampled_from(["watched", "x"]), max_size=3), st.sampled_from(["US-TX", "CA-ON", "MX", "other", ""]))
def test_every_cell_of_a_tip_is_one_that_is_looked_for(signs: list[str], region: str) -> None:
    answers = {"signs": [{"key": key} for key in signs], "where": {"region": region}}
    every = noticing.all_cells(Quarter(2026, 4), ["watched", "x"], "1")
    assert set(noticing.cells_of(answers, dt.date(2026, 11, 1), "1")) <= set(every)
