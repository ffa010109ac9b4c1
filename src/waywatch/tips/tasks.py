"""Jobs of this room. The names are stable: they stand in the queue of a running system."""

from procrastinate.contrib.django import app

from waywatch.lib.actors import Actor, acting_as
from waywatch.tips.actions import retention, watching


@app.periodic(cron="* * * * *")
@app.task(name="tips.page_for_waiting", queue="clocks", queueing_lock="tips.page_for_waiting")
def page_for_waiting(timestamp: int) -> None:  # noqa: ARG001 - procrastinate says when it was due
    """Tell people that a tip waits unopened, or that a reporter has answered."""
    with acting_as(Actor.system("clocks")):
        watching.page_for_waiting()
        watching.tell_of_answers()


@app.periodic(cron="17 * * * *")
@app.task(name="tips.erase_due", queue="clocks", queueing_lock="tips.erase_due")
def erase_due(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Destroy what is over its term."""
    with acting_as(Actor.system("clocks")):
        retention.erase_due()
