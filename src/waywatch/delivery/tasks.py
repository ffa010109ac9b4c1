"""Jobs of this room. The names are stable: they stand in the queue of a running system."""

import uuid

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from waywatch.delivery import actions
from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting_as

# A refused mail is tried again by the action itself; this is for a job that breaks (the database went away).
BROKEN = RetryStrategy(max_attempts=10, wait=30)


@app.task(name=actions.SEND, queue=actions.QUEUE, retry=BROKEN)
def send_message(message_id: str) -> None:
    """Try to send one mail."""
    with acting_as(Actor.system("send-mail")):
        actions.try_to_send(uuid.UUID(message_id))


@app.periodic(cron="*/10 * * * *")
@app.task(name="delivery.requeue_orphans", queue=actions.QUEUE)
def requeue_orphans(timestamp: int) -> None:  # noqa: ARG001 - procrastinate says when it was due
    """Find mails that wait without a job."""
    with acting_as(Actor.system("requeue-mail")):
        actions.requeue_orphans()


@app.periodic(cron="17 3 * * *")
@app.task(name="delivery.erase_old", queue=actions.QUEUE)
def erase_old(timestamp: int) -> None:  # noqa: ARG001 - procrastinate says when it was due
    """Erase old addresses."""
    with acting_as(Actor.system("erase-mail")):
        actions.erase_old(now=clock.now())
