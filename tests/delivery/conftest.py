"""A mail server on loopback that can be told to refuse, hang or be down, and an outbox that really commits."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from psycopg.rows import dict_row
from pytest_django import Settings

from tests.conftest import use_database
from waywatch.delivery import queue

TABLES = (
    "delivery_message",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_jobs",
    "procrastinate_workers",
)
TO, SUBJECT, BODY = "driver@example.org", "Your seat", "Come at nine: https://example.org/p/canary-4711"


@dataclass
class PostOffice:
    """A mail server. `answers` are given to RCPT first, one each; `hold_at` blocks a verb until `release` is set."""

    port: int
    received: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    hold_at: str = ""
    holding: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)
    _controller: Controller | None = None

    def start(self) -> None:
        """Answer from now on."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Be down."""
        self.release.set()
        if self._controller:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(  # noqa: N802 - the name that the library calls
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        await self._hold("RCPT", server)
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]  # bytes here
        self.received.append(mail)
        await self._hold("DATA", server)
        return "250 taken"

    async def _hold(self, verb: str, server: SMTP) -> None:
        if verb == self.hold_at and not self.release.is_set():
            self.holding.set()
            await server.loop.run_in_executor(None, self.release.wait, 30)


@dataclass(frozen=True)
class Outbox:
    """What the tests do with the committed outbox."""

    urls: dict[str, str]

    def rows(self, table: str = "delivery_message") -> list[dict[str, Any]]:
        """Return a table as the owner sees it."""
        with psycopg.connect(self.urls["owner"], row_factory=dict_row) as connection:
            return connection.execute(f"SELECT * FROM {table}".encode()).fetchall()

    def jobs(self) -> list[dict[str, Any]]:
        """Return the jobs that are not there by the clock alone."""
        return [job for job in self.rows("procrastinate_jobs") if "timestamp" not in job["args"]]

    def row(self) -> dict[str, Any]:
        """Return the one mail."""
        [row] = self.rows()
        return row

    def change(self, statement: str) -> None:
        """Run a statement as the owner."""
        with psycopg.connect(self.urls["owner"]) as connection:
            connection.execute(statement.encode())

    def work(self) -> None:
        """Run every job that is due, in this process, as the worker."""
        use_database(self.urls["worker"])
        try:
            queue.run_worker(concurrency=2, stalled_after=30, once=True)
        finally:
            use_database(self.urls["web"])

    def make_due(self) -> None:
        """Let the time of waiting pass."""
        self.change("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")


@pytest.fixture
def office(settings: Settings) -> Iterator[PostOffice]:
    """Give a mail server that is up, and settings that lead to it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    office = PostOffice(port)
    office.start()
    yield office
    office.stop()


@pytest.fixture
def outbox(django_db_setup: None, django_db_blocker: Any, database_urls: dict[str, str]) -> Iterator[Outbox]:
    """Give an empty outbox that commits; the default connection is the web role's."""
    outbox = Outbox(database_urls)
    with django_db_blocker.unblock():
        use_database(database_urls["web"])
        _empty(outbox)
        yield outbox
        use_database(database_urls["web"])
        _empty(outbox)


def _empty(outbox: Outbox) -> None:
    for table in TABLES:
        outbox.change(f"DELETE FROM {table}")
