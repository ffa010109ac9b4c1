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
INSERT INTO accounts_account (id, email, name, password, language, is_active, is_demo, created_at)
    VALUES (gen_random_uuid(), 'a@example.org', 'A', '!', 'en', true, false, now());
INSERT INTO usersessions_usersession (user_id, session_key, created_at, last_seen_at, ip, user_agent, data)
    SELECT id, key, now(), now(), '127.0.0.1', '', '{}' FROM accounts_account, unnest(ARRAY['old', 'new', 'signed out']) key;
"""
TABLES = ("project_cache", "usersessions_usersession", "django_session", "accounts_account")


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
                " UNION ALL SELECT session_key FROM usersessions_usersession"
            ).fetchall()
            assert left == [("new",), ("new",), ("new",)]
        finally:
            for table in TABLES:
                owner.execute(f"DELETE FROM {table}".encode())


@pytest.mark.parametrize(
    "query",
    [
        "SELECT session_data FROM django_session",
        "SELECT user_id FROM usersessions_usersession",
        "SELECT ip FROM usersessions_usersession",
        "SELECT value FROM project_cache",
    ],
)
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
