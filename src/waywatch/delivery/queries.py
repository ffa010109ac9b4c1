"""Reads of the outbox for the page of failures."""

import datetime as dt
import uuid
from dataclasses import dataclass

from waywatch.delivery.models import Message, State
from waywatch.delivery.smtp import RECIPIENT
from waywatch.lib import fieldcrypt


@dataclass(frozen=True, slots=True)
class FailedMessage:
    """A mail that was given up. `error` is a code such as "smtp_550"; `to` is None once it was erased."""

    id: uuid.UUID
    kind: str
    to: str | None
    error: str
    attempts: int
    failed_at: dt.datetime


def failed_messages(*, limit: int) -> list[FailedMessage]:
    """Return the mails that were given up, newest first."""
    fields = ("id", "kind", "recipient", "last_error", "attempts", "closed_at")
    rows = Message.objects.filter(state=State.FAILED).order_by("-closed_at", "id").values_list(*fields)[:limit]
    return [
        FailedMessage(id=id_, kind=kind, to=_address(recipient), error=error, attempts=attempts, failed_at=at)
        for id_, kind, recipient, error, attempts, at in rows
        if at
    ]


def _address(recipient: bytes | memoryview | None) -> str | None:
    try:
        return fieldcrypt.decrypt(recipient, purpose=RECIPIENT) if recipient else None
    except fieldcrypt.UnreadableError:
        return None
