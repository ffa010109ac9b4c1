"""What each role cannot do to the log. Each refusal is tried on a log that has rows to lose."""

from itertools import product

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from tests.audit.conftest import TABLES, Log

COLUMN = {"audit_entry": "action = 'x'", "audit_seal": "entry_hash = ''", "audit_unsealed": "position = 0"}
FORGED = "INSERT INTO audit_entry (id, actor, action, subject_kind, subject_id, detail, {}) {} VALUES \
(gen_random_uuid(), 'a', 'b', 'c', 'd', '{{}}', {})"


def statement(verb: str, table: str) -> bytes:
    return {
        "SELECT": f"SELECT * FROM {table}",
        "UPDATE": f"UPDATE {table} SET {COLUMN[table]}",
        "DELETE": f"DELETE FROM {table}",
        "TRUNCATE": f"TRUNCATE {table}",
    }[verb].encode()


def refused(log: Log, role: str, text: bytes) -> None:
    log.record(2)
    log.seal()
    log.record(1)
    words = "append-only" if role == "owner" else "permission denied"
    with log.as_role(role) as connection, pytest.raises(InsufficientPrivilege, match=words):
        connection.execute(text)
    assert log.report().entries == 3


@pytest.mark.parametrize(("verb", "table"), [*product(["SELECT", "UPDATE", "DELETE", "TRUNCATE"], TABLES)])
def test_the_web_role_reads_and_changes_nothing(log: Log, verb: str, table: str) -> None:
    refused(log, "web", statement(verb, table))


@pytest.mark.parametrize(
    ("verb", "table"),
    [*product(["UPDATE", "DELETE", "TRUNCATE"], TABLES[:2]), ("UPDATE", TABLES[2]), ("TRUNCATE", TABLES[2])],
)
def test_the_worker_changes_nothing(log: Log, verb: str, table: str) -> None:
    refused(log, "worker", statement(verb, table))


@pytest.mark.parametrize(("verb", "table"), [*product(["UPDATE", "DELETE", "TRUNCATE"], TABLES[:2])])
def test_even_the_owner_meets_a_trigger(log: Log, verb: str, table: str) -> None:
    refused(log, "owner", statement(verb, table))


@pytest.mark.parametrize("role", ["web", "worker"])
@pytest.mark.parametrize(
    "text",
    [
        FORGED.format("at", "", "'2020-01-01'"),
        FORGED.format("position", "OVERRIDING SYSTEM VALUE", "0"),
    ],
    ids=["time", "position"],
)
def test_time_and_position_are_the_databases_own(log: Log, role: str, text: str) -> None:
    refused(log, role, text.encode())


@pytest.mark.parametrize("table", ["audit_seal (seq)", "audit_unsealed (position)"])
def test_the_web_role_cannot_forge_a_seal(log: Log, table: str) -> None:
    refused(log, "web", f"INSERT INTO {table} VALUES (99)".encode())


@pytest.mark.parametrize("role", ["worker", "backup"])
def test_only_pages_may_ask_for_a_history(log: Log, role: str) -> None:
    refused(log, role, b"SELECT * FROM audit_history('thing', '1', 1, NULL)")


def test_a_detail_that_is_no_object_is_refused(log: Log) -> None:
    with log.as_role("web") as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(
            "INSERT INTO audit_entry (id, actor, action, subject_kind, subject_id, detail)"
            " VALUES (gen_random_uuid(), 'a', 'b', 'c', 'd', '[]')"
        )
