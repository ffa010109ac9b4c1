"""What the reporter reads in the end: one of a few fixed sentences, released by a person, from a later time on."""

import datetime as dt

from django.db import transaction

from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.tips.actions.claims import who
from waywatch.tips.models import Tip
from waywatch.tips.vocabulary import Feedback


def release_feedback(actor: Actor, *, tip: Tip, sentence: Feedback, at: dt.datetime) -> Tip:
    """Let whoever has the receipt words read `sentence` from `at` on. What can be read already stays readable until then."""
    return _say(actor, tip, sentence.value, at, "feedback_released")


def withdraw_feedback(actor: Actor, *, tip: Tip) -> Tip:
    """Take back a sentence that cannot be read yet."""
    return _say(actor, tip, "", None, "feedback_withdrawn")


def _say(actor: Actor, tip: Tip, sentence: str, at: dt.datetime | None, act: str) -> Tip:
    with transaction.atomic():
        current = Tip.objects.select_for_update(of=("self",)).get(pk=tip.pk)
        who(actor)
        if current.feedback_at is not None and current.feedback_at <= clock.now():
            current.told = current.feedback
        current.feedback, current.feedback_at = sentence, at
        current.save(update_fields=["feedback", "feedback_at", "told"])
        detail: dict[str, audit.JSON] = {"sentence": sentence} if sentence else {}
        audit.record(f"tip.{act}", subject_kind="tip", subject_id=tip.pk, detail=detail)
    return current
