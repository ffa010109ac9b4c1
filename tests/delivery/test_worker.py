"""`waywatch worker` as a process of its own: killed, stopped, started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from asgiref.sync import async_to_sync

from tests.audit.conftest import EMPTY, Log
from tests.conftest import use_database
from tests.delivery.conftest import Outbox, PostOffice
from tests.delivery.test_sending import enqueue
from waywatch.delivery import queue

SOON = 20.0


@contextmanager
def worker(outbox: Outbox, office: PostOffice) -> Iterator[subprocess.Popen[bytes]]:
    """Start a worker that counts another as killed after two seconds."""
    environment = os.environ | {
        "WAYWATCH_DB": outbox.urls["worker"],
        "WAYWATCH_MODE": "test",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(office.port),
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "waywatch.project.settings"),
    }
    process = subprocess.Popen([sys.executable, "-m", "django", "worker", "--stalled-after", "2"], env=environment)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("verb", "copies"),
    [pytest.param("RCPT", 1, id="before the server had it"), pytest.param("DATA", 2, id="after the server had it")],
)
def test_a_mail_survives_a_killed_worker(outbox: Outbox, office: PostOffice, verb: str, copies: int) -> None:
    office.hold_at = verb
    enqueue()
    with worker(outbox, office) as first:
        assert office.holding.wait(SOON)
        first.send_signal(signal.SIGKILL)
        first.wait()
    office.release.set()
    assert outbox.row()["state"] == "waiting"
    with worker(outbox, office):
        eventually(lambda: outbox.row()["state"] == "sent")
    assert len(office.received) == copies
    assert len({mail["Message-ID"] for mail in office.received}) == 1
    assert outbox.row()["attempts"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_finishes_what_it_holds_and_stops(outbox: Outbox, office: PostOffice, stop: signal.Signals) -> None:
    office.hold_at = "RCPT"
    enqueue()
    with worker(outbox, office) as process:
        assert office.holding.wait(SOON)
        process.send_signal(stop)
        time.sleep(0.3)
        office.release.set()
        assert process.wait(SOON) == 0
    assert len(office.received) == 1
    assert (outbox.row()["state"], outbox.jobs()) == ("sent", [])


@pytest.mark.slow
def test_a_worker_seals_the_audit_log(outbox: Outbox, office: PostOffice) -> None:
    log = Log(outbox.urls)
    log.record(1)
    try:
        with worker(outbox, office):
            eventually(lambda: log.report().sealed == 1)
            log.record(1)
            eventually(lambda: log.report().sealed == 2)
    finally:
        log.tamper(EMPTY)


@pytest.mark.parametrize(
    ("attempts", "left"), [(0, ("todo", 1)), (queue.MOST_RESCUES, ("failed", queue.MOST_RESCUES + 1))]
)
def test_jobs_of_a_silent_worker_are_put_back_but_not_for_ever(
    outbox: Outbox, attempts: int, left: tuple[str, int]
) -> None:
    enqueue()
    enqueue()
    outbox.change("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()), (now() - interval '1 minute')")
    outbox.change(
        "WITH jobs AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM procrastinate_jobs),"
        " workers AS (SELECT id, row_number() OVER (ORDER BY last_heartbeat) AS n FROM procrastinate_workers)"
        f" UPDATE procrastinate_jobs SET status = 'doing', attempts = {attempts}, worker_id = workers.id"
        " FROM jobs JOIN workers USING (n) WHERE procrastinate_jobs.id = jobs.id"
    )
    use_database(outbox.urls["worker"])
    assert async_to_sync(rescue)() == 1
    states = sorted((job["status"], job["attempts"]) for job in outbox.jobs())
    assert states == sorted([("doing", attempts), left])


async def rescue() -> int:
    async with queue._worker_app().open_async() as app:
        return await queue.rescue_stalled_jobs(app, stalled_after=30)
