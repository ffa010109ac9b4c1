"""Writes of the outbox: enqueue, try to send, find what fell out of the queue, erase."""

import datetime as dt
import json
import logging
import secrets
import uuid

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils.translation import gettext
from procrastinate.contrib.django import app

from waywatch.delivery import rules, smtp
from waywatch.delivery.models import Message, State
from waywatch.lib import clock, fieldcrypt
from waywatch.lib.errors import InvalidError
from waywatch.lib.text import unsafe_character

KEPT = dt.timedelta(days=30)
QUEUE = "mail"
SEND = "delivery.send_message"
KILLED_TOO_OFTEN = "killed"
_log = logging.getLogger(__name__)
_chance = secrets.SystemRandom()


def enqueue_mail(*, to: str, subject: str, body: str, kind: str, html: str | None) -> uuid.UUID:
    """Write one mail and its job, both or neither. The words are encrypted before they reach the database."""
    _refuse_injection(to=to, subject=subject)
    content = json.dumps({"subject": subject, "body": body, "html": html})
    with transaction.atomic():
        message = Message.objects.create(
            kind=kind,
            recipient=fieldcrypt.encrypt(to, purpose=smtp.RECIPIENT),
            content=fieldcrypt.encrypt(content, purpose=smtp.CONTENT),
            created_at=clock.now(),
        )
        _defer(message.id)
    return message.id


def try_to_send(message_id: uuid.UUID) -> None:
    """Make one attempt at one mail, and say in the same transaction what became of it and when to try again.

    The row stays locked while the server is spoken to, so two workers never send one mail at once. A worker killed
    after the server's "250" and before our commit repeats it with the same Message-ID: at least once, recognisably.
    """
    if not _count_attempt(message_id):
        return
    with transaction.atomic():
        message = _lock(message_id)
        if message is None:
            return
        error = smtp.send(message)
        if error is None:
            _close(message, State.SENT)
        else:
            _after_failure(message, error)


def requeue_orphans() -> int:
    """Give a job to each waiting mail that has none (its job failed for a reason of its own). Return how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.id FROM delivery_message m WHERE m.state = 'waiting' AND NOT EXISTS ("
            " SELECT 1 FROM procrastinate_jobs j WHERE j.task_name = %s AND j.status IN ('todo', 'doing')"
            " AND j.args ->> 'message_id' = m.id::text)",
            [SEND],
        )
        orphans = [row[0] for row in cursor.fetchall()]
        for message_id in orphans:
            _defer(message_id)
    return len(orphans)


def erase_old(*, now: dt.datetime) -> int:
    """Erase the address (of a failed mail, the words too) of what was closed over 30 days ago. Return how many."""
    old = Message.objects.filter(closed_at__lt=now - KEPT, recipient__isnull=False)
    return old.update(recipient=None, content=None)


def _refuse_injection(*, to: str, subject: str) -> None:
    try:
        validate_email(to)
    except ValidationError:
        raise InvalidError(
            gettext("This is not an e-mail address. Check whether a character is missing."), field="to"
        ) from None
    if subject.splitlines() != [subject] or "\t" in subject or unsafe_character(subject):
        raise InvalidError(gettext("A subject is one line of plain text. Remove the line breaks."), field="subject")


def _defer(message_id: uuid.UUID, at: dt.datetime | None = None) -> None:
    app.configure_task(SEND, queue=QUEUE, schedule_at=at).defer(message_id=str(message_id))


def _lock(message_id: uuid.UUID) -> Message | None:
    return Message.objects.select_for_update(skip_locked=True).filter(id=message_id, state=State.WAITING).first()


def _count_attempt(message_id: uuid.UUID) -> bool:
    """Commit the attempt before it is made: a mail that kills its worker each time is given up too."""
    with transaction.atomic():
        message = _lock(message_id)
        if message is None:
            return False
        if message.attempts >= rules.MOST_ATTEMPTS:
            _close(message, State.FAILED, KILLED_TOO_OFTEN)
            return False
        message.attempts += 1
        message.save(update_fields=["attempts"])
        return True


def _after_failure(message: Message, error: Exception) -> None:
    code = rules.error_code(error)
    wait = None if rules.is_permanent(error) else rules.wait_before_retry(message.attempts, chance=_chance.random())
    if wait is None:
        _close(message, State.FAILED, code)
        return
    message.last_error = code
    message.save(update_fields=["last_error"])
    _defer(message.id, clock.now() + dt.timedelta(seconds=wait))


def _close(message: Message, state: State, code: str = "") -> None:
    message.state, message.last_error, message.closed_at = state, code, clock.now()
    if state == State.SENT:
        message.content = None
    else:
        _log.error("mail %s (%s) was given up after %s attempts: %s", message.id, message.kind, message.attempts, code)
    message.save(update_fields=["state", "last_error", "closed_at", "content"])
