"""The words of the desk."""

from collections.abc import Mapping

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from waywatch.tips.models import MatchKind
from waywatch.tips.rules import DAY, NOW, OLDER

URGENCY: Mapping[int, Promise] = {NOW: _("Urgent: now"), DAY: _("Within a day"), OLDER: _("Older or not known")}
ALIKE: Mapping[MatchKind, Promise] = {
    MatchKind.PLATE: _("the plate"),
    MatchKind.VEHICLE: _("a vehicle, on about the same day"),
    MatchKind.PLACE: _("the place, on about the same day"),
}
ACTIONS: Mapping[str, Promise] = {
    "tip.received": _("It arrived"),
    "tip.claimed": _("Somebody took it"),
    "tip.released": _("It was put back into the queue"),
    "tip.opened": _("It was opened"),
    "tip.second_asked": _("A second person was asked to allow opening it"),
    "tip.reading_reviewed": _("A supervisor looked at who had opened it"),
    "tip.assessment_written": _("It was assessed"),
    "tip.supervisor_alerted": _("The supervisors were told of a potential case"),
    "tip.note_written": _("A note was written"),
    "tip.joined": _("It was joined to another tip of the same observation"),
    "tip.parted": _("It was parted again from another tip"),
    "tip.asked": _("The reporter was asked something"),
    "tip.outcome_written": _("An outcome was written"),
    "tip.finished": _("It was finished"),
    "tip.unreadable": _("It was finished as unreadable"),
    "tip.referred": _("It was referred"),
    "tip.taken_back": _("A referral was taken back"),
    "tip.feedback_released": _("A sentence for the reporter was released"),
    "tip.feedback_withdrawn": _("A sentence for the reporter was taken back"),
    "tip.held": _("It is held beyond its term"),
    "tip.hold_lifted": _("The hold was lifted"),
    "tip.erased": _("Its content was destroyed"),
    "tip.staff_paged": _("The people on duty were told that it waits"),
    "tip.supervisor_paged": _("The supervisors were told that it waits"),
}


class CallClass(models.TextChoices):
    """How hotlines class what reaches them (docs/explanation/desk.md names the source)."""

    CRISIS = "crisis", _("Crisis: needs a response within a day, or danger now")
    TIP = "tip", _("Tip: a specific situation")
    HIGH_RISK = "high_risk", _("High risk: exploitation without clear force, fraud or coercion")
    REFERRAL = "referral", _("Asks for a service")
    TRAINING = "training", _("Asks for training or advice")
    GENERAL = "general", _("General information")


class TraffickingType(models.TextChoices):
    """What it may be. An advocate's view, never a finding."""

    SEX = "sex", _("Sex trafficking")
    LABOUR = "labour", _("Labour trafficking")
    BOTH = "both", _("Both")
    NONE = "none", _("Not trafficking")
    UNKNOWN = "unknown", _("Not known")


class Answer(models.TextChoices):
    """Yes, no, or nobody knows."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Not known")


class Consent(models.TextChoices):
    """What somebody said about passing it on."""

    GIVEN = "given", _("Given")
    REFUSED = "refused", _("Refused")
    NOT_ASKED = "not_asked", _("Not asked")


class Reliability(models.TextChoices):
    """How the reporter knows."""

    FIRST_HAND = "first_hand", _("Seen or heard oneself")
    MIXED = "mixed", _("Partly told by others")
    HEARSAY = "hearsay", _("Told by others")
    UNKNOWN = "unknown", _("Not known")


class OutcomeKind(models.TextChoices):
    """How the desk finished with it."""

    PASSED_ON = "passed_on", _("Passed on")
    NOT_PASSED_ON = "not_passed_on", _("Kept: nothing to pass on, or no consent")
    UNFOUNDED = "unfounded", _("Unfounded")
    REPEATED = "repeated", _("Another tip tells the same")
    SERVICES = "services", _("Services were offered")


class Feedback(models.TextChoices):
    """What a reporter may read in the end: sentences that never change. Docs: docs/explanation/referral.md says who releases which."""

    ACTED = "acted", _("Your information was acted on.")
    THANKS = "thanks", _("Thank you. What you noticed was looked at.")


class Reason(models.TextChoices):
    """Why somebody opens what a colleague works on."""

    COVERING = "covering", _("I cover for the colleague")
    ASKED = "asked", _("The colleague or a supervisor asked me")
    REPEATED = "repeated", _("I compare it with another tip")
    SUPERVISION = "supervision", _("I supervise the desk")
