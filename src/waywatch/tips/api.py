"""What other rooms may use of tips: an opened tip of the actor's desk, its answers in words, its clocks, and feedback to the reporter."""

from django.db import transaction

from waywatch.lib.actors import Actor
from waywatch.tips.access import desk_for, desks_of, enter, must_supervise, supervises, tip_for
from waywatch.tips.actions import claims
from waywatch.tips.actions.assessing import ConsentRefused, assessment
from waywatch.tips.actions.claims import who
from waywatch.tips.actions.counting import SignNoticed
from waywatch.tips.actions.feedback import hold_back, release_feedback, withdraw_feedback
from waywatch.tips.actions.needing import refuse_while_needed
from waywatch.tips.actions.opening import Opened, TipFinishing, open_tip
from waywatch.tips.actions.retention import TipErased
from waywatch.tips.actions.telling import STAFF, tell, tell_team
from waywatch.tips.content import Content, take_answers
from waywatch.tips.elsewhere import Elsewhere, Standing
from waywatch.tips.elsewhere import ask as ask_elsewhere
from waywatch.tips.envelope import URGENCIES
from waywatch.tips.errors import ReasonNeededError
from waywatch.tips.forms import CHOOSE, ReasonForm, SealedForm, sealed_text
from waywatch.tips.models import Tip
from waywatch.tips.queries import Answered, answers, place_words
from waywatch.tips.questions import STEPS
from waywatch.tips.rules import DAY, NOW, OLDER
from waywatch.tips.vocabulary import URGENCY, Feedback
from waywatch.tips.web.keeping import keeping_what_was_typed
from waywatch.tips.web.posting import takes_a_form
from waywatch.tips.web.reasons import ask_for_reason

__all__ = [
    "CHOOSE",
    "DAY",
    "NOW",
    "OLDER",
    "STAFF",
    "STEPS",
    "URGENCIES",
    "URGENCY",
    "Answered",
    "ConsentRefused",
    "Content",
    "Elsewhere",
    "Feedback",
    "Opened",
    "ReasonForm",
    "ReasonNeededError",
    "SealedForm",
    "SignNoticed",
    "Standing",
    "Tip",
    "TipErased",
    "TipFinishing",
    "answers",
    "ask_elsewhere",
    "ask_for_reason",
    "assessment",
    "at_work",
    "desk_for",
    "desks_of",
    "enter",
    "hold_back",
    "keeping_what_was_typed",
    "must_supervise",
    "open_tip",
    "place_words",
    "refuse_while_needed",
    "release_feedback",
    "sealed_text",
    "supervises",
    "take_answers",
    "takes_a_form",
    "tell",
    "tell_team",
    "tip_for",
    "who",
    "withdraw_feedback",
]


def at_work(actor: Actor, tip: Tip) -> Tip:
    """Lock a tip's row until the transaction ends and note that the actor works on it. Raises ClosedError where it is finished."""
    with transaction.atomic():
        current = claims.locked(tip)
        claims.act(current, actor)
    return current
