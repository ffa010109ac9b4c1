"""Accounts, the grants they hold, and invitations to become an account."""

import datetime as dt
import uuid
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from waywatch.accounts.roles import Role
from waywatch.lib import clock
from waywatch.lib.text import validate_plain_text


class Language(models.TextChoices):
    """The languages of the product."""

    ENGLISH = "en", "English"
    FRENCH = "fr", "Français"
    SPANISH = "es", "Español"


def scope_fits_role() -> Q:
    """Return what a role's scope must look like: which of region, build and organisation it has."""
    no_part = Q(build_id__isnull=True, organisation_id__isnull=True)
    return (
        Q(role=Role.ADMINISTRATOR, region__isnull=True) & no_part
        | Q(role=Role.CO_HOST, region__isnull=False, organisation_id__isnull=True)
        | Q(role=Role.TRAINING_MANAGER, organisation_id__isnull=False, build_id__isnull=True)
        | Q(role=Role.OFFICER, region__isnull=False) & no_part
        | Q(role__in=[Role.COORDINATOR, Role.ADVOCATE, Role.SUPERVISOR, Role.EDITOR, Role.REVIEWER, Role.ANALYST])
        & no_part
    )


class Account(AbstractBaseUser):
    """Somebody who signs in. The e-mail address is the name of the account; what it may do stands in its grants."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("E-mail address"), unique=True)
    name = models.CharField(_("Name"), max_length=150, validators=[validate_plain_text])
    language = models.CharField(_("Language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    class Meta:
        ordering = ["name", "email"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_account_email_unique_in_any_case"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="accounts_account_language_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class Grant(models.Model):
    """A role of an account: where (a region, a build, an organisation; none named is everywhere), and until when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    region = models.ForeignKey("geo.Region", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    build_id = models.UUIDField(null=True, blank=True)
    organisation_id = models.UUIDField(null=True, blank=True)
    valid_from = models.DateTimeField(default=clock.now)
    valid_until = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True, validators=[validate_plain_text])

    class Meta:
        ordering = ["valid_from", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="accounts_grant_role_known"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="accounts_grant_until_after_from",
            ),
            models.CheckConstraint(condition=scope_fits_role(), name="accounts_grant_scope_fits_role"),
            models.CheckConstraint(
                condition=Q(given_by__isnull=True) | ~Q(given_by=F("account")),
                name="accounts_grant_not_given_to_oneself",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by__isnull=True) | Q(revoked_at__isnull=False),
                name="accounts_grant_revoked_by_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "role"], name="accounts_grant_of_account", condition=Q(revoked_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.account_id}"

    def is_valid_at(self, moment: dt.datetime) -> bool:
        """Tell whether this grant gives anything at `moment`."""
        if self.revoked_at is not None or moment < self.valid_from:
            return False
        return self.valid_until is None or moment < self.valid_until


class Invitation(models.Model):
    """An offer of an account with one role. Only the addressee knows its token: here stands a keyed hash of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("E-mail address"))
    name = models.CharField(_("Name"), max_length=150, validators=[validate_plain_text])
    language = models.CharField(_("Language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    role = models.CharField(max_length=20, choices=Role.choices)
    region = models.ForeignKey("geo.Region", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    build_id = models.UUIDField(null=True, blank=True)
    organisation_id = models.UUIDField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="accounts_invitation_role_known"),
            models.CheckConstraint(condition=scope_fits_role(), name="accounts_invitation_scope_fits_role"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="accounts_invitation_expires_after_created"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="accounts_invitation_accepted_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="accounts_invitation_accepted_by_somebody",
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_invitation_one_open_an_address",
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} for {self.name}"
