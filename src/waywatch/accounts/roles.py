"""The roles an account can hold. docs/reference/roles.md says what each of them sees."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What an account may be. A guest, a learner and a reporter have no account, so they are no roles here."""

    COORDINATOR = "coordinator", _("Coordinator")
    CO_HOST = "co_host", _("Co-host")
    TRAINING_MANAGER = "training_manager", _("Training manager")
    ADVOCATE = "advocate", _("Advocate")
    SUPERVISOR = "supervisor", _("Supervisor")
    OFFICER = "officer", _("Officer (trusted contact)")
    EDITOR = "editor", _("Editor")
    REVIEWER = "reviewer", _("Reviewer")
    ANALYST = "analyst", _("Analyst")
    ADMINISTRATOR = "administrator", _("Administrator")
