"""Two loads at one time: a row goes in once, and nobody is told to report a failure of ours."""

import threading

import psycopg

from waywatch.lib.loading import LOCK, Job, Summary, Taking, load_rows, silent


def test_a_row_waits_until_another_load_has_stored_its_own(db: None, database_urls: dict[str, str]) -> None:
    order: list[str] = []

    def take(taking: Taking) -> str:
        taking.claim("a row")
        order.append("our row")
        return "created"

    with psycopg.connect(database_urls["owner"]) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])

        def store() -> None:
            order.append("the other row")
            other.commit()

        timer = threading.Timer(0.5, store)
        timer.start()
        summary = load_rows([Job("row", take)], silent)
        timer.join()
    assert (order, summary) == (["the other row", "our row"], Summary(created=1))
