"""The worker throws away what has run out, and can read nothing of it."""

import psycopg
import pytest

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
