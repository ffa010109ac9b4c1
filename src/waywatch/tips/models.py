"""Tips as the server has them: what may be read without a key, and what only an unlocked key opens."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from waywatch.lib import clock
from waywatch.tips.envelope import URGENCIES

FEEDBACK = ("acted", "thanks")


class Tip(models.Model):
    """What stands outside of the seal. Region, urgency and hour are claims of the phone until the tip is opened.

    `urgency` is worked out from the content at the first opening; `reply_key` is taken from it then, to seal to the reporter.
    `acted_at` is when somebody last did something with it, putting it back included: from then on it counts how long nobody has.
    `feedback` is the sentence that the reporter reads from `feedback_at` on; until then `told`, the one before it.
    `same_as` is another tip of the same observation, with which it is worked on: that one leads, and this one is finished.
    From `erase_at` on the content is destroyed, unless somebody holds it (`held_at`); the row stays, as a tombstone.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    keyring = models.ForeignKey("vault.Keyring", on_delete=models.PROTECT, related_name="+")
    key_version = models.PositiveIntegerField()
    region = models.CharField(max_length=6, blank=True)
    claimed_urgency = models.PositiveSmallIntegerField()
    claimed_hour = models.PositiveIntegerField()
    token_hash = models.BinaryField(unique=True)
    reply_key = models.BinaryField(null=True)
    digest = models.BinaryField()
    size = models.PositiveIntegerField()
    received_at = models.DateTimeField(default=clock.now)
    urgency = models.PositiveSmallIntegerField(null=True)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, null=True, related_name="+")
    claimed_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, null=True, related_name="+")
    acted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    feedback = models.CharField(max_length=10, blank=True)
    feedback_at = models.DateTimeField(null=True)
    told = models.CharField(max_length=10, blank=True)
    erase_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    held_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, null=True, related_name="+")
    erased_at = models.DateTimeField(null=True)
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="joined")
    paged_staff_at = models.DateTimeField(null=True)
    paged_supervisor_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                Coalesce("urgency", "claimed_urgency"),
                "received_at",
                "id",
                "keyring",
                condition=Q(closed_at=None),
                name="tips_tip_in_the_queue",
            ),
            models.Index(fields=["received_at"], condition=Q(opened_at=None, closed_at=None), name="tips_tip_unopened"),
            models.Index(fields=["erase_at"], condition=Q(erased_at=None), name="tips_tip_to_erase"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(claimed_urgency__in=URGENCIES), name="tips_tip_claimed_urgency"),
            models.CheckConstraint(condition=Q(urgency=None) | Q(urgency__in=URGENCIES), name="tips_tip_urgency"),
            models.CheckConstraint(
                condition=Q(opened_at=None, opened_by=None, urgency=None)
                | Q(opened_at__isnull=False, opened_by__isnull=False, urgency__isnull=False),
                name="tips_tip_opened_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by=None) | Q(acted_at__isnull=False),
                name="tips_tip_claimed_since",
            ),
            models.CheckConstraint(
                condition=Q(feedback="", feedback_at=None) | Q(feedback__in=FEEDBACK, feedback_at__isnull=False),
                name="tips_tip_feedback_from_a_time_on",
            ),
            models.CheckConstraint(
                condition=Q(held_at=None, held_by=None) | Q(held_at__isnull=False, held_by__isnull=False),
                name="tips_tip_held_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(closed_at__isnull=False), name="tips_tip_erased_is_closed"
            ),
            models.CheckConstraint(
                condition=Q(same_as=None) | (Q(closed_at__isnull=False) & ~Q(same_as=F("id"))),
                name="tips_tip_joined_is_closed",
            ),
            models.CheckConstraint(condition=Q(told="") | Q(told__in=FEEDBACK), name="tips_tip_told_a_sentence"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("received_at")), name="tips_tip_closed_after_received"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Sealed(models.Model):
    """The content: the envelope as it came, and from the first opening on the content under a key of its own (`is_envelope` false)."""

    tip = models.OneToOneField(Tip, on_delete=models.CASCADE, primary_key=True, related_name="sealed")
    is_envelope = models.BooleanField(default=True)
    body = models.BinaryField()

    def __str__(self) -> str:
        return str(self.tip_id)


class ContentKey(models.Model):
    """The key of one tip's content, sealed to a version of the desk's keyring. Destroying it destroys the tip."""

    tip = models.OneToOneField(Tip, on_delete=models.CASCADE, primary_key=True, related_name="content_key")
    keyring = models.ForeignKey("vault.Keyring", on_delete=models.PROTECT, related_name="+")
    key_version = models.PositiveIntegerField()
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return str(self.tip_id)


class Reading(models.Model):
    """Somebody opened what was not theirs, and said why. Supervisors look through these; one of one's own needs somebody else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.CASCADE, related_name="readings")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=12)
    with_second = models.BooleanField(default=False)
    reviewed_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "id"]
        indexes = [models.Index(fields=["account", "at"], name="tips_reading_of_somebody")]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_by=None, reviewed_at=None)
                | (Q(reviewed_by__isnull=False, reviewed_at__isnull=False) & ~Q(reviewed_by=F("account"))),
                name="tips_reading_reviewed_by_another",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Chunk(models.Model):
    """A part of a photo as it came (envelope.py). Its key stands in the content of the tip, and is destroyed with it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.CASCADE, related_name="chunks")
    photo = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    digest = models.BinaryField()
    received_at = models.DateTimeField(default=clock.now)
    body = models.BinaryField()

    class Meta:
        ordering = ["tip", "photo", "number"]
        constraints = [models.UniqueConstraint(fields=["tip", "photo", "number"], name="tips_chunk_once")]

    def __str__(self) -> str:
        return str(self.tip_id)


class MatchKind(models.TextChoices):
    """What two tips may have in common; or a sign that is counted."""

    PLATE = "plate"
    VEHICLE = "vehicle"
    PLACE = "place"
    NOTICED = "noticed"


class MatchToken(models.Model):
    """A keyed hash of something that a tip says (tips/matching.py). Without the desk's key it tells only that two tips say the same."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=7, choices=MatchKind.choices)
    key_version = models.PositiveIntegerField()
    token = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["token"], name="tips_matchtoken_token")]
        constraints = [
            models.UniqueConstraint(fields=["tip", "token"], name="tips_matchtoken_once"),
            models.CheckConstraint(condition=Q(kind__in=MatchKind.values), name="tips_matchtoken_kind_known"),
        ]

    def __str__(self) -> str:
        return str(self.tip_id)


class Noticed(models.Model):
    """How often a sign was noticed, released to the training side. Never below eleven (noticing.py), and never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    desk = models.ForeignKey("vault.Keyring", on_delete=models.PROTECT, related_name="+")
    list_version = models.CharField(max_length=30)
    sector = models.CharField(max_length=20)
    country = models.CharField(max_length=7)
    quarter = models.CharField(max_length=6)
    sign = models.CharField(max_length=60)
    count = models.PositiveIntegerField()
    released_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["quarter", "sign", "sector", "country", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["desk", "list_version", "sector", "country", "quarter", "sign"], name="tips_noticed_once"
            ),
            models.CheckConstraint(condition=Q(count__gte=11), name="tips_noticed_eleven_at_least"),
        ]

    def __str__(self) -> str:
        return f"{self.quarter} {self.sign}"


class Question(models.Model):
    """Something that the desk asks the reporter, and what came back: nobody but who has the receipt words, and the desk, reads either.

    `sealed` is for the reporter's key, `locked` for the desk, under the key of the tip's content. `answer` is the envelope as it came
    (`answer_is_envelope`), and from the first reading on its text under the key of the content.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.CASCADE, related_name="questions")
    asked_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    sealed = models.BinaryField()
    locked = models.BinaryField()
    answer = models.BinaryField(null=True)
    answer_digest = models.BinaryField(null=True)
    answer_is_envelope = models.BooleanField(default=True)
    answered_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["tip", "asked_at", "id"]
        indexes = [
            models.Index(fields=["answered_at"], condition=Q(told_at=None), name="tips_question_to_tell"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer=None, answer_digest=None, answered_at=None)
                | Q(answer__isnull=False, answer_digest__isnull=False, answered_at__isnull=False),
                name="tips_question_answered_at_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class EntryKind(models.TextChoices):
    """What an advocate adds to an opened tip."""

    ASSESSMENT = "assessment"
    NOTE = "note"
    OUTCOME = "outcome"


class Entry(models.Model):
    """Something that an advocate wrote about a tip, under the key of the tip's content. Never changed: a new one takes its place."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    written_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    locked = models.BinaryField()

    class Meta:
        ordering = ["tip", "written_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="tips_entry_kind_known")]

    def __str__(self) -> str:
        return str(self.pk)
