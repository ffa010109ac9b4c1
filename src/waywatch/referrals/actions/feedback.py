"""What the reporter may read in the end. A person releases it, it is read a day later, and nothing of the police is in it."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext

from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.referrals import rules
from waywatch.referrals.actions.updating import OpenedUpdate
from waywatch.referrals.errors import NotPermittedError
from waywatch.referrals.vocabulary import UpdateKind
from waywatch.tips import api as tips


def permissions(updates: Iterable[OpenedUpdate]) -> list[bool]:
    """Return, oldest outcome first, whether an agency permits to tell the reporter that somebody acted."""
    outcomes = [each for each in updates if each.row.kind == UpdateKind.OUTCOME]
    return [each.said.get("may_tell") == "yes" for each in sorted(outcomes, key=lambda each: each.row.written_at)]


def release(actor: Actor, *, tip: tips.Tip, sentence: tips.Feedback, updates: Iterable[OpenedUpdate]) -> dt.datetime:
    """Release a sentence to the reporter and return from when on it is read. Raises NotPermittedError.

    The delay is there because whoever harms people can file a tip and watch what becomes of it.
    """
    if sentence == tips.Feedback.ACTED and not rules.may_say_acted(permissions(updates)):
        raise NotPermittedError(
            gettext(
                "No agency has written an outcome and permitted to tell the reporter. The other sentence is always possible."
            ),
            field="sentence",
        )
    at = clock.now() + rules.FEEDBACK_AFTER
    tips.release_feedback(actor, tip=tip, sentence=sentence, at=at)
    return at
