"""What the reporter reads in the end: one of a few fixed sentences, released by a person, from a later time on."""

import datetime as dt
import uuid

from django.db import connection, transaction

from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting_as
from waywatch.tips.actions.claims import who
from waywatch.tips.models import Tip
from waywatch.tips.vocabulary import Feedback

HOLDER = Actor.system("feedback")


def release_feedback(actor: Actor, *, tip: Tip, sentence: Feedback, at: dt.datetime) -> Tip:
    """Let whoever has the receipt words read `sentence` from `at` on. What can be read already stays readable until then."""
    return _say(actor, tip, sentence.value, at, "feedback_released")


def withdraw_feedback(actor: Actor, *, tip: Tip) -> Tip:
    """Take back a sentence that cannot be read yet."""
    return _say(actor, tip, "", None, "feedback_withdrawn")


def hold_back(tip_id: uuid.UUID) -> int:
    """Take back that somebody acted, where it cannot be read yet: the agency does not permit it any more. Return for how many reporters.

    Whoever writes for an agency sees no tip: a function of the owner does it (migration 0002).
    """
    with acting_as(HOLDER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT tips_hold_back(%s)", [tip_id])
        return int(cursor.fetchone()[0])


def _say(actor: Actor, tip: Tip, sentence: str, at: dt.datetime | None, act: str) -> Tip:
    """Change what is read, by this reporter and by those of the tips that are joined now: who joins later reads what comes later."""
    with transaction.atomic():
        current = Tip.objects.select_for_update(of=("self",)).get(pk=tip.pk)
        who(actor)
        for each in (current, *current.joined.select_for_update(of=("self",))):
            if each.feedback_at is not None and each.feedback_at <= clock.now():
                each.told = each.feedback
            each.feedback, each.feedback_at = sentence, at
            each.save(update_fields=["feedback", "feedback_at", "told"])
        detail: dict[str, audit.JSON] = {"sentence": sentence} if sentence else {}
        audit.record(f"tip.{act}", subject_kind="tip", subject_id=tip.pk, detail=detail)
    return current
