"""What the worker throws away each hour: sessions and counters that have run out. It sees when a row ends, and nothing else of it."""

import threading

from django.db import connection, connections, transaction

EVERY = 3600.0
STATEMENTS = (
    "DELETE FROM project_cache WHERE expires < now()",
    "DELETE FROM django_session WHERE expire_date < now()",
)


def tidy() -> None:
    """Delete what has run out."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement)


def keep_tidy(stop: threading.Event) -> None:
    """Tidy now and each hour, until `stop` is set. Run it in its own thread."""
    try:
        tidy()
        while not stop.wait(EVERY):
            tidy()
    finally:
        connections.close_all()
