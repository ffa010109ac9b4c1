"""Trusted contacts, and referrals: a chain of handovers of which one at a time is with somebody."""

import datetime as dt
import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from waywatch.lib import clock, fieldcrypt
from waywatch.lib.text import validate_plain_text
from waywatch.tips.envelope import URGENCIES
from waywatch.tips.models.tips import Tip

PHONE = "tips.contact.phone"
WEEK = 7


def whole_week() -> list[int]:
    """Return all days, Monday first."""
    return list(range(WEEK))


class Contact(models.Model):
    """A trusted contact of a state or province, as a desk knows it. Without an agency's keyring it is called by phone.

    `order`: who is asked first. `days`, `start` and `end` say when it is on duty, in its own time; without a start always on those days.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    desk = models.ForeignKey("vault.Keyring", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("vault.Keyring", on_delete=models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey("geo.Region", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("Name"), max_length=120, validators=[validate_plain_text])
    phone_encrypted = models.BinaryField(blank=True, default=b"")
    order = models.PositiveSmallIntegerField(default=1)
    days = ArrayField(models.PositiveSmallIntegerField(), default=whole_week)
    start = models.TimeField(null=True)
    end = models.TimeField(null=True)
    timezone = models.CharField(max_length=40, default="UTC")
    verified_on = models.DateField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["region", "order", "name", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="tips_contact_has_a_name"),
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(start__isnull=False, end__isnull=False),
                name="tips_contact_duty_begins_and_ends",
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=False) | ~Q(phone_encrypted=b""), name="tips_contact_can_be_reached"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def phone(self) -> str:
        """Return the number to call, or "" where there is none."""
        return fieldcrypt.decrypt(self.phone_encrypted, purpose=PHONE) if self.phone_encrypted else ""

    @phone.setter
    def phone(self, number: str) -> None:
        self.phone_encrypted = fieldcrypt.encrypt(number, purpose=PHONE) if number else b""


class Ending(models.TextChoices):
    """How a handover ended."""

    ACCEPTED = "accepted", _("accepted")
    CALLED = "called", _("told by phone")
    DECLINED = "declined", _("declined")
    LATE = "late", _("not answered in time")
    SKIPPED = "skipped", _("could not be handed over: no key, nobody there")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Referral(models.Model):
    """One approval of an advocate: this minimum of a tip may go to these contacts, one after the other."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.CASCADE, related_name="referrals")
    desk = models.ForeignKey("vault.Keyring", on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["approved_at", "id"]

    def __str__(self) -> str:
        return str(self.pk)


class Handover(models.Model):
    """One contact's turn. `sealed` is the minimum, sealed to the agency; nobody there sees the row before it is handed over.

    The agency answers until `due_at`; whoever is later finds it gone to the next one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="handovers")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    desk = models.ForeignKey("vault.Keyring", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("vault.Keyring", on_delete=models.PROTECT, null=True, related_name="+")
    agency_version = models.PositiveIntegerField(null=True)
    sealed = models.BinaryField(null=True)
    position = models.PositiveSmallIntegerField()
    urgency = models.PositiveSmallIntegerField()
    handed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)

    class Meta:
        ordering = ["referral", "position"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(ended_at=None, handed_at__isnull=False), name="tips_handover_due"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["referral", "position"], name="tips_handover_one_a_turn"),
            models.UniqueConstraint(
                fields=["referral"],
                condition=Q(handed_at__isnull=False, ended_at=None),
                name="tips_handover_one_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["referral"],
                condition=Q(ending__in=("accepted", "called")),
                name="tips_handover_one_winner",
            ),
            models.CheckConstraint(condition=Q(urgency__in=URGENCIES), name="tips_handover_urgency"),
            models.CheckConstraint(
                condition=Q(handed_at=None, due_at=None) | Q(handed_at__isnull=False, due_at__gt=F("handed_at")),
                name="tips_handover_is_due_after_it_was_handed",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="tips_handover_ends_somehow",
            ),
            models.CheckConstraint(
                condition=Q(agency=None, agency_version=None) | Q(agency__isnull=False, agency_version__isnull=False),
                name="tips_handover_to_a_version",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def is_open(self, now: dt.datetime) -> bool:
        """Tell whether the agency can still answer."""
        return self.handed_at is not None and self.ended_at is None and self.due_at is not None and now < self.due_at


class Answer(models.Model):
    """What an officer writes back, sealed to the desk: the 911 incident's number, the outcome, words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="answers")
    desk = models.ForeignKey("vault.Keyring", on_delete=models.PROTECT, related_name="+")
    desk_version = models.PositiveIntegerField()
    sealed = models.BinaryField()
    written_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["handover", "written_at", "id"]

    def __str__(self) -> str:
        return str(self.pk)
