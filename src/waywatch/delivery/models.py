"""The outbox: one row a mail. What it says and to whom is encrypted, and leaves before the row does."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a mail is."""

    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")


class Message(models.Model):
    """One mail to one address. `kind` says in a word why it was written: a failure is understood without the text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    recipient = models.BinaryField(null=True)
    content = models.BinaryField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=40, default="", blank=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "delivery_message"
        indexes = [
            models.Index(fields=["created_at"], condition=Q(state="waiting"), name="delivery_message_waiting"),
            models.Index(fields=["-closed_at"], condition=Q(state="failed"), name="delivery_message_failed"),
            models.Index(fields=["closed_at"], condition=Q(recipient__isnull=False), name="delivery_message_to_erase"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="delivery_message_state_known"),
            models.CheckConstraint(
                condition=~Q(state="waiting")
                | Q(recipient__isnull=False, content__isnull=False, closed_at__isnull=True),
                name="delivery_message_waiting_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(content__isnull=True, closed_at__isnull=False, last_error=""),
                name="delivery_message_sent_is_erased",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | (Q(closed_at__isnull=False) & ~Q(last_error="")),
                name="delivery_message_failed_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
