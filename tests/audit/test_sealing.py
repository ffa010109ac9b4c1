"""The sealer: alone, in batches, soon."""

import threading
import time

import pytest

from tests.audit.conftest import Log
from tests.conftest import use_database
from waywatch.audit import api, sealing


def test_batches_continue_one_chain(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    log.record(5)
    assert [log.seal() for _ in range(4)] == [2, 2, 1, 0]
    assert log.findings() == []
    assert log.report().sealed == 5


def test_a_second_sealer_steps_back(log: Log) -> None:
    log.record(1)
    with log.as_role("worker") as other:
        other.execute("SELECT pg_advisory_lock(%s)", [sealing.LOCK])
        assert log.seal() == 0
    assert log.seal() == 1


def test_a_queued_entry_that_has_a_seal_does_not_stop_the_sealer(log: Log) -> None:
    log.record(1)
    log.seal()
    log.tamper("INSERT INTO audit_unsealed VALUES (1)")
    log.record(1)
    assert log.seal() == 1
    assert log.findings() == []


def test_what_is_recorded_is_sealed_within_a_second_and_the_sealer_stops(log: Log) -> None:
    stop = threading.Event()
    use_database(log.urls["worker"])
    sealer = threading.Thread(target=api.run_sealer, args=(stop,))
    sealer.start()
    time.sleep(0.3)  # it has its own connection by now
    use_database(log.urls["web"])
    try:
        log.record(3)
        time.sleep(1.0)
        assert log.report().sealed == 3
    finally:
        stop.set()
        sealer.join(5)
    assert not sealer.is_alive()
