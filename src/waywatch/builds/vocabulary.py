"""The closed vocabularies of a build, as printed in published builds. docs/reference/builds-file.md explains each word."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Provenance(TextChoices):
    """Where a figure comes from."""

    RECORDED = "recorded", _("recorded")
    REPORTED = "reported", _("reported")
    PUBLISHED = "published", _("published")


class Qualifier(TextChoices):
    """The word that stood before the number in print."""

    EXACT = "exact", _("exactly")
    OVER = "over", _("over")
    MORE_THAN = "more_than", _("more than")
    AT_LEAST = "at_least", _("at least")
    ABOUT = "about", _("about")
    UP_TO = "up_to", _("up to")


class Mode(TextChoices):
    """How people met."""

    IN_PERSON = "in_person", _("in person")
    VIRTUAL = "virtual", _("virtual")
    HYBRID = "hybrid", _("in person and virtual")


class Wave(TextChoices):
    """When a survey was asked."""

    SAME_DAY = "same_day", _("same day")
    FOLLOW_UP = "follow_up", _("follow-up")


class FollowUpKind(TextChoices):
    """What a partner did afterwards. Source: the outcome words printed in published builds."""

    PEOPLE_TRAINED = "people_trained", _("people trained")
    CURRICULUM_ADOPTED = "curriculum_adopted", _("curriculum adopted")
    MATERIALS_DISTRIBUTED = "materials_distributed", _("materials distributed")
    MATERIALS_STOCKED = "materials_stocked", _("materials stocked")
    POLICY_ADOPTED = "policy_adopted", _("policy adopted")
    LAW_ENFORCEMENT_TRAINING = "law_enforcement_training", _("law-enforcement training")
    MVE_ELEMENTS_COMPLETED = "mve_elements_completed", _("elements of the Iowa MVE model completed")
    COMMITMENT_TRAIN_EMPLOYEES = "commitment_train_employees", _("commitment to train employees")
    PRESENTATIONS = "presentations", _("presentations given")
    INVITED_TO_PRESENT = "invited_to_present", _("invited to present")
    INBOUND_CALLS = "inbound_calls", _("calls received")
    REQUESTED_RESOURCES = "requested_resources", _("resources requested")
    NEXT_BUILD_PLANNED = "next_build_planned", _("next build planned")
    OTHER = "other", _("other")


# What the history of a build says of each act.
ACTS = {
    "build.loaded": _("loaded from a published file"),
    "build.added": _("build added"),
    "build.edited": _("facts changed"),
    "build.cohost_added": _("co-host added"),
    "build.cohost_removed": _("co-host removed"),
    "build.invitedsector_added": _("invited sector added"),
    "build.invitedsector_removed": _("invited sector removed"),
    "build.attendancefigure_added": _("attendance figure added"),
    "build.attendancefigure_removed": _("attendance figure removed"),
    "build.surveyfigure_added": _("survey figure added"),
    "build.surveyfigure_removed": _("survey figure removed"),
    "build.followup_added": _("follow-up added"),
    "build.followup_removed": _("follow-up removed"),
    "build.quote_added": _("quote added"),
    "build.quote_removed": _("quote removed"),
    "build.attendance_recorded": _("attendance recorded"),
    "build.attendance_removed": _("attendance taken back"),
}

# What a partner took up for good, as against a single act: the glance lists these as adopted.
ADOPTIONS = frozenset(
    {
        FollowUpKind.CURRICULUM_ADOPTED,
        FollowUpKind.MATERIALS_STOCKED,
        FollowUpKind.MATERIALS_DISTRIBUTED,
        FollowUpKind.POLICY_ADOPTED,
        FollowUpKind.MVE_ELEMENTS_COMPLETED,
        FollowUpKind.COMMITMENT_TRAIN_EMPLOYEES,
    }
)
TRAININGS = frozenset({FollowUpKind.PEOPLE_TRAINED})
OTHER_ACTS = frozenset(FollowUpKind) - ADOPTIONS - TRAININGS
