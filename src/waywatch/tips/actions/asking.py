"""Asking the reporter something, and reading what comes back. The question is sealed to the key that the receipt words give."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext

from waywatch.audit import api as audit
from waywatch.lib.actors import Actor
from waywatch.lib.errors import InvalidError
from waywatch.tips.actions import claims
from waywatch.tips.envelope import ANSWER_SIZE, EnvelopeError, read_answer
from waywatch.tips.errors import NoReplyKeyError
from waywatch.tips.models import Question, Tip
from waywatch.vault import api as vault

TO_REPORTER = b"waywatch question v1\0"
FOR_DESK = b"waywatch asked v1\0"
FROM_REPORTER = b"waywatch answered v1\0"
LONGEST = 1000  # characters: of any script they fit


@dataclass(frozen=True, slots=True)
class OpenedQuestion:
    """A question in the clear, and its answer: "" where there is none yet, None where it does not open."""

    row: Question
    text: str = field(repr=False)
    answer: str | None = field(repr=False)


def reply_key_of(said: str) -> bytes | None:
    """Return the reporter's key as the content names it, or None where that is none."""
    try:
        key = vault.from_text(said)
    except ValueError:
        return None
    return key if vault.is_public_key(key) else None


def ask(actor: Actor, *, tip: Tip, key: bytes, text: str) -> Question:
    """Ask the reporter of an opened tip, whose content has this `key`. The newest question takes the place of the one before.

    Raises NoReplyKeyError where the tip came without a reporter's key, ClosedError where it is finished, InvalidError where it is too long.
    """
    with transaction.atomic():
        current = claims.locked(tip)
        if current.reply_key is None:
            raise NoReplyKeyError(gettext("This tip came without a key to answer to: the reporter cannot be asked."))
        row = Question(id=uuid.uuid4(), tip=current, asked_by_id=claims.who(actor))
        row.sealed = vault.seal(bytes(current.reply_key), _padded(current, text), info=TO_REPORTER + row.pk.bytes)
        row.locked = vault.lock(key, text.encode(), bound_to=FOR_DESK + row.pk.bytes)
        row.save(force_insert=True)
        audit.record("tip.asked", subject_kind="tip", subject_id=current.pk)
        claims.act(current, actor)
    return row


def _padded(tip: Tip, text: str) -> bytes:
    said = json.dumps({"version": 1, "question": text, "keyring": str(tip.keyring_id)}, ensure_ascii=False).encode()
    padded = vault.pad(said, smallest=ANSWER_SIZE)
    if len(padded) != ANSWER_SIZE:
        raise InvalidError(gettext("This is too long. Ask in fewer words."), field="text")
    return padded


def opened_questions(tip: Tip, key: bytes, unlocked: vault.Unlocked) -> Iterator[OpenedQuestion]:
    """Yield the questions of a tip in the clear. What is read for the first time moves under the key of the content, and goes with it."""
    if tip.reply_key is None:
        return  # nobody could be asked
    for row in Question.objects.filter(tip=tip).select_related("asked_by"):
        text = vault.unlock(key, bytes(row.locked), bound_to=FOR_DESK + row.pk.bytes).decode()
        yield OpenedQuestion(row, text, _answer(row, key, unlocked) if row.answered_at else "")


def _answer(row: Question, key: bytes, unlocked: vault.Unlocked) -> str | None:
    kept = bytes(row.answer or b"")
    if not row.answer_is_envelope:
        return vault.unlock(key, kept, bound_to=FROM_REPORTER + row.pk.bytes).decode()
    try:
        envelope = read_answer(kept, is_kept=True)
        padded = unlocked.open(envelope.keyring_id, envelope.key_version, envelope.sealed, envelope.info)
        said = json.loads(vault.unpad(padded, smallest=ANSWER_SIZE))
        text = str(said["answer"]).encode(errors="replace").decode()
    except (EnvelopeError, vault.SealError, ValueError, KeyError, TypeError, RecursionError):
        return None
    row.answer, row.answer_is_envelope = vault.lock(key, text.encode(), bound_to=FROM_REPORTER + row.pk.bytes), False
    row.save(update_fields=["answer", "answer_is_envelope"])
    return text
