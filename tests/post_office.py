"""A mail server on loopback that takes everything, for tests of the running product."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """What was received, in order."""

    port: int
    received: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]  # bytes here
        self.received.append(mail)
        return "250 taken"

    def wait_for(self, address: str, subject: str = "", seconds: float = 30) -> EmailMessage:
        """Return the first mail to `address` whose subject has `subject` in it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for mail in list(self.received):
                if address in str(mail["To"]) and subject in str(mail["Subject"]):
                    return mail
            time.sleep(0.05)
        raise AssertionError(f"no mail to {address} within {seconds} s")


def text_of(mail: EmailMessage) -> str:
    """Return what its reader reads."""
    body = mail.get_body()
    assert body is not None
    text: str = body.get_content()
    return text


@contextmanager
def running_mailbox() -> Iterator[Mailbox]:
    """Have a mailbox for the length of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        made = Mailbox(int(probe.getsockname()[1]))
    controller = Controller(made, hostname="127.0.0.1", port=made.port)
    controller.start()
    try:
        yield made
    finally:
        controller.stop()
