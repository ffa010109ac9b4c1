"""The check of the whole log: streams the chain once, in one snapshot, and names every break by a stable code.

It trusts neither triggers nor privileges: it works out each hash anew. What a chain alone cannot show (its end cut off,
an older backup put back, all of it rewritten by somebody who knows how) is found against checkpoints kept elsewhere.
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection, IsolationLevel

from waywatch.audit.checkpoints import Checkpoint
from waywatch.audit.rules import ENTRY_COLUMNS, GENESIS, EntryFields, Link, entry_hash, link_hash

MOST_FINDINGS = 1000
ROWS_AT_ONCE = 2000

CHAIN = f"""
    SELECT s.seq, s.entry_id, s.entry_hash, s.prev_hash, s.hash, s.sealed_at,
        {", ".join(f"e.{name}" for name in ENTRY_COLUMNS)}
    FROM audit_seal s LEFT JOIN audit_entry e ON e.id = s.entry_id ORDER BY s.seq
"""  # noqa: S608 - names of our own columns
UNSEALED = """
    SELECT e.id, u.position IS NOT NULL, extract(epoch FROM clock_timestamp() - e.at)::float
    FROM audit_entry e LEFT JOIN audit_unsealed u ON u.position = e.position
    WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.entry_id = e.id) ORDER BY e.position
"""
QUEUED_BUT_GONE = """
    SELECT u.position FROM audit_unsealed u
    WHERE NOT EXISTS (SELECT 1 FROM audit_entry e WHERE e.position = u.position) ORDER BY u.position
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One break. `code` is stable: see docs/how-to/verify-the-audit-log.md for what each means and what to do."""

    code: str
    seq: int | None = None
    entry_id: uuid.UUID | None = None


@dataclass(slots=True)
class Report:
    """What the check saw. The unsealed tail is no break: it is what the sealer has not reached yet."""

    sealed: int = 0
    entries: int = 0
    head_seq: int = 0
    head_hash: bytes = GENESIS
    unsealed: int = 0
    oldest_unsealed_seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)
    more_findings: int = 0

    @property
    def sound(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings

    def add(self, code: str, seq: int | None = None, entry_id: uuid.UUID | None = None) -> None:
        """Note a break; after the first thousand only their number."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(code, seq, entry_id))
        else:
            self.more_findings += 1


def verify(connection: Connection[Any], checkpoints: Sequence[Checkpoint] = ()) -> Report:
    """Check the log over a connection that reads all three tables and is in no transaction."""
    report = Report()
    anchors: dict[int, set[bytes]] = {}
    for checkpoint in checkpoints:
        anchors.setdefault(checkpoint.seq, set()).add(checkpoint.hash)
    with snapshot(connection):
        for link, entry in _stream(connection):
            _check_link(report, link)
            _check_entry(report, link, entry)
            if anchors.get(link.seq, {link.hash}) != {link.hash}:
                report.add("checkpoint_differs", link.seq, link.entry_id)
            report.sealed += 1
            report.head_seq, report.head_hash = link.seq, link.hash
        _check_unsealed(report, connection)
    _check_ends(report, checkpoints)
    return report


@contextmanager
def snapshot(connection: Connection[Any]) -> Iterator[None]:
    """Read everything as of one moment: what is written meanwhile is neither half seen nor held up."""
    before = connection.isolation_level
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        with connection.transaction():
            connection.execute("SET TRANSACTION READ ONLY")
            yield
    finally:
        connection.isolation_level = before


def _stream(connection: Connection[Any]) -> Iterator[tuple[Link, EntryFields | None]]:
    with connection.cursor("audit_chain") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(CHAIN)
        for row in cursor:
            seq, entry_id, entry_digest, prev, own, sealed_at = row[:6]
            entry = EntryFields(*row[6:]) if row[6] is not None else None
            yield Link(seq, entry_id, bytes(entry_digest), bytes(prev), bytes(own), sealed_at), entry


def _check_link(report: Report, link: Link) -> None:
    if link.seq != report.head_seq + 1:
        report.add("seal_missing", report.head_seq + 1)
    elif link.prev_hash != report.head_hash:
        report.add("chain_broken", link.seq, link.entry_id)
    own = link_hash(seq=link.seq, prev_hash=link.prev_hash, entry_hash=link.entry_hash, sealed_at=link.sealed_at)
    if own != link.hash:
        report.add("seal_altered", link.seq, link.entry_id)


def _check_entry(report: Report, link: Link, entry: EntryFields | None) -> None:
    if entry is None:
        report.add("entry_deleted", link.seq, link.entry_id)
    elif entry_hash(entry) != link.entry_hash:
        report.add("entry_altered", link.seq, link.entry_id)


def _check_unsealed(report: Report, connection: Connection[Any]) -> None:
    for entry_id, queued, age in connection.execute(UNSEALED):
        report.unsealed += 1
        report.oldest_unsealed_seconds = max(report.oldest_unsealed_seconds, age)
        if not queued:
            report.add("entry_outside_chain", None, entry_id)
    for _position in connection.execute(QUEUED_BUT_GONE):
        report.add("unsealed_entry_deleted")
    counted = connection.execute("SELECT count(*) FROM audit_entry").fetchone()
    report.entries = counted[0] if counted else 0


def _check_ends(report: Report, checkpoints: Sequence[Checkpoint]) -> None:
    for checkpoint in checkpoints:
        if checkpoint.seq > report.head_seq:
            report.add("shorter_than_checkpoint", checkpoint.seq)
        elif checkpoint.entries > report.entries:
            report.add("fewer_entries_than_checkpoint", checkpoint.seq)


def take_checkpoint(connection: Connection[Any]) -> Checkpoint:
    """Return where the chain stands now, as of one moment of the database."""
    with snapshot(connection):
        head = connection.execute("SELECT seq, hash FROM audit_seal ORDER BY seq DESC LIMIT 1").fetchone()
        [(entries, now)] = connection.execute("SELECT count(*), clock_timestamp() FROM audit_entry").fetchall()
    seq, digest = head or (0, GENESIS)
    return Checkpoint(seq=seq, hash=bytes(digest), at=now.astimezone(dt.UTC), entries=entries)
