"""What other rooms may use of delivery: enqueue a mail, see which ones failed, run the worker."""

import uuid

from waywatch.delivery import actions, queries, queue
from waywatch.delivery.queries import FailedMessage

__all__ = ["FailedMessage", "enqueue_mail", "failed_messages", "run_worker"]


def enqueue_mail(*, to: str, subject: str, body: str, kind: str, html: str | None = None) -> uuid.UUID:
    """Put one mail into the outbox, inside the caller's transaction: sent if it commits, never sent if it rolls back.

    `kind` is a short word such as "invitation". Raises InvalidError for an address or a subject that no mail can carry.
    """
    return actions.enqueue_mail(to=to, subject=subject, body=body, kind=kind, html=html)


def failed_messages(*, limit: int = 50) -> list[FailedMessage]:
    """Return the mails that were given up, newest first."""
    return queries.failed_messages(limit=limit)


def run_worker(*, concurrency: int = 4, stalled_after: float = 30.0, once: bool = False) -> None:
    """Run the jobs of every queue until SIGTERM or SIGINT, or with `once` until none is due."""
    queue.run_worker(concurrency=concurrency, stalled_after=stalled_after, once=once)
