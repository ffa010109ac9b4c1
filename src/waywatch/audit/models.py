"""Three tables: the entries, the chain of seals over them, and the short list of entries that wait for a seal."""

import uuid

from django.db import models
from django.db.models import Func, Q


class ClockTimestamp(Func):
    """The database's clock at this very moment, not at the start of the transaction."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class Entry(models.Model):
    """One act. `position` and `at` are made by the database; the running roles hold no right to set them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    position = models.BigIntegerField(unique=True, editable=False)
    at = models.DateTimeField(db_default=ClockTimestamp())
    actor = models.TextField()
    account_id = models.UUIDField(null=True)
    action = models.TextField()
    subject_kind = models.TextField()
    subject_id = models.TextField()
    detail = models.TextField(help_text="Canonical JSON as text: jsonb would reorder it under the hash.")

    class Meta:
        db_table = "audit_entry"
        indexes = [models.Index(fields=["subject_kind", "subject_id", "position"], name="audit_entry_subject")]
        constraints = [
            models.CheckConstraint(condition=~Q(actor=""), name="audit_entry_has_actor"),
            models.CheckConstraint(condition=~Q(action="") & ~Q(subject_kind=""), name="audit_entry_has_action"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.action}"


class Seal(models.Model):
    """One link: the entry's hash bound to the link before. No foreign key: it must outlive an entry taken away."""

    seq = models.BigIntegerField(primary_key=True)
    entry_id = models.UUIDField(unique=True)
    entry_hash = models.BinaryField()
    prev_hash = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "audit_seal"
        constraints = [models.CheckConstraint(condition=Q(seq__gte=1), name="audit_seal_from_one")]

    def __str__(self) -> str:
        return str(self.seq)


class Unsealed(models.Model):
    """An entry that waits for its seal. A trigger adds it with the entry; the sealer takes it away."""

    position = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "audit_unsealed"

    def __str__(self) -> str:
        return str(self.position)
