"""Keyrings, their versions, members and shares; each person's own key; acts that need two people; the signed lists."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from waywatch.lib import clock
from waywatch.lib.text import validate_plain_text
from waywatch.vault.rules import LOCK_AFTER_MINUTES, LONGEST_LOCK_MINUTES


class KeyringKind(models.TextChoices):
    """Whose keyring it is."""

    DESK = "desk", _("A hotline's desk")
    AGENCY = "agency", _("An agency (trusted contact)")


class RequestKind(models.TextChoices):
    """What two people have to do together."""

    RESEAL = "reseal", _("Give a member a new key")
    BREAK_GLASS = "break_glass", _("Open what is not one's own")


class Keyring(models.Model):
    """The keys of a team. A desk serves regions; an agency has a home. Who it belongs to stands in its memberships.

    With `escrow`, each key that is made leaves a copy for the two holders of the escrow key, offline.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=6, choices=KeyringKind.choices)
    name = models.CharField(_("Name"), max_length=120, validators=[validate_plain_text])
    home = models.ForeignKey("geo.Region", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    regions = ArrayField(models.TextField(), default=list, blank=True)
    lock_after_minutes = models.PositiveSmallIntegerField(default=LOCK_AFTER_MINUTES)
    escrow = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["kind", "name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KeyringKind.values), name="vault_keyring_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="vault_keyring_has_a_name"),
            models.CheckConstraint(
                condition=(Q(kind=KeyringKind.DESK) & ~Q(regions=[]))
                | Q(kind=KeyringKind.AGENCY, regions=[], home__isnull=False),
                name="vault_keyring_desk_serves_agency_is_at_home",
            ),
            models.CheckConstraint(
                condition=Q(lock_after_minutes__gte=1, lock_after_minutes__lte=LONGEST_LOCK_MINUTES),
                name="vault_keyring_locks_within_the_hour",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KeyVersion(models.Model):
    """One key pair of a keyring: here stands the public half. The private half exists sealed, in shares, only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    keyring = models.ForeignKey(Keyring, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    public_key = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["keyring", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["keyring", "number"], name="vault_key_version_once"),
            models.UniqueConstraint(
                fields=["keyring"], condition=Q(retired_at=None), name="vault_key_version_one_current"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="vault_key_version_from_one"),
            models.CheckConstraint(
                condition=Q(destroyed_at=None) | Q(retired_at__isnull=False),
                name="vault_key_version_retired_before_destroyed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.keyring_id} {self.number}"


class MemberKey(models.Model):
    """The public half of a person's own key. A lost one is retired and another takes its place."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    public_key = models.BinaryField(unique=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["account", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(retired_at=None), name="vault_member_key_one_in_use"
            ),
        ]

    def __str__(self) -> str:
        return str(self.account_id)


class Wrap(models.Model):
    """The private half of a person's own key, under the passphrase and under the recovery key. Seen by that person's account alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member_key = models.OneToOneField(MemberKey, on_delete=models.PROTECT, related_name="wrap")
    by_passphrase = models.BinaryField()
    by_recovery = models.BinaryField()
    tries = models.PositiveIntegerField(default=0)
    wait_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.member_key_id)


class Share(models.Model):
    """The private half of a version, sealed to one member's key. A revoked share keeps the fact and loses the bytes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(KeyVersion, on_delete=models.PROTECT, related_name="shares")
    member_key = models.ForeignKey(MemberKey, on_delete=models.PROTECT, related_name="shares")
    sealed = models.BinaryField(null=True)
    given_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["version", "created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "member_key"], condition=Q(revoked_at=None), name="vault_share_once"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, sealed__isnull=False) | Q(revoked_at__isnull=False, sealed=None),
                name="vault_share_revoked_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class EscrowCopy(models.Model):
    """The private half of a version, sealed to the escrow key of two holders. Nothing on a server opens it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.OneToOneField(KeyVersion, on_delete=models.PROTECT, related_name="escrow_copy")
    escrow_key = models.BinaryField()
    sealed = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return str(self.version_id)


class Membership(models.Model):
    """Somebody belongs to a keyring's team. A keeper lets others in and out and makes new keys."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    keyring = models.ForeignKey(Keyring, on_delete=models.PROTECT, related_name="memberships")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    is_keeper = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=clock.now, editable=False)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["keyring", "joined_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["keyring", "account"], condition=Q(left_at=None), name="vault_membership_once"
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("joined_at")), name="vault_membership_left_after_joined"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} of {self.keyring_id}"


class Request(models.Model):
    """Something that one person asks for and others allow. Nobody allows what they asked for, and nobody allows twice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=11, choices=RequestKind.choices)
    keyring = models.ForeignKey(Keyring, on_delete=models.PROTECT, related_name="requests")
    asked_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    member_key = models.ForeignKey(MemberKey, on_delete=models.PROTECT, null=True, blank=True, related_name="requests")
    subject_id = models.UUIDField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, validators=[validate_plain_text])
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RequestKind.values), name="vault_request_kind_known"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("asked_by")),
                name="vault_request_not_approved_by_asker",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("asked_by")),
                name="vault_request_not_confirmed_by_asker",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | Q(approved_by=None) | ~Q(confirmed_by=F("approved_by")),
                name="vault_request_allowed_by_two",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="vault_request_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind=RequestKind.RESEAL, member_key__isnull=False, subject_id=None)
                    & (Q(approved_by=None) | Q(confirmed_by__isnull=False))
                )
                | (
                    Q(kind=RequestKind.BREAK_GLASS, member_key=None, subject_id__isnull=False, confirmed_by=None)
                    & ~Q(reason="")
                ),
                name="vault_request_says_what_it_is_about",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="vault_request_expires_after_created"
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None) | Q(withdrawn_at=None), name="vault_request_approved_or_withdrawn"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.keyring_id}"


class RootKey(models.Model):
    """The public key of the offline root, pinned once. The setting WAYWATCH_ROOT_KEY goes before it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    only = models.BooleanField(default=True, unique=True, editable=False)
    public_key = models.BinaryField()
    pinned_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(only=True), name="vault_root_key_only_one")]

    def __str__(self) -> str:
        return str(self.pinned_at)


class SignedList(models.Model):
    """The list of desks and the list for referrals as the root signed them, byte for byte. Those that were issued last are in use."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    text = models.BinaryField()
    signature = models.BinaryField()
    referrals = models.BinaryField()
    referrals_signature = models.BinaryField()
    issued_at = models.DateTimeField(unique=True)
    expires_at = models.DateTimeField()
    installed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")), name="vault_signed_list_expires_after_issued"
            )
        ]

    def __str__(self) -> str:
        return str(self.issued_at)
