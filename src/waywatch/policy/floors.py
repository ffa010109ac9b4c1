"""What no pack may undercut. A version is never changed: a stored decision names the one it was made under."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from waywatch.policy.values import Case, Floor, Part

CURRENT = "1"
REPORTER: Part = "reporter"
REPORTER_UNNAMED = "reporter-unnamed"
AT_ONCE: frozenset[Part] = frozenset({"where", "when", "people", "vehicles", "signs"})
"""The least with which somebody can act at once; no free words and nobody's name."""

YES, MINOR = frozenset({"yes"}), frozenset({"minor"})

FLOORS: Mapping[str, tuple[Floor, ...]] = {
    "1": (
        Floor(
            id="danger-now",
            text=_("Somebody is in danger now: it may always be passed on to 911."),
            when={"danger": YES},
            outcome="may",
            recipients=frozenset({"emergency"}),
            minimum=AT_ONCE,
        ),
        Floor(
            id="minor-with-sign",
            text=_(
                "An apparent minor with an observed sign: it may always be passed on to 911 and the trusted contact."
            ),
            when={"age": MINOR, "exploitation_sign": YES},
            outcome="may",
            recipients=frozenset({"emergency", "law_enforcement"}),
            minimum=AT_ONCE,
        ),
        Floor(
            id="duty-minor-with-sign",
            text=_("The law here obliges to report an apparent minor with an observed sign."),
            when={"age": MINOR, "exploitation_sign": YES},
            outcome="must",
            recipients=frozenset({"law_enforcement", "child_protection"}),
            minimum=AT_ONCE,
            duty="report_minor",
        ),
        Floor(
            id="duty-minor-in-danger",
            text=_("The law here obliges to report an apparent minor who is in danger."),
            when={"age": MINOR, "danger": YES},
            outcome="must",
            recipients=frozenset({"law_enforcement", "child_protection"}),
            minimum=AT_ONCE,
            duty="report_minor",
        ),
        Floor(
            id="duty-minor",
            text=_(
                "The law here obliges to report minors: no pack forbids to tell child protection of an apparent one."
            ),
            when={"age": MINOR},
            outcome="may",
            recipients=frozenset({"child_protection"}),
            minimum=AT_ONCE,
            duty="report_minor",
        ),
        Floor(
            id="duty-imminent-harm",
            text=_("The law here obliges to report imminent harm."),
            when={"danger": YES},
            outcome="must",
            recipients=frozenset({"emergency"}),
            minimum=AT_ONCE,
            duty="report_imminent_harm",
        ),
    ),
}


def may_name_reporter(case: Case) -> bool:
    """Tell whether the way to reach the reporter may go along: the one ceiling that no pack may exceed."""
    return case.reporter_identity == "may_be_named" and case.consent_reporter != "refused"
