"""The worker throws away what has run out, and can read nothing of it."""

import os
import subprocess
import sys
import threading
import time

import psycopg
import pytest

from waywatch.project import housekeeping
from waywatch.project.housekeeping import STATEMENTS

ROWS = """
INSERT INTO project_cache VALUES ('old', 'x', now() - interval '1 minute'), ('new', 'x', now() + interval '1 minute');
INSERT INTO django_session VALUES ('old', 'x', now() - interval '1 minute'), ('new', 'x', now() + interval '1 minute');
"""


def test_what_has_run_out_is_deleted_and_the_rest_stays(database_urls: dict[str, str], django_db_setup: None) -> None:
    with (
        psycopg.connect(database_urls["owner"], autocommit=True) as owner,
        psycopg.connect(database_urls["worker"]) as worker,
    ):
        owner.execute(ROWS)
        try:
            for statement in STATEMENTS:
                worker.execute(statement.encode())
            worker.commit()
            left = owner.execute(
                "SELECT cache_key FROM project_cache UNION ALL SELECT session_key FROM django_session"
            ).fetchall()
            assert left == [("new",), ("new",)]
        finally:
            owner.execute("DELETE FROM project_cache")
            owner.execute("DELETE FROM django_session")


@pytest.mark.parametrize("query", ["SELECT session_key FROM django_session", "SELECT value FROM project_cache"])
def test_the_worker_reads_neither_sessions_nor_counters(
    database_urls: dict[str, str], django_db_setup: None, query: str
) -> None:
    with psycopg.connect(database_urls["worker"]) as worker, pytest.raises(psycopg.errors.InsufficientPrivilege):
        worker.execute(query.encode())


def test_an_error_of_the_database_does_not_end_it(
    database_urls: dict[str, str],
    no_transaction: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(housekeeping, "AFTER_ERROR", 0.01)
    monkeypatch.setattr(housekeeping, "STATEMENTS", ["SELECT 1/0"])
    stop = threading.Event()
    thread = threading.Thread(target=housekeeping.keep_tidy, args=(stop,))
    with psycopg.connect(database_urls["owner"], autocommit=True) as owner:
        owner.execute("INSERT INTO project_cache VALUES ('old', 'x', now() - interval '1 minute')")
        thread.start()
        try:
            until = time.monotonic() + 10
            while not caplog.records and time.monotonic() < until:
                time.sleep(0.01)
            assert "division by zero" in caplog.text
            monkeypatch.setattr(housekeeping, "STATEMENTS", STATEMENTS)
            while owner.execute("SELECT 1 FROM project_cache").fetchall() and time.monotonic() < until:
                time.sleep(0.01)
            assert owner.execute("SELECT cache_key FROM project_cache").fetchall() == []
        finally:
            stop.set()
            thread.join(10)
            owner.execute("DELETE FROM project_cache")
    assert not thread.is_alive()


def test_in_production_counters_are_not_pushed_out_by_others() -> None:
    """Django's table of a cache begins to forget at 300 rows unless told otherwise."""
    asked = "from django.conf import settings; from django.core.cache import cache; print(cache._max_entries)"
    known = {name: value for name, value in os.environ.items() if name != "WAYWATCH_MODE"}
    done = subprocess.run(
        [sys.executable, "-c", asked],
        env={**known, "SECRET_KEY": "x" * 60, "DJANGO_SETTINGS_MODULE": "waywatch.project.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("1000000\n", "")
