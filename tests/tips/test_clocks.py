"""Nobody waits unseen: pages go out once each, to the right people, and say nothing. As the worker itself, whose role opens nothing."""

import datetime as dt
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Member, member
from tests.conftest import use_database
from tests.tips.sealed import sending_to
from tests.vault.world import Team, desk_facts, found, set_up, unlocked
from waywatch.accounts.roles import Role
from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting_as
from waywatch.tips import access, intake, rules
from waywatch.tips.actions import claims, opening, watching
from waywatch.tips.envelope import read_envelope

NOON = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)  # the night before, the clocks of the US went back
CLEAR = (
    *(
        "tips_chunk",
        "tips_matchtoken",
        "tips_question",
        "tips_entry",
        "tips_contentkey",
        "tips_sealed",
        "tips_tip",
        "vault_share",
        "vault_wrap",
        "vault_keyversion",
        "vault_memberkey",
        "vault_membership",
        "vault_keyring",
    ),
    *(
        "delivery_message",
        "procrastinate_jobs",
        "mfa_authenticator",
        "account_emailaddress",
        "accounts_grant",
        "accounts_account",
    ),
)


@pytest.fixture
def committed(database_urls: dict[str, str], no_transaction: None) -> Iterator[Team]:
    """A desk of two advocates and a supervisor that the worker's own connection can see; taken away afterwards."""
    try:
        with transaction.atomic():
            team = _team()
        yield team
    finally:
        use_database(database_urls["web"])
        with psycopg.connect(database_urls["owner"]) as owner:
            owner.execute("SELECT set_config('waywatch.actor', 'system:tests', true)")
            for table in CLEAR:
                owner.execute(f"DELETE FROM {table}".encode())


def _team() -> Team:
    administrator = member("ada.clock@example.org", "Ada Clock", Role.ADMINISTRATOR)
    people = [
        member("first.clock@example.org", "First Clock", Role.ADVOCATE),
        member("second.clock@example.org", "Second Clock", Role.SUPERVISOR),
    ]
    set_up(*people)
    keyring = found(administrator, desk_facts(), *people)
    return Team(keyring, people[0], people[1], people[1], administrator, people)


def arrive(team: Team, urgency: int) -> uuid.UUID:
    sending = sending_to(team.keyring, urgency=urgency)
    raw = sending.raw()
    intake.receive(read_envelope(raw), raw)
    return sending.tip_id


def watch(urls: dict[str, str], monkeypatch: pytest.MonkeyPatch, **after: int) -> int:
    """Run the clocks as the worker, so much later."""
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(**after)
    use_database(urls["worker"])
    with monkeypatch.context() as patch, acting_as(Actor.system("clocks")):
        patch.setattr(clock, "now", lambda: moment)
        pages = watching.page_for_waiting()
    use_database(urls["web"])
    return pages


def mails(urls: dict[str, str]) -> list[str]:
    with psycopg.connect(urls["owner"]) as owner:
        return [kind for (kind,) in owner.execute("SELECT kind FROM delivery_message ORDER BY created_at").fetchall()]


def test_a_page_goes_to_the_people_on_duty_then_to_the_supervisors_once_each(
    committed: Team, database_urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(committed, urgency=1)
    assert watch(database_urls, monkeypatch, minutes=2) == 0
    assert watch(database_urls, monkeypatch, minutes=4) == 1
    assert mails(database_urls) == ["task", "task"]
    assert watch(database_urls, monkeypatch, minutes=5) == 0
    assert watch(database_urls, monkeypatch, minutes=11) == 1
    assert mails(database_urls) == ["task", "task", "task"]
    assert watch(database_urls, monkeypatch, hours=9) == 0


def test_after_hours_without_a_worker_one_page_goes_out_not_two(
    committed: Team, database_urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(committed, urgency=1)
    assert watch(database_urls, monkeypatch, hours=3) == 1
    assert mails(database_urls) == ["task", "task"]  # one to each of the two
    assert watch(database_urls, monkeypatch, hours=4) == 0


def open_now(who: Member, tip_id: uuid.UUID) -> None:
    key = unlocked(who)
    with acting_as(who.actor), transaction.atomic():
        opening.open_tip(who.actor, tip_id=tip_id, unlocked=key)


def put_back(who: Member, tip_id: uuid.UUID) -> None:
    with acting_as(who.actor), transaction.atomic():
        claims.release(who.actor, tip=access.tip_for(who.actor, tip_id))


def test_a_tip_that_was_opened_and_left_is_told_to_the_people_on_duty_once_each_time(
    committed: Team, database_urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tip_id = arrive(committed, urgency=1)
    open_now(committed.first, tip_id)
    assert watch(database_urls, monkeypatch, minutes=14) == 0  # the claim holds
    assert watch(database_urls, monkeypatch, minutes=16) == 1
    assert mails(database_urls) == ["task", "task"]  # one to each of the two
    assert watch(database_urls, monkeypatch, minutes=17) == watch(database_urls, monkeypatch, hours=9) == 0
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: dt.datetime.now(dt.UTC) + dt.timedelta(minutes=20))
        open_now(committed.first, tip_id)  # goes on with it, and leaves it once more
    assert watch(database_urls, monkeypatch, minutes=34) == 0
    assert watch(database_urls, monkeypatch, minutes=36) == 1
    assert len(mails(database_urls)) == 4


def test_a_tip_that_was_opened_and_put_back_is_told_of_by_the_clock_of_its_class(
    committed: Team, database_urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tip_id = arrive(committed, urgency=1)
    open_now(committed.first, tip_id)
    put_back(committed.first, tip_id)
    assert [watch(database_urls, monkeypatch, minutes=minutes) for minutes in (2, 4, 5)] == [0, 1, 0]


def test_a_tip_that_was_opened_and_finished_is_told_to_nobody(
    committed: Team, database_urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tip_id, key = arrive(committed, urgency=1), unlocked(committed.first)
    with acting_as(committed.first.actor), transaction.atomic():
        opened = opening.open_tip(committed.first.actor, tip_id=tip_id, unlocked=key)
        opening.finish(committed.first.actor, opened=opened, text="{}")
    assert watch(database_urls, monkeypatch, hours=9) == 0


def leave(urls: dict[str, str], *people: Member) -> None:
    """End the roles of these people, as time does."""
    with psycopg.connect(urls["owner"]) as owner:
        owner.execute("SELECT set_config('waywatch.actor', 'system:tests', true)")
        ended = (
            "UPDATE accounts_grant SET valid_until = now() - interval '1 minute', valid_from = now() - interval '1 day'"
        )
        owner.execute(f"{ended} WHERE account_id = ANY (%s)".encode(), [[each.account.pk for each in people]])


def test_where_no_supervisor_is_left_the_advocates_are_told(
    committed: Team, database_urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(database_urls, committed.second)
    arrive(committed, urgency=1)
    assert watch(database_urls, monkeypatch, minutes=4) == 1
    assert watch(database_urls, monkeypatch, minutes=11) == 1
    assert mails(database_urls) == ["task", "task"]


def test_a_tip_that_nobody_could_be_told_of_is_told_when_somebody_is_there_again(
    committed: Team, database_urls: dict[str, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    leave(database_urls, committed.first, committed.second)
    arrive(committed, urgency=1)
    assert watch(database_urls, monkeypatch, minutes=11) == 0
    assert "nobody of its team holds a role any more" in caplog.text
    with psycopg.connect(database_urls["owner"]) as owner:
        owner.execute("SELECT set_config('waywatch.actor', 'system:tests', true)")
        owner.execute("UPDATE accounts_grant SET valid_until = NULL")
    assert watch(database_urls, monkeypatch, minutes=20) == 1
    assert mails(database_urls) == ["task", "task"]


def test_a_flood_of_tips_is_no_flood_of_mails(
    committed: Team, database_urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(7):
        arrive(committed, urgency=1)
    assert watch(database_urls, monkeypatch, minutes=4) == 7
    assert mails(database_urls) == ["task", "task"]


def test_each_class_has_its_own_clock(
    committed: Team, database_urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for urgency in (1, 2, 3):
        arrive(committed, urgency=urgency)
    counts = [watch(database_urls, monkeypatch, minutes=minutes) for minutes in (4, 11, 31, 61, 241, 1441)]
    assert counts == [1, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT body FROM tips_sealed",
        "SELECT sealed FROM tips_contentkey",
        "SELECT locked FROM tips_entry",
        "SELECT region FROM tips_tip",
        "SELECT token_hash FROM tips_tip",
        "UPDATE tips_tip SET opened_at = now()",
        "DELETE FROM tips_tip",
    ],
)
def test_the_worker_reads_and_changes_nothing_else_of_a_tip(
    database_urls: dict[str, str], django_db_setup: None, query: str
) -> None:
    with psycopg.connect(database_urls["worker"]) as worker, pytest.raises(psycopg.errors.InsufficientPrivilege):
        worker.execute(query.encode())


@given(st.sampled_from([1, 2, 3]), st.timedeltas(min_value=dt.timedelta(), max_value=dt.timedelta(days=3)))
def test_a_page_never_becomes_less_loud_with_time(urgency: int, waited: dt.timedelta) -> None:
    order = [None, "staff", "supervisor"]
    first = rules.due_page(urgency, NOON, NOON + waited)
    assert order.index(rules.due_page(urgency, NOON, NOON + waited * 2)) >= order.index(first)
    if urgency > 1:
        assert order.index(rules.due_page(urgency - 1, NOON, NOON + waited)) >= order.index(first)


def test_a_clock_set_back_pages_nobody() -> None:
    assert rules.due_page(1, NOON, NOON - dt.timedelta(hours=1)) is None


@pytest.mark.parametrize(("seconds", "holds"), [(0, True), (899, True), (900, False), (-30, True)])
def test_a_claim_holds_for_fifteen_minutes(seconds: int, holds: bool) -> None:
    assert rules.claim_holds(NOON, NOON + dt.timedelta(seconds=seconds)) is holds
