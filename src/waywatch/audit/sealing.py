"""The sealer: chains the entries that wait, within a second of their commit, outside of any business transaction.

Chaining inside the business transaction would make all writers of the house wait for one row until the slowest commits.
Here one sealer at a time (an advisory lock) takes what is visible, in order of position, and links it. Entries may
commit out of that order: the order of the chain is the order of sealing. A small table filled by a trigger names what
waits, so a round costs the same whether the log holds a thousand entries or a hundred million.
"""

import datetime as dt
import logging
import threading
from collections.abc import Sequence

from django.db import Error, connection, transaction
from django.db.backends.utils import CursorWrapper

from waywatch.audit import rules
from waywatch.audit.rules import ENTRY_COLUMNS, EntryFields, Link
from waywatch.lib.actors import Actor, acting_as

BATCH = 500
PAUSE = 0.1
PAUSE_AFTER_ERROR = 2.0
LOCK = 7_310_579_301_648_841  # any number that nothing else locks
_log = logging.getLogger(__name__)

# With old statistics a planner would read a whole table for a join; each of these joins has an index and a batch.
BEGIN = """
    SELECT pg_try_advisory_xact_lock(%s), clock_timestamp(), set_config('enable_seqscan', 'off', true),
        set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
"""
TAKE = f"""
    SELECT {", ".join(f"e.{name}" for name in ENTRY_COLUMNS)}
    FROM audit_unsealed u JOIN audit_entry e ON e.position = u.position
    WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.entry_id = e.id)
    ORDER BY u.position LIMIT %s
"""  # noqa: S608 - names of our own columns
APPEND = f"COPY audit_seal ({', '.join(Link.__slots__)}) FROM STDIN"


def seal_once() -> int:
    """Seal one batch of waiting entries and return how many: 0 if none waits or another sealer is at work."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BEGIN, [LOCK])
        alone, now, *_plan = cursor.fetchone()
        if not alone:
            return 0
        cursor.execute(TAKE, [BATCH])
        entries = [EntryFields(*row) for row in cursor.fetchall()]
        if entries:
            _append(cursor, entries, now)
    return len(entries)


def run_sealer(stop: threading.Event) -> None:
    """Seal what waits, ten times a second, until `stop` is set. For its own thread: it closes its connection."""
    with acting_as(Actor.system("audit-sealer")):
        while not stop.is_set():
            try:
                full = seal_once() == BATCH
            except Error:
                _log.exception("the sealer could not seal; it tries again")
                connection.close()
                stop.wait(PAUSE_AFTER_ERROR)
                continue
            if not full:
                stop.wait(PAUSE)
        connection.close()


def _append(cursor: CursorWrapper, entries: Sequence[EntryFields], now: dt.datetime) -> None:
    cursor.execute("SELECT seq, hash FROM audit_seal ORDER BY seq DESC LIMIT 1")
    seq, head = cursor.fetchone() or (0, rules.GENESIS)
    with cursor.copy(APPEND) as copy:
        for link in rules.chain(entries, after_seq=seq, head=bytes(head), sealed_at=now):
            copy.write_row([getattr(link, name) for name in Link.__slots__])
    cursor.execute("DELETE FROM audit_unsealed WHERE position = ANY(%s)", [[entry.position for entry in entries]])
