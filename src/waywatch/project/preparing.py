"""Preparing the database, one at a time: two that start at once on the same data would make the same tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_LOCK = 7_746_929_016  # any number: all who prepare use the same


@contextmanager
def alone() -> Iterator[None]:
    """Wait until nobody else prepares this database, and keep others waiting inside the block. It ends with the connection, too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
