"""Recording: who, in which transaction, and what the reader of a history gets."""

import threading
import uuid

import psycopg
import pytest
from django.db import connection, connections, transaction
from pytest_django import DjangoAssertNumQueries

from tests.audit.conftest import Log
from waywatch.audit import api
from waywatch.lib.actors import Actor, acting_as

SOMEBODY = uuid.UUID(int=7)


@pytest.mark.django_db
def test_a_history_is_newest_first_and_of_one_thing_only() -> None:
    with acting_as(Actor.account(SOMEBODY)):
        api.record("thing.made", subject_kind="thing", subject_id="1", detail={"b": [1, None], "a": "é\u0000"})
        api.record("thing.renamed", subject_kind="thing", subject_id="1")
        api.record("thing.made", subject_kind="thing", subject_id="2")
        api.record("thing.made", subject_kind="other", subject_id="1")
    newest, oldest = api.history("thing", "1")
    assert (newest.action, newest.actor, newest.account_id) == ("thing.renamed", f"account:{SOMEBODY}", SOMEBODY)
    assert (newest.detail, oldest.detail) == ({}, {"b": [1, None], "a": "é\u0000"})
    assert newest.at > oldest.at


@pytest.mark.django_db
def test_a_long_history_is_read_page_by_page() -> None:
    with acting_as(Actor.system("tests")):
        for _ in range(5):
            api.record("thing.made", subject_kind="thing", subject_id=SOMEBODY)
    first = api.history("thing", SOMEBODY, limit=2)
    second = api.history("thing", SOMEBODY, limit=2, before=first[-1].position)
    third = api.history("thing", SOMEBODY, limit=2, before=second[-1].position)
    positions = [line.position for line in first + second + third]
    assert positions == sorted(positions, reverse=True)
    assert len(set(positions)) == 5


@pytest.mark.django_db
def test_nobody_cannot_record() -> None:
    with pytest.raises(api.AuditError):
        api.record("thing.made", subject_kind="thing", subject_id="1")


def test_outside_of_a_transaction_nothing_is_recorded(log: Log) -> None:
    with acting_as(Actor.system("tests")), pytest.raises(api.AuditError):
        api.record("thing.made", subject_kind="thing", subject_id="1")
    assert log.report().entries == 0


@pytest.mark.django_db
def test_detail_must_be_json() -> None:
    with acting_as(Actor.system("tests")), pytest.raises(ValueError, match="JSON"):
        api.record("thing.made", subject_kind="thing", subject_id="1", detail={"share": float("nan")})


def test_a_rolled_back_act_leaves_no_entry(log: Log) -> None:
    def act_and_fail() -> None:
        with acting_as(Actor.system("tests")), transaction.atomic():
            api.record("thing.made", subject_kind="thing", subject_id="1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act_and_fail()
    log.record(1)
    assert log.seal() == 1
    report = log.report()
    assert (report.entries, report.sealed, report.unsealed, report.findings) == (1, 1, 0, [])


def test_many_writers_lose_nothing_and_break_nothing(log: Log) -> None:
    connected = threading.Barrier(9)

    def write() -> None:
        connection.ensure_connection()
        connected.wait(10)
        log.record(20)
        connections.close_all()

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    connected.wait(10)
    sealed = 0
    while any(writer.is_alive() for writer in writers):
        sealed += log.seal()
    sealed += log.seal()
    report = log.report()
    assert (sealed, report.entries, report.sealed, report.findings) == (160, 160, 160, [])


def test_an_entry_that_commits_late_is_chained_after_newer_ones(log: Log) -> None:
    with psycopg.connect(log.urls["web"]) as slow:
        slow.execute(
            "INSERT INTO audit_entry (id, actor, action, subject_kind, subject_id, detail)"
            " VALUES (gen_random_uuid(), 'system:slow', 'thing.made', 'thing', '1', '{}')"
        )
        log.record(2)
        assert log.seal() == 2
    assert log.seal() == 1
    with log.as_role("owner") as owner:
        rows = owner.execute(
            "SELECT e.position FROM audit_seal s JOIN audit_entry e ON e.id = s.entry_id ORDER BY s.seq"
        ).fetchall()
    assert rows == [(2,), (3,), (1,)]
    assert log.findings() == []


@pytest.mark.django_db
def test_recording_is_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with acting_as(Actor.system("tests")), django_assert_num_queries(1, connection=connection):
        api.record("thing.made", subject_kind="thing", subject_id="1")
