"""What the worker throws away each hour: sessions and counters that have run out, and what the sign-in library noted of such sessions.

It sees when a row ends and which note belongs to which session, by a hash that opens nothing; not whose they are, nor what is in them.
"""

import logging
import threading

from django.db import Error, connection, transaction

EVERY = 3600.0
AFTER_ERROR = 60.0
STATEMENTS = (
    "DELETE FROM project_cache WHERE expires < now()",
    "DELETE FROM django_session WHERE expire_date < now()",
    """
    DELETE FROM usersessions_usersession noted
    WHERE NOT EXISTS (SELECT FROM django_session session WHERE session.session_key = noted.session_key)
    """,
)
_log = logging.getLogger(__name__)


def tidy() -> None:
    """Delete what has run out."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement)


def keep_tidy(stop: threading.Event) -> None:
    """Tidy now and each hour, until `stop` is set. For its own thread; a database that was restarted does not end it."""
    while not stop.is_set():
        wait = EVERY
        try:
            tidy()
        except Error:
            _log.exception("the worker could not tidy; it tries again")
            wait = AFTER_ERROR
        connection.close()
        stop.wait(wait)
