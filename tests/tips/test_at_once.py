"""Two who open one tip at the same moment, as a double click does: both read it, and it is opened once."""

import threading
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from tests.referrals.conftest import world
from tests.referrals.world import World, arrive, by
from tests.vault.world import unlocked
from waywatch.tips.actions import opening
from waywatch.tips.models import ContentKey

__all__ = ["world"]


@pytest.fixture
def held(world: World) -> Iterator[psycopg.Connection]:
    """A connection that can hold a row, so that both wait for it."""
    with psycopg.connect(world.urls["owner"]) as owner:
        owner.execute("SELECT set_config('waywatch.actor', 'system:tests', true)")
        yield owner
        owner.rollback()


def test_a_double_click_opens_it_once_and_shows_it_twice(world: World, held: psycopg.Connection) -> None:
    tip_id, key = arrive(world), unlocked(world.advocate)
    held.execute("SELECT FROM tips_tip WHERE id = %s FOR UPDATE", [tip_id])
    said: list[object] = []

    def open_it() -> None:
        try:
            with by(world.advocate):
                said.append(opening.open_tip(world.advocate.actor, tip_id=tip_id, unlocked=key).content)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
            said.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=open_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    _until_waiting(held, 2)
    held.rollback()
    for thread in threads:
        thread.join()
    assert said[0] == said[1]
    with by(world.advocate):
        assert ContentKey.objects.filter(tip_id=tip_id).count() == 1


def _until_waiting(held: psycopg.Connection, how_many: int) -> None:
    waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    for _ in range(200):
        row = held.execute(waits).fetchone()
        if row and row[0] >= how_many:
            return
        threading.Event().wait(0.05)
    raise AssertionError("nobody waits for the row")
