"""Answering who asks with receipt words: how far the tip is, and what the desk asks. Nobody is signed in here."""

import json
import os
import uuid
from dataclasses import dataclass

from django.db import connection, transaction

from waywatch.lib.actors import Actor, acting_as
from waywatch.tips.envelope import ANSWER_SIZE
from waywatch.tips.intake import possible_hashes
from waywatch.vault import api as vault

LOOKER = Actor.system("look-up")
LOOK = "SELECT word, reply_key, question, sealed, answered FROM tips_look(%s)"
SEALED = "sealed"
STATE_INFO = b"waywatch state v1\0"
STATE_SIZE = 80
WORD_LENGTH = 8  # of the longest word


@dataclass(frozen=True, slots=True)
class Looked:
    """What there is to say to whoever has these receipt words.

    `word` is "unknown", "waiting", "read", "closed", or the sentence that was released. `reply_key` is the reporter's, known from the
    first opening on. `question` is the newest one, sealed to it.
    """

    word: str
    reply_key: bytes | None = None
    question_id: uuid.UUID | None = None
    question: bytes | None = None
    answered: bool = False


def look_up(token: bytes) -> Looked:
    """Return how far the tip with this look-up token is. One query, whatever the token."""
    with acting_as(LOOKER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOOK, [possible_hashes(token)])
        word, key, question_id, question, answered = cursor.fetchone()
    return Looked(word, key and bytes(key), question_id, question and bytes(question), bool(answered))


def tell(looked: Looked, token: bytes) -> bytes:
    """Return what the server answers to a look-up token: for every token of the same length (decision 0011).

    Once the tip was opened and the reporter's key is known, all there is to say is sealed to it, and the word in front is "sealed"; until
    then the word stands in the clear. What is not there is random bytes.
    """
    word, state = looked.word, os.urandom(STATE_SIZE + vault.OVERHEAD)
    if looked.reply_key is not None:
        said = {"state": looked.word, "asked": looked.question is not None, "answered": looked.answered}
        text = json.dumps(said).encode().ljust(STATE_SIZE)
        word, state = SEALED, vault.seal(looked.reply_key, text, info=STATE_INFO + token)
    question_id = looked.question_id or uuid.uuid4()
    question = looked.question or os.urandom(ANSWER_SIZE + vault.OVERHEAD)
    return word.encode().ljust(WORD_LENGTH, b"\0") + question_id.bytes + state + question
