"""PostgreSQL is told who acts for the length of one transaction, and no longer."""

import uuid

import pytest
from django.db import connection, transaction
from psycopg_pool import ConnectionPool

from waywatch.lib.actors import SETTING, Actor, acting_as, current_actor

SOMEBODY = Actor.account(uuid.UUID("00000000-0000-4000-8000-000000000001"))


def told() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [SETTING])
        return str(cursor.fetchone()[0])


def test_a_transaction_begins_with_the_actor_and_leaves_nobody_behind(no_transaction: None) -> None:
    with acting_as(SOMEBODY), transaction.atomic():
        assert told() == f"account:{SOMEBODY.account_id}"
    with transaction.atomic():
        assert told() == ""
    assert told() == ""


@pytest.mark.django_db
def test_an_open_transaction_is_told_at_once_and_told_back() -> None:
    assert told() == ""
    with acting_as(SOMEBODY):
        assert told() == SOMEBODY.name
        with acting_as(Actor.system("inner")):
            assert told() == "system:inner"
        assert (told(), current_actor()) == (SOMEBODY.name, SOMEBODY)
    assert (told(), current_actor()) == ("", None)


def fail_inside() -> None:
    with transaction.atomic():
        told()
        raise ZeroDivisionError


@pytest.mark.django_db
def test_a_rolled_back_savepoint_does_not_change_who_acts() -> None:
    with acting_as(SOMEBODY):
        with pytest.raises(ZeroDivisionError):
            fail_inside()
        assert told() == SOMEBODY.name


def test_outside_of_a_transaction_nobody_is_known(no_transaction: None) -> None:
    with acting_as(SOMEBODY):
        assert told() == ""


def test_a_pooled_connection_carries_nobody_over(database_urls: dict[str, str], django_db_setup: None) -> None:
    with ConnectionPool(database_urls["web"], min_size=1, max_size=1, open=True) as pool:
        with pool.connection() as first:
            first.execute("SELECT set_config(%s, %s, true)", [SETTING, SOMEBODY.name])
            pid = first.info.backend_pid
        with pool.connection() as second:
            row = second.execute("SELECT coalesce(current_setting(%s, true), '')", [SETTING]).fetchone()
            assert (second.info.backend_pid, row) == (pid, ("",))


def test_the_system_has_no_account() -> None:
    assert (Actor.system("x").is_system, SOMEBODY.is_system) == (True, False)
