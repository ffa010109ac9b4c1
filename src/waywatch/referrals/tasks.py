"""Jobs of this room. The names are stable: they stand in the queue of a running system."""

import uuid

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from waywatch.lib.actors import Actor, acting_as
from waywatch.referrals.actions import turns
from waywatch.referrals.actions.referring import CLOCKS, MOVE_ON

WATCHER = Actor.system("clocks")
BROKEN = RetryStrategy(max_attempts=10, wait=15)  # a job that breaks: the database went away


@app.periodic(cron="* * * * *")
@app.task(name="referrals.watch", queue=CLOCKS, queueing_lock="referrals.watch")
def watch(timestamp: int) -> None:  # noqa: ARG001 - procrastinate says when it was due
    """Take what nobody answered in time to the next contact, and what a dead worker left behind."""
    with acting_as(WATCHER):
        turns.watch()


@app.task(name=MOVE_ON, queue=CLOCKS, retry=BROKEN)
def move_on(referral_id: str) -> None:
    """Hand a referral to the next contact."""
    with acting_as(WATCHER):
        turns.move_on(uuid.UUID(referral_id))
