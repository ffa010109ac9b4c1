"""What the reporter may read in the end. A person releases it, it is read a day later, and nothing of the police is in it."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext

from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.referrals import rules
from waywatch.referrals.actions.updating import OpenedUpdate
from waywatch.referrals.errors import NotPermittedError
from waywatch.referrals.models import Handover
from waywatch.referrals.vocabulary import SETTLED, UpdateKind
from waywatch.tips import api as tips


def newest_outcomes(handovers: Iterable[Handover], updates: Iterable[OpenedUpdate]) -> list[tuple[str, bool] | None]:
    """Return for each agency that took it its newest outcome and whether the reporter may be told that somebody acted, or None."""
    newest: dict[object, tuple[str, bool] | None] = {row.pk: None for row in handovers if row.ending in SETTLED}
    for each in sorted(updates, key=lambda each: each.row.written_at):
        if each.row.kind == UpdateKind.OUTCOME:
            newest[each.row.handover_id] = (str(each.said.get("result", "")), each.said.get("may_tell") == "yes")
    return list(newest.values())


def release(
    actor: Actor, *, tip: tips.Tip, sentence: tips.Feedback, outcomes: Iterable[tuple[str, bool] | None]
) -> dt.datetime:
    """Release a sentence to the reporter and return from when on it is read. Raises NotPermittedError.

    The delay is there because whoever harms people can file a tip and watch what becomes of it.
    """
    if sentence == tips.Feedback.ACTED and not rules.may_say_acted(outcomes):
        raise NotPermittedError(
            gettext(
                "This takes an outcome of every agency that took it: somebody acted, and each permits to say so. The other sentence is"
                " always possible."
            ),
            field="sentence",
        )
    at = clock.now() + rules.FEEDBACK_AFTER
    tips.release_feedback(actor, tip=tip, sentence=sentence, at=at)
    return at
