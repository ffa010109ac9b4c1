"""A log that really commits: written as the web role, sealed as the worker, emptied by the owner before and after."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.db import transaction

from tests.conftest import use_database
from waywatch.audit import api, sealing, verification
from waywatch.audit.checkpoints import Checkpoint
from waywatch.lib.actors import Actor, acting_as

TABLES = ("audit_entry", "audit_seal", "audit_unsealed")
EMPTY = "TRUNCATE audit_entry, audit_seal, audit_unsealed RESTART IDENTITY"


@dataclass(frozen=True)
class Log:
    """What the tests do with the committed log."""

    urls: dict[str, str]

    def record(self, number: int, *, subject_id: str = "1") -> None:
        """Commit `number` entries as the web role."""
        for index in range(number):
            with acting_as(Actor.system("tests")), transaction.atomic():
                api.record("thing.done", subject_kind="thing", subject_id=subject_id, detail={"number": index})

    def seal(self) -> int:
        """Seal one batch as the worker."""
        use_database(self.urls["worker"])
        try:
            with acting_as(Actor.system("audit-sealer")):
                return sealing.seal_once()
        finally:
            use_database(self.urls["web"])

    def findings(self, *known: Checkpoint) -> list[tuple[str, int | None]]:
        """Verify as the owner and return each finding's code and place."""
        return [(finding.code, finding.seq) for finding in self.report(*known).findings]

    def report(self, *known: Checkpoint) -> verification.Report:
        """Verify as the owner."""
        with psycopg.connect(self.urls["owner"], autocommit=True) as connection:
            return verification.verify(connection, known)

    def checkpoint(self) -> Checkpoint:
        """Return where the chain stands."""
        with psycopg.connect(self.urls["owner"], autocommit=True) as connection:
            return verification.take_checkpoint(connection)

    def tamper(self, *statements: str) -> None:
        """Run statements as somebody who owns the database and has switched its triggers off."""
        with tampering(self.urls) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def as_role(self, role: str) -> "psycopg.Connection[tuple[Any, ...]]":
        """Return a connection of one role, outside of Django."""
        return psycopg.connect(self.urls[role], autocommit=True)


@contextmanager
def tampering(urls: dict[str, str]) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
    """Give a transaction of the owner with the triggers of the log switched off."""
    with psycopg.connect(urls["owner"]) as connection:
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        yield connection
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())


@pytest.fixture
def log(django_db_setup: None, django_db_blocker: Any, database_urls: dict[str, str]) -> Iterator[Log]:
    """Give an empty log that commits; the default connection is the web role's."""
    log = Log(database_urls)
    with django_db_blocker.unblock():
        use_database(database_urls["web"])
        log.tamper(EMPTY)
        yield log
        use_database(database_urls["web"])
        log.tamper(EMPTY)
