"""Trusted contacts, how a desk decides, and referrals: a chain of handovers of which one at a time is with somebody."""

import datetime as dt
import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from waywatch.lib import clock, fieldcrypt
from waywatch.lib.text import validate_plain_text
from waywatch.policy import api as policy
from waywatch.referrals.rules import Duty
from waywatch.referrals.vocabulary import SETTLED, Declined, Ending, Kind, UpdateKind
from waywatch.tips.api import URGENCIES

NAME, PHONE = "referrals.trusted_contact.name", "referrals.trusted_contact.phone"
COUNTY = "referrals.trusted_contact.county"
WEEK = 7


def whole_week() -> list[int]:
    """Return all days, Monday first."""
    return list(range(WEEK))


class TrustedContact(models.Model):
    """Somebody of an agency to whom a desk refers tips of a state, a province or one of its counties.

    Without an agency's keyring it is called by phone. `order` says who is asked first. `days`, `start` and `end` say when it is on duty, in
    its own time (rules.Duty). Name, number and county are encrypted at rest: a referral leads here, and says nothing below the state.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    desk = models.ForeignKey("vault.Keyring", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("vault.Keyring", on_delete=models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey("geo.Region", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.LAW_ENFORCEMENT)
    county_encrypted = models.BinaryField(blank=True, default=b"")
    name_encrypted = models.BinaryField()
    phone_encrypted = models.BinaryField(blank=True, default=b"")
    order = models.PositiveSmallIntegerField(default=1)
    days = ArrayField(models.PositiveSmallIntegerField(), default=whole_week)
    start = models.TimeField(null=True)
    end = models.TimeField(null=True)
    timezone = models.CharField(max_length=40, default="UTC")
    verified_on = models.DateField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["region_id", "order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(start__isnull=False, end__isnull=False),
                name="referrals_contact_duty_begins_and_ends",
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=False) | ~Q(phone_encrypted=b""), name="referrals_contact_can_be_reached"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="referrals_contact_kind_known"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def name(self) -> str:
        """Return who it is."""
        return fieldcrypt.decrypt(self.name_encrypted, purpose=NAME)

    @name.setter
    def name(self, name: str) -> None:
        self.name_encrypted = fieldcrypt.encrypt(name, purpose=NAME)

    @property
    def county_code(self) -> str:
        """Return the county that it serves, or "" for the whole state or province."""
        return fieldcrypt.decrypt(self.county_encrypted, purpose=COUNTY) if self.county_encrypted else ""

    @county_code.setter
    def county_code(self, code: str) -> None:
        self.county_encrypted = fieldcrypt.encrypt(code, purpose=COUNTY) if code else b""

    @property
    def phone(self) -> str:
        """Return the number to call, or "" where there is none."""
        return fieldcrypt.decrypt(self.phone_encrypted, purpose=PHONE) if self.phone_encrypted else ""

    @phone.setter
    def phone(self, number: str) -> None:
        self.phone_encrypted = fieldcrypt.encrypt(number, purpose=PHONE) if number else b""

    @property
    def duty(self) -> Duty:
        """Return when it is on duty."""
        return Duty(self.days, self.start, self.end, self.timezone)


class Practice(models.Model):
    """By which policy pack a desk decides. Without a row: by the narrowest one."""

    desk = models.OneToOneField("vault.Keyring", on_delete=models.PROTECT, primary_key=True, related_name="+")
    pack = models.CharField(max_length=60)
    chosen_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.desk_id} {self.pack}"


class KnownDuty(models.Model):
    """A duty by law that somebody at the desk entered for a state or province, with where it stands. It widens what the policy lets go."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    desk = models.ForeignKey("vault.Keyring", on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey("geo.Region", on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=30)
    source = models.CharField(_("Where it stands"), max_length=300, validators=[validate_plain_text])
    entered_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["region_id", "duty", "id"]
        constraints = [
            models.UniqueConstraint(fields=["desk", "region", "duty"], name="referrals_duty_once"),
            models.CheckConstraint(condition=Q(duty__in=policy.DUTIES), name="referrals_duty_known"),
            models.CheckConstraint(condition=~Q(source=""), name="referrals_duty_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.duty}"


class Referral(models.Model):
    """One approval of an advocate: this minimum of a tip may go to these contacts, one after the other.

    `locked` is the decision with its trace and what was ticked, under the key of the tip's content.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tip = models.ForeignKey("tips.Tip", on_delete=models.PROTECT, related_name="+")
    desk = models.ForeignKey("vault.Keyring", on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(default=clock.now)
    locked = models.BinaryField()

    class Meta:
        ordering = ["approved_at", "id"]

    def __str__(self) -> str:
        return str(self.pk)


class Handover(models.Model):
    """One contact's turn. `sealed` is the minimum, sealed to the agency; nobody there sees the row before it is handed over.

    The agency answers until `due_at`; whoever is later finds it gone to the next one, and the sealed copy with it. `held_by` has it inside
    the agency. `call` is what was written down of a call, under the key of the tip's content. `declined_for` is why it was declined, or "".
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="handovers")
    contact = models.ForeignKey(TrustedContact, on_delete=models.PROTECT, related_name="+")
    desk = models.ForeignKey("vault.Keyring", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("vault.Keyring", on_delete=models.PROTECT, null=True, related_name="+")
    agency_version = models.PositiveIntegerField(null=True)
    sealed = models.BinaryField(null=True)
    call = models.BinaryField(null=True)
    region = models.CharField(max_length=6, blank=True)
    position = models.PositiveSmallIntegerField()
    urgency = models.PositiveSmallIntegerField()
    handed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, null=True, related_name="+")
    held_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    declined_for = models.CharField(max_length=10, choices=Declined.choices, blank=True)

    class Meta:
        ordering = ["referral_id", "position"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(ended_at=None, handed_at__isnull=False), name="referrals_handover_due"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["referral", "position"], name="referrals_handover_one_a_turn"),
            models.UniqueConstraint(
                fields=["referral"],
                condition=Q(handed_at__isnull=False, ended_at=None),
                name="referrals_handover_one_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["referral"], condition=Q(ending__in=SETTLED), name="referrals_handover_one_winner"
            ),
            models.CheckConstraint(condition=Q(urgency__in=URGENCIES), name="referrals_handover_urgency"),
            models.CheckConstraint(
                condition=Q(handed_at=None, due_at=None) | Q(handed_at__isnull=False, due_at__gt=F("handed_at")),
                name="referrals_handover_is_due_after_it_was_handed",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="referrals_handover_ends_somehow",
            ),
            models.CheckConstraint(
                condition=Q(agency=None, agency_version=None) | Q(agency__isnull=False, agency_version__isnull=False),
                name="referrals_handover_to_a_version",
            ),
            models.CheckConstraint(
                condition=Q(declined_for="") | Q(ending=Ending.DECLINED, declined_for__in=Declined.values),
                name="referrals_handover_declined_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def is_open(self, now: dt.datetime) -> bool:
        """Tell whether it can still be answered."""
        return self.handed_at is not None and self.ended_at is None and self.due_at is not None and now < self.due_at


class Update(models.Model):
    """What desk and agency write to each other after a handover, sealed to both: a 911 incident, an outcome, words. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="updates")
    kind = models.CharField(max_length=10, choices=UpdateKind.choices)
    to_desk = models.BinaryField()
    desk_version = models.PositiveIntegerField()
    to_agency = models.BinaryField(null=True)
    agency_version = models.PositiveIntegerField(null=True)
    by_desk = models.BooleanField()
    written_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["handover_id", "written_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=UpdateKind.values), name="referrals_update_kind_known"),
            models.CheckConstraint(
                condition=Q(to_agency=None, agency_version=None)
                | Q(to_agency__isnull=False, agency_version__isnull=False),
                name="referrals_update_to_a_version",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
