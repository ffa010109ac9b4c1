"""What a phone asks of the server: which desks there are, to take in a sealed tip, how far a tip is. No cookie, no account, no form."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from waywatch.lib import clock
from waywatch.tips import flood, intake, telling
from waywatch.tips.envelope import (
    LONGEST,
    LONGEST_ANSWER,
    LONGEST_CHUNK,
    TOKEN_LENGTH,
    EnvelopeError,
    read_answer,
    read_chunk,
    read_envelope,
)
from waywatch.vault import api as vault

SEALED = "application/octet-stream"
WORK = "Waywatch-Work"
FLOOD = flood.Flood(settings.FLOOD_PER_MINUTE)


class WorkNeededError(Exception):
    """There is a flood, and this tip shows no work."""


@require_safe
def desks(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """Hand out the list of desks as the offline root signed it, byte for byte."""
    found = vault.signed_list()
    text, signature = found or (b"", b"")
    response = JsonResponse({"list": vault.to_text(text), "signature": vault.to_text(signature)})
    response.headers["Cache-Control"] = "no-cache"
    return response


@transaction.non_atomic_requests  # the intake opens the one transaction that it needs
@csrf_exempt  # nobody is signed in here, and a sealed envelope is all that is taken
@require_http_methods(["PUT"])
def send(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Take in one envelope. 201 with a receipt, 200 if it was here already, 409 for another one of this id, 422 for all else.

    429 asks for work while there is a flood: the same bytes again, with a number in a header (flood.py).
    """

    def take(raw: bytes) -> intake.Receipt:
        envelope = read_envelope(raw)
        if envelope.tip_id != tip_id:
            raise EnvelopeError("The envelope is of another tip.")
        now = clock.now()
        FLOOD.counts(now)
        if flood.needs_work(FLOOD, envelope.urgency, now) and not flood.shows_work(raw, request.headers.get(WORK, "")):
            raise WorkNeededError
        return intake.receive(envelope, raw)

    try:
        return _taken(request, LONGEST, take)
    except WorkNeededError:
        return JsonResponse({"error": "Many tips come at once. Show some work.", "work": flood.BITS}, status=429)


@transaction.non_atomic_requests  # as above
@csrf_exempt
@require_http_methods(["PUT"])
def answer(request: HttpRequest, question_id: uuid.UUID) -> HttpResponse:
    """Take in a reporter's answer to a question, as a tip is taken in. Who has other receipt words finds no question."""

    def take(raw: bytes) -> intake.Receipt:
        envelope = read_answer(raw)
        if envelope.question_id != question_id:
            raise EnvelopeError("The envelope is of another question.")
        return intake.receive_answer(envelope, raw)

    return _taken(request, LONGEST_ANSWER, take)


@transaction.non_atomic_requests  # as above
@csrf_exempt
@require_http_methods(["PUT"])
def photo(request: HttpRequest, tip_id: uuid.UUID, photo_id: uuid.UUID, number: int) -> HttpResponse:
    """Take in a part of a photo, for whoever has sent the tip."""

    def take(raw: bytes) -> intake.Receipt:
        chunk = read_chunk(raw)
        if (chunk.tip_id, chunk.photo_id, chunk.number) != (tip_id, photo_id, number):
            raise EnvelopeError("The envelope is of another photo.")
        return intake.receive_chunk(chunk, raw)

    return _taken(request, LONGEST_CHUNK, take)


def _taken(request: HttpRequest, longest: int, take: Callable[[bytes], intake.Receipt]) -> HttpResponse:
    raw = _body(request, longest)
    if raw is None or request.content_type != SEALED:
        return _refused("This is no sealed envelope.")
    try:
        receipt = take(raw)
    except EnvelopeError as error:
        return _refused(str(error))
    except intake.UnknownKeyError:
        return _refused("No desk here has this key.")
    except intake.NotAskedError:
        return _refused("Nobody asked this.")
    except intake.OtherTipError:
        return JsonResponse({"error": "There is another one of this id."}, status=409)
    told = {"hour": receipt.hour, "signature": vault.to_text(receipt.signature)}
    return JsonResponse(told, status=201 if receipt.is_new else 200)


@transaction.non_atomic_requests  # as above
@csrf_exempt
@require_POST
def state(request: HttpRequest) -> HttpResponse:
    """Answer a look-up token. The answer is as long for every token, known or not, with a question or without."""
    token = _body(request, TOKEN_LENGTH)
    if token is None or len(token) != TOKEN_LENGTH or request.content_type != SEALED:
        return _refused("This is no look-up token.")
    # Bytes, not text: nothing on the way presses them together, which would give their length away.
    return HttpResponse(telling.tell(telling.look_up(token), token), content_type=SEALED)


def _body(request: HttpRequest, longest: int) -> bytes | None:
    """Return what was sent, or None where it is longer than it may be: no more than that is read."""
    try:
        raw = request.read(longest + 1)
    except (OSError, RawPostDataException):
        return None
    return raw if len(raw) <= longest else None


def _refused(words: str) -> HttpResponse:
    return JsonResponse({"error": words}, status=422)
