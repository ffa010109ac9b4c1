"""What the reporter reads in the end: one of a few fixed sentences, released by a person, from a later time on."""

import datetime as dt

from django.db import transaction

from waywatch.audit import api as audit
from waywatch.lib.actors import Actor
from waywatch.tips.actions.claims import who
from waywatch.tips.models import Tip
from waywatch.tips.vocabulary import Feedback


def release_feedback(actor: Actor, *, tip: Tip, sentence: Feedback, at: dt.datetime) -> Tip:
    """Let whoever has the receipt words read `sentence` from `at` on. It takes the place of one that was released before."""
    with transaction.atomic():
        current = Tip.objects.select_for_update(of=("self",)).get(pk=tip.pk)
        who(actor)
        current.feedback, current.feedback_at = sentence, at
        current.save(update_fields=["feedback", "feedback_at"])
        audit.record(
            "tip.feedback_released", subject_kind="tip", subject_id=tip.pk, detail={"sentence": sentence.value}
        )
    return current
