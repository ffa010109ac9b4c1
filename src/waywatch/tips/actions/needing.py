"""Which key of a desk its tips still need: as long as one does, nobody destroys it."""

import uuid

from django.utils.translation import gettext, ngettext

from waywatch.lib.errors import RefusedError
from waywatch.tips.envelope import read_answer
from waywatch.tips.models import ContentKey, Question, Tip
from waywatch.vault import api as vault


class KeyNeededError(RefusedError):
    """Tips would be lost with this key."""

    code = "key_needed"


def refuse_while_needed(fact: vault.VersionGoing) -> None:
    """Refuse to destroy a key that still opens something. Raises KeyNeededError."""
    needed = _tips_under(fact.keyring_id, fact.number)
    if needed:
        words = ngettext(
            "%(n)s tip would be lost with this key. Open it once, with the key in use in the signed list: it then moves to that one.",
            "%(n)s tips would be lost with this key. Open each once, with the key in use in the signed list: they then move to that one.",
            needed,
        )
        raise KeyNeededError(words % {"n": needed} + " " + gettext("Or wait until their terms are over."))


def _tips_under(keyring_id: uuid.UUID, number: int) -> int:
    unopened = Tip.objects.filter(keyring_id=keyring_id, key_version=number, opened_at=None, erased_at=None)
    opened = ContentKey.objects.filter(keyring_id=keyring_id, key_version=number)
    unread = Question.objects.filter(tip__keyring_id=keyring_id, answered_at__isnull=False, answer_is_envelope=True)
    answers = (read_answer(bytes(row.answer or b""), is_kept=True) for row in unread.only("answer"))
    return unopened.count() + opened.count() + sum(answer.key_version == number for answer in answers)
