"""Terms of keeping: what is over its term is destroyed, unless somebody holds it. The row stays, as a tombstone.

With the key of its content gone, the content is gone from every backup, too, once the backups of keys have run out
(docs/explanation/retention.md). Before a tip is destroyed its id is written to a file apart from the database, so that a restored backup
can be told.
"""

import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from waywatch.audit import api as audit
from waywatch.lib import clock, facts
from waywatch.lib.actors import Actor
from waywatch.tips import access, rules
from waywatch.tips.actions.claims import who
from waywatch.tips.errors import ErasedError
from waywatch.tips.models import Chunk, ContentKey, Entry, MatchToken, Question, Sealed, Tip

MOST = 500
DUE = ("id", "closed_at", "erased_at")


@dataclass(frozen=True, slots=True)
class TipErased:
    """The content of a tip was destroyed: what others keep of it goes with it."""

    tip_id: uuid.UUID


def erase_due() -> int:
    """Destroy what is over its term; return how many tips that were. Run by the worker."""
    with transaction.atomic():  # PostgreSQL is told in each transaction who acts, and shows nothing outside of one
        due = list(_due().values_list("pk", flat=True)[:MOST])
    return sum(_erase(tip_id) for tip_id in due)


def _due() -> QuerySet[Tip]:
    now = clock.now()
    unopened = Q(opened_at=None, closed_at=None, received_at__lte=now - rules.UNOPENED_KEPT)
    return Tip.objects.filter(Q(erase_at__lte=now) | unopened, erased_at=None, held_at=None)


def _erase(tip_id: uuid.UUID) -> bool:
    with transaction.atomic():
        tip = _due().select_for_update(skip_locked=True).only(*DUE).filter(pk=tip_id).first()
        if tip is None:
            return False
        _remember(tip_id)
        _destroy(tip)
    return True


def _destroy(tip: Tip) -> None:
    now = clock.now()
    ContentKey.objects.filter(tip_id=tip.pk).delete()
    Entry.objects.filter(tip_id=tip.pk).delete()
    Question.objects.filter(tip_id=tip.pk).delete()
    MatchToken.objects.filter(tip_id=tip.pk).delete()
    Chunk.objects.filter(tip_id=tip.pk).delete()
    Sealed.objects.filter(tip_id=tip.pk).update(body=b"")
    tip.erased_at, tip.closed_at, tip.reply_key = now, tip.closed_at or now, None
    tip.save(update_fields=["erased_at", "closed_at", "reply_key"])
    facts.publish(TipErased(tip.pk))
    audit.record("tip.erased", subject_kind="tip", subject_id=tip.pk)


def _remember(tip_id: uuid.UUID) -> None:
    """Write the id to the file of tombstones, before anything is destroyed: a line too many does no harm."""
    path = Path(settings.TOMBSTONES)
    with path.open("a", encoding="ascii") as file:
        file.write(f"{tip_id}\n")
        file.flush()
        os.fsync(file.fileno())


def replay(tombstones: Iterable[str]) -> int:
    """Destroy again, after a restore, what had been destroyed; return how many tips came back and are gone again."""
    ids = {uuid.UUID(line.strip()) for line in tombstones if line.strip()}
    with transaction.atomic():
        found = list(Tip.objects.select_for_update().filter(pk__in=ids, erased_at=None))
        for tip in found:
            _destroy(tip)
    return len(found)


def hold(actor: Actor, *, tip: Tip) -> None:
    """Keep a tip beyond its term, until the hold is lifted. A supervisor's decision. Raises SupervisorOnlyError, ErasedError."""
    _hold(actor, tip, holds=True)


def lift_hold(actor: Actor, *, tip: Tip) -> None:
    """Let the term count again. Raises SupervisorOnlyError, ErasedError."""
    _hold(actor, tip, holds=False)


def _hold(actor: Actor, tip: Tip, *, holds: bool) -> None:
    access.must_supervise(actor, tip.keyring_id)
    with transaction.atomic():
        current = Tip.objects.select_for_update(of=("self",)).get(pk=tip.pk)
        if current.erased_at is not None:
            raise ErasedError(gettext("The content of this tip was destroyed when its time was over."))
        current.held_at, current.held_by_id = (clock.now(), who(actor)) if holds else (None, None)
        current.save(update_fields=["held_at", "held_by"])
        audit.record("tip.held" if holds else "tip.hold_lifted", subject_kind="tip", subject_id=tip.pk)
