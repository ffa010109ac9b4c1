"""Opening what is not one's own: written down, looked through by another, and beyond a few an hour with a second person only."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.cast import Member
from tests.tips.sealed import sending_to
from tests.tips.test_desk import arrive, at_the_desk, later, opened_by, the
from tests.vault.world import Team
from waywatch.lib import clock
from waywatch.lib.actors import acting_as
from waywatch.lib.errors import NotFoundError, RefusedError
from waywatch.tips import access, rules
from waywatch.tips.actions import claims, readings
from waywatch.tips.errors import ReasonNeededError, SecondNeededError
from waywatch.tips.models import Reading
from waywatch.vault import api as vault
from waywatch.vault.models import Request

pytestmark = pytest.mark.django_db
WHY = "covering"


@pytest.fixture
def taken(team: Team) -> list[uuid.UUID]:
    """More tips than one may open alone, each a colleague's."""
    ids = [arrive(sending_to(team.keyring)) for _ in range(rules.ALONE_IN_AN_HOUR + 1)]
    for tip_id in ids:
        with acting_as(team.first.actor):
            claims.claim(team.first.actor, tip=the(team.first, tip_id))
    return ids


def supervisor_of(team: Team) -> Member:
    return team.third


def seen(team: Team) -> list[Reading]:
    with acting_as(supervisor_of(team).actor):
        return list(access.readings_of(supervisor_of(team).actor))


def test_a_reason_for_ones_own_is_not_written_down(team: Team, taken: list[uuid.UUID]) -> None:
    for tip_id in taken:
        opened_by(team.first, tip_id, reason=WHY)
    assert seen(team) == []


def test_the_next_one_needs_a_second_person_and_then_opens(team: Team, taken: list[uuid.UUID]) -> None:
    second, last = team.second, taken[-1]
    for tip_id in taken[:-1]:
        opened_by(second, tip_id, reason=WHY)
    opened_by(second, taken[0], reason=WHY)  # one that was opened already counts once
    with pytest.raises(SecondNeededError):
        opened_by(second, last, reason=WHY)
    with acting_as(second.actor):
        readings.ask_for_second(second.actor, tip=the(second, last), reason="I compare them")
        request = Request.objects.get()
    with acting_as(second.actor), pytest.raises(RefusedError):
        vault.approve_break_glass(second.actor, request_id=request.pk)
    with acting_as(team.first.actor):
        vault.approve_break_glass(team.first.actor, request_id=request.pk)
    opened_by(second, last, reason=WHY)
    assert [reading.with_second for reading in seen(team)].count(True) == 1


def test_after_an_hour_one_may_again(team: Team, taken: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch) -> None:
    for tip_id in taken[:-1]:
        opened_by(team.second, tip_id, reason=WHY)
    later(monkeypatch, minutes=61)
    with acting_as(team.first.actor):
        claims.claim(team.first.actor, tip=the(team.first, taken[-1]))
    opened_by(team.second, taken[-1], reason=WHY)


def test_ones_own_are_not_counted(team: Team, taken: list[uuid.UUID]) -> None:
    for tip_id in taken:
        opened_by(team.first, tip_id)
    assert seen(team) == []


def test_taking_what_a_colleague_opened_is_no_way_around_the_reason(
    team: Team, taken: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    for tip_id in taken:
        opened_by(team.first, tip_id)
    later(monkeypatch, minutes=16)
    for tip_id in taken[:-1]:
        with acting_as(team.second.actor):
            claims.claim(team.second.actor, tip=the(team.second, tip_id))
        with pytest.raises(ReasonNeededError):
            opened_by(team.second, tip_id)
        opened_by(team.second, tip_id, reason=WHY)
        opened_by(team.second, tip_id)  # once is enough
    with acting_as(team.second.actor):
        claims.claim(team.second.actor, tip=the(team.second, taken[-1]))
    with pytest.raises(SecondNeededError):
        opened_by(team.second, taken[-1], reason=WHY)
    assert len(seen(team)) == rules.ALONE_IN_AN_HOUR


def test_a_reading_is_looked_at_by_another(team: Team, taken: list[uuid.UUID]) -> None:
    boss = supervisor_of(team)
    opened_by(boss, taken[0], reason=WHY)
    [own] = seen(team)
    with acting_as(boss.actor):
        with pytest.raises(RefusedError):
            readings.review(boss.actor, reading=own)
        with pytest.raises(IntegrityError), transaction.atomic():
            Reading.objects.update(reviewed_by=boss.account, reviewed_at=clock.now())
    opened_by(team.second, taken[1], reason=WHY)
    answer = boss.client.post(f"/desk/readings/{seen(team)[0].pk}/review/")
    assert answer.headers["Location"] == "/desk/readings/"
    page = boss.client.get("/desk/readings/").content.decode()
    assert "Looked at by" in page
    assert "Another supervisor looks at this one." in page


@pytest.mark.parametrize("who", ["first", "second"])
def test_who_supervises_nothing_sees_none_of_it(who: str, team: Team, taken: list[uuid.UUID]) -> None:
    """The team's advocates: PostgreSQL shows them the rows, the door does not."""
    opened_by(team.third, taken[0], reason=WHY)
    [reading] = seen(team)
    person: Member = getattr(team, who)
    with acting_as(person.actor), pytest.raises(NotFoundError):
        access.readings_of(person.actor)
    assert person.client.get("/desk/readings/").status_code == 404
    assert person.client.post(f"/desk/readings/{reading.pk}/review/").status_code == 404
    assert "Opened by others" not in person.client.get("/desk/").content.decode()


def test_strangers_find_no_page(team: Team, taken: list[uuid.UUID], request: Any) -> None:
    for name in ("administrator", "coordinator", "outsider", "trooper", "ohio_advocate"):
        person: Member = request.getfixturevalue(name)
        assert person.client.get("/desk/readings/").status_code == 404
        with acting_as(person.actor):
            assert Reading.objects.count() == 0


def test_the_list_costs_the_same_however_long_it_is(
    team: Team, taken: list[uuid.UUID], django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert supervisor_of(team).client.get("/desk/readings/").status_code == 200
        return len(found)

    opened_by(team.second, taken[0], reason=WHY)
    cost()
    one = cost()
    for tip_id in taken[1:3]:
        opened_by(team.second, tip_id, reason=WHY)
    assert cost() == one


def test_the_reason_that_a_second_person_reads_is_asked_for(team: Team, taken: list[uuid.UUID]) -> None:
    browser = at_the_desk(team.second)
    for tip_id in taken[:-1]:
        browser.post(f"/desk/tips/{tip_id}/read/", {"reason": WHY})
    page = browser.post(f"/desk/tips/{taken[-1]}/read/", {"reason": WHY}).content.decode()
    assert "A second person has to allow it" in page
    empty = browser.post(f"/desk/tips/{taken[-1]}/second/", {"why": ""})
    assert "This field is required." in empty.content.decode()
    assert browser.post(f"/desk/tips/{taken[-1]}/second/", {"why": "I compare them"}).status_code == 302


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [(None, "tip", True), (None, "general", False), ("tip", "high_risk", False), ("tip", "crisis", True)],
)
def test_supervisors_are_told_of_a_potential_case(before: str | None, now: str, told: bool, team: Team) -> None:
    from waywatch.audit import api as audit
    from waywatch.tips.actions import assessing

    tip_id = arrive(sending_to(team.keyring))
    for call_class in filter(None, (before, now)):
        opened = opened_by(team.first, tip_id)
        known = len([act for act in audit.history("tip", tip_id) if act.action == "tip.supervisor_alerted"])
        with acting_as(team.first.actor):
            assessing.assess(team.first.actor, opened=opened, said={"call_class": call_class})
    alerts = [act for act in audit.history("tip", tip_id) if act.action == "tip.supervisor_alerted"]
    assert len(alerts) - known == (1 if told else 0)
