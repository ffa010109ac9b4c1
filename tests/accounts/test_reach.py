"""What an actor may reach: in Python and in PostgreSQL, which row-level security asks."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from psycopg_pool import ConnectionPool

from tests.cast import CARRIER_ID, Member, grant_to, member
from waywatch.accounts import api
from waywatch.accounts.api import Reach, Role
from waywatch.accounts.models import Account, Grant
from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting_as
from waywatch.lib.errors import NotFoundError

BUILD = uuid.UUID("0b000000-0000-4000-8000-000000000001")


def sql_reach(*roles: str) -> list[str]:
    """Ask PostgreSQL as the role the tests run under."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_reach_regions(%s)", [list(roles)])
        return sorted(cursor.fetchone()[0])


def test_the_tests_run_as_the_web_role(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user, current_user")
        assert cursor.fetchone() == ("waywatch_web", "waywatch_web")


def test_reach_of_each_kind_of_grant(
    coordinator: Member, texas_coordinator: Member, safety_director: Member, outsider: Member
) -> None:
    helper = member("build.only@example.org", "Build Only", Role.CO_HOST, region_id="US-TX", build_id=BUILD)
    assert api.reach_of(coordinator.actor, Role.COORDINATOR) == Reach(everywhere=True)
    assert api.reach_of(texas_coordinator.actor, Role.COORDINATOR) == Reach(regions=frozenset({"US-TX"}))
    assert api.reach_of(safety_director.actor, Role.TRAINING_MANAGER) == Reach(organisations=frozenset({CARRIER_ID}))
    assert api.reach_of(helper.actor, Role.CO_HOST) == Reach(builds=frozenset({BUILD}))
    assert api.reach_of(outsider.actor, *Role) == Reach()
    assert api.reach_of(None, *Role) == Reach()
    assert api.reach_of(Actor.system("test"), Role.COORDINATOR) == Reach(everywhere=True)
    assert api.reach_of(Actor.account(uuid.uuid4()), *Role) == Reach()


def test_reach_counts_only_the_roles_asked_for(texas_coordinator: Member) -> None:
    grant_to(texas_coordinator.account, Role.ANALYST, region_id="US-OH")
    assert api.reach_of(texas_coordinator.actor, Role.ANALYST).regions == {"US-OH"}
    assert api.reach_of(texas_coordinator.actor, Role.ANALYST, Role.COORDINATOR).regions == {"US-OH", "US-TX"}
    assert api.reach_of(texas_coordinator.actor).is_empty
    assert api.roles_of(texas_coordinator.actor) == {Role.ANALYST, Role.COORDINATOR}


def test_reach_covers(texas_coordinator: Member) -> None:
    texas = api.reach_of(texas_coordinator.actor, Role.COORDINATOR)
    assert texas.covers_region("US-TX")
    assert not texas.covers_region("US-OH")


def test_require_answers_not_found(texas_coordinator: Member, outsider: Member) -> None:
    assert api.require(texas_coordinator.actor, Role.COORDINATOR).regions == {"US-TX"}
    for nobody in (outsider.actor, None, Actor.account(uuid.uuid4())):
        with pytest.raises(NotFoundError):
            api.require(nobody, Role.COORDINATOR)


HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("times", "holds"),
    [
        pytest.param({"valid_until": HOUR}, True, id="ends later"),
        pytest.param({"valid_from": HOUR}, False, id="starts later"),
        pytest.param({"valid_from": -2 * HOUR, "valid_until": -HOUR}, False, id="has ended"),
        pytest.param({"revoked_at": -HOUR}, False, id="is revoked"),
    ],
)
def test_time_and_revocation(db: None, times: dict[str, dt.timedelta], *, holds: bool) -> None:
    moments = {name: clock.now() + delta for name, delta in times.items()}
    somebody = member("some.body@example.org", "Some Body", Role.COORDINATOR, region_id="US-TX", **moments)
    assert (api.reach_of(somebody.actor, Role.COORDINATOR).regions == {"US-TX"}) is holds
    with acting_as(somebody.actor):
        assert sql_reach("coordinator") == (["US-TX"] if holds else [])


def test_nothing_without_a_second_factor(db: None) -> None:
    bare = member("no.factor@example.org", "No Factor", Role.COORDINATOR, second_factor=False, region_id="US-TX")
    reader = member("reader@example.org", "Reader", Role.ANALYST, second_factor=False, region_id="US-TX")
    assert api.reach_of(bare.actor, Role.COORDINATOR).is_empty
    assert api.reach_of(reader.actor, Role.ANALYST).regions == {"US-TX"}
    with acting_as(bare.actor):
        assert sql_reach("coordinator") == []
    with acting_as(reader.actor):
        assert sql_reach("analyst") == ["US-TX"]
    # One role that needs a second factor holds back all of them.
    grant_to(bare.account, Role.ANALYST)
    assert api.reach_of(bare.actor, Role.ANALYST).is_empty
    with acting_as(bare.actor):
        assert sql_reach("analyst") == []


def test_nothing_for_an_inactive_account(texas_coordinator: Member) -> None:
    Account.objects.filter(pk=texas_coordinator.account.pk).update(is_active=False)
    assert api.reach_of(texas_coordinator.actor, Role.COORDINATOR).is_empty
    with acting_as(texas_coordinator.actor):
        assert sql_reach("coordinator") == []


def test_postgres_answers_by_scope(coordinator: Member, texas_coordinator: Member, safety_director: Member) -> None:
    helper = member("build.only@example.org", "Build Only", Role.CO_HOST, region_id="US-OH", build_id=BUILD)
    nation = member("nation@example.org", "Nation", Role.TRAINING_MANAGER, organisation_id=CARRIER_ID)
    answers = {}
    for person in (coordinator, texas_coordinator, safety_director, helper, nation):
        with acting_as(person.actor):
            answers[person.account.email] = sql_reach("coordinator", "co_host", "training_manager")
    assert answers == {
        "marisol.okafor@example.org": ["*"],
        "dale.reyes@example.org": ["US-TX"],
        "gus.petrakis@example.org": ["US-TX"],
        "build.only@example.org": ["US-OH"],
        "nation@example.org": [],
    }


@pytest.mark.parametrize(
    "setting",
    ["", "account:", "account:not-a-uuid", "account:" + "-" * 36, "system:load-builds", "system:", "ACCOUNT:x", "*"],
)
def test_postgres_answers_nothing_to_nobody(coordinator: Member, setting: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('waywatch.actor', %s, true)", [setting])
    assert sql_reach(*Role.values) == []


def test_postgres_answers_nothing_where_the_setting_was_never_made(coordinator: Member) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_reach_regions(NULL), accounts_reach_regions('{}')")
        assert cursor.fetchone() == ([], [])


INSERT_ACCOUNT = """
    INSERT INTO accounts_account (id, email, name, password, language, is_active, is_demo, created_at)
    VALUES (%s, %s, 'Committed', '!', 'en', true, false, now())
"""
INSERT_GRANT = """
    INSERT INTO accounts_grant (id, account_id, role, region_id, valid_from, reason)
    VALUES (%s, %s, 'analyst', 'US-TX', now() - interval '1 minute', '')
"""


@pytest.fixture
def committed(django_db_setup: None, database_urls: dict[str, str]) -> Iterator[tuple[uuid.UUID, psycopg.Connection]]:
    """An analyst of Texas that stands in the database for real, and the owner's connection."""
    account_id = uuid.uuid4()
    with psycopg.connect(database_urls["owner"], autocommit=True) as owner:
        owner.execute(INSERT_ACCOUNT, [account_id, f"{account_id}@example.org"])
        owner.execute(INSERT_GRANT, [uuid.uuid4(), account_id])
        yield account_id, owner
        owner.execute("DELETE FROM accounts_grant WHERE account_id = %s", [account_id])
        owner.execute("DELETE FROM accounts_account WHERE id = %s", [account_id])


def ask(pool: ConnectionPool, actor: str | None) -> list[str]:
    """Ask in a transaction of its own, on whichever connection the pool hands out."""
    with pool.connection() as connection, connection.transaction():
        if actor is not None:
            connection.execute("SELECT set_config('waywatch.actor', %s, true)", [actor])
        row = connection.execute("SELECT accounts_reach_regions(ARRAY['analyst'])").fetchone()
        assert row is not None
        return list(row[0])


def test_a_used_connection_carries_nobody_over_and_revocation_holds_at_the_next_transaction(
    committed: tuple[uuid.UUID, psycopg.Connection], database_urls: dict[str, str]
) -> None:
    account_id, owner = committed
    actor = f"account:{account_id}"
    with ConnectionPool(database_urls["web"], min_size=1, max_size=1, open=True) as pool:
        assert ask(pool, None) == []
        assert ask(pool, actor) == ["US-TX"]
        assert ask(pool, None) == []
        assert ask(pool, "account:not-a-uuid") == []
        assert ask(pool, "system:loader") == []
        owner.execute("UPDATE accounts_grant SET revoked_at = now() WHERE account_id = %s", [account_id])
        assert ask(pool, actor) == []


def test_only_the_running_roles_may_ask_and_the_system_is_believed_outside_of_the_web(
    committed: tuple[uuid.UUID, psycopg.Connection], database_urls: dict[str, str]
) -> None:
    with ConnectionPool(database_urls["worker"], min_size=1, max_size=1, open=True) as pool:
        assert ask(pool, "system:loader") == ["*"]
        assert ask(pool, None) == []
    with psycopg.connect(database_urls["owner"]) as owner:
        row = owner.execute(
            "SELECT has_function_privilege('waywatch_backup', 'accounts_reach_regions(text[])', 'EXECUTE')"
        ).fetchone()
    assert row == (False,)


def test_the_web_role_cannot_rewrite_a_grant(texas_coordinator: Member) -> None:
    for change in ({"region_id": None}, {"role": "administrator"}, {"valid_until": None}):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Grant.objects.filter(pk=texas_coordinator.grants[0].pk).update(**change)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Grant.objects.filter(pk=texas_coordinator.grants[0].pk)._raw_delete("default")


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("accounts_grant_until_after_from", {"role": "analyst", "valid_until": clock.now() - HOUR}),
        ("accounts_grant_scope_fits_role", {"role": "co_host"}),
        ("accounts_grant_scope_fits_role", {"role": "training_manager", "region_id": "US-TX"}),
        ("accounts_grant_scope_fits_role", {"role": "administrator", "region_id": "US-TX"}),
        ("accounts_grant_scope_fits_role", {"role": "coordinator", "region_id": "US-TX", "build_id": BUILD}),
        ("accounts_grant_scope_fits_role", {"role": "officer"}),
        ("accounts_grant_role_known", {"role": "emperor"}),
    ],
)
def test_the_database_refuses_a_nonsense_grant(outsider: Member, constraint: str, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=f"{constraint}|accounts_grant_scope_fits_role"), transaction.atomic():
        Grant.objects.create(account=outsider.account, **values)


def test_the_database_refuses_a_grant_to_oneself_and_a_second_account_in_other_case(outsider: Member) -> None:
    with pytest.raises(IntegrityError, match="accounts_grant_not_given_to_oneself"), transaction.atomic():
        Grant.objects.create(account=outsider.account, role="analyst", given_by=outsider.account)
    with pytest.raises(IntegrityError, match="accounts_account_email_unique_in_any_case"), transaction.atomic():
        Account.objects.create(email="OTTO.MARSH@example.org", name="Twin")


def test_names(coordinator: Member, outsider: Member) -> None:
    stranger = uuid.uuid4()
    found = api.account_names([coordinator.account.pk, outsider.account.pk, stranger])
    assert found == {coordinator.account.pk: "Marisol Okafor", outsider.account.pk: "Otto Marsh"}
    assert api.account_name(coordinator.account.pk) == "Marisol Okafor"
    assert api.account_name(stranger) == ""


def test_the_reach_of_several_is_that_of_each(
    advocate: Member, ohio_advocate: Member, trooper: Member, outsider: Member
) -> None:
    narrow = member("narrow@example.org", "Nan", Role.ADVOCATE, second_factor=False)
    people = [advocate, ohio_advocate, trooper, outsider, narrow]
    found = api.reaches_of([each.account.pk for each in people], Role.ADVOCATE, Role.SUPERVISOR)
    assert found == {each.account.pk: api.reach_of(each.actor, Role.ADVOCATE, Role.SUPERVISOR) for each in people}
    assert [found[each.account.pk].is_empty for each in people] == [False, False, True, True, True]


def test_an_account_is_found_by_its_address_while_it_is_open(advocate: Member) -> None:
    card = api.account_with_email(" RUTH.abara@example.org")
    assert (
        card
        == api.account_card(advocate.account.pk)
        == api.AccountCard(advocate.account.pk, "Ruth Abara", "ruth.abara@example.org")
    )
    Account.objects.update(is_active=False)
    assert api.account_with_email("ruth.abara@example.org") is None
    assert api.account_card(advocate.account.pk) is None
