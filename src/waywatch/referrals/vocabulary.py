"""The words of a referral."""

from collections.abc import Mapping

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from waywatch.policy import api as policy


class Kind(models.TextChoices):
    """Which of the policy's recipients a trusted contact is."""

    LAW_ENFORCEMENT = "law_enforcement", _("Law enforcement")
    CHILD_PROTECTION = "child_protection", _("Child protection")


class Ending(models.TextChoices):
    """How a handover ended."""

    ACCEPTED = "accepted", _("accepted")
    CALLED = "called", _("told by phone")
    DECLINED = "declined", _("declined")
    LATE = "late", _("not answered in time")
    SKIPPED = "skipped", _("passed over: off duty, closed, or of another agency")
    WITHDRAWN = "withdrawn", _("not needed any more")


class Declined(models.TextChoices):
    """Why an agency declines. Four fixed answers, and no words: they stand outside of the seal."""

    NOT_OURS = "not_ours", _("not ours")
    NOBODY_FREE = "nobody", _("nobody is free")
    KNOWN = "known", _("known already")
    OTHER = "other", _("another reason")


SETTLED = (Ending.ACCEPTED, Ending.CALLED)


class UpdateKind(models.TextChoices):
    """What a desk and an agency write to each other about a handover."""

    INCIDENT = "incident", _("911 incident")
    OUTCOME = "outcome", _("Outcome")
    WORDS = "words", _("Message")


class Result(models.TextChoices):
    """What an agency did, without anything of a criminal case."""

    HELPED = "helped", _("Somebody was met and offered help")
    CHECKED = "checked", _("It was looked into; nobody was met")
    PASSED = "passed", _("It was given to another agency")
    KNOWN = "known", _("It was known already")
    NOT_CHECKED = "not_checked", _("It could not be looked into")


OUTCOMES: Mapping[policy.Outcome, Promise] = {
    "must_not": _("It must not be passed on."),
    "may": _("It may be passed on."),
    "must": _("It must be passed on."),
}
RECIPIENTS: Mapping[policy.Recipient, Promise] = {
    "emergency": _("911 of the place"),
    "law_enforcement": _("a trusted contact"),
    "child_protection": _("child protection"),
    "services": _("services, offered to the person"),
}
PARTS: Mapping[policy.Part, Promise] = {
    "where": _("Where"),
    "when": _("When"),
    "people": _("People"),
    "vehicles": _("Vehicles"),
    "timeline": _("What happened over time"),
    "signs": _("Signs"),
    "words": _("The reporter's own words"),
    "reporter": _("Who the reporter is and how to reach him or her"),
}
DUTIES: Mapping[policy.Duty, Promise] = {
    "report_minor": _("Minors at risk must be reported"),
    "report_imminent_harm": _("Imminent harm must be reported"),
}
DAYS: tuple[Promise, ...] = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
