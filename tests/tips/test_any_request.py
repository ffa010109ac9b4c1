"""Whatever is sent to the intake: never an error of the server, no row but for an envelope, and no answer repeats what was sent."""

import re
import struct
import uuid
from collections.abc import Callable
from functools import cache, partial
from io import BytesIO
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.accounts.test_any_input import HEADERS, KINDS
from tests.tips.sealed import SIZES, Sending, sending_to
from tests.vault.world import Team
from waywatch.lib.actors import acting_as
from waywatch.tips.models import Sealed, Tip

pytestmark = pytest.mark.django_db
SEALED = "application/octet-stream"
FUZZ = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
PARTS = ("length", "magic", "region", "tip id", "key version", "urgency", "hour", "size", "point")
REFUSED = {
    *(f"no envelope: {part}" for part in (*PARTS, "length of the sealed part")),
    *("This is no sealed envelope.", "The envelope is of another tip.", "No desk here has this key."),
    *("This is no look-up token.", "The envelope is of another question.", "Nobody asked this."),
}
HEADER = struct.Struct(">4s16s16sI6sBI32sI")
ANY_KIND = st.one_of(KINDS, st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
LENGTHS = st.one_of(st.integers(-3, 70_000).map(str), st.sampled_from(["", "abc", "1e3", "²", "9" * 30]))
SEGMENTS = st.one_of(
    st.text(min_size=1, max_size=60), st.sampled_from(["..", "%00", "%2e%2e", "a/b", "0" * 32, "9" * 5000])
)


def is_envelope(raw: bytes, sending: Sending) -> bool:
    """Tell whether these bytes are an envelope for the one key and the one place that there are, by the words of decision 0008."""
    if len(raw) <= HEADER.size:
        return False
    magic, tip, ring, version, place, urgency, hour, _, length = HEADER.unpack(raw[: HEADER.size])
    named = (magic, tip, ring, version) == (b"WWT\1", sending.tip_id.bytes, sending.keyring.bytes, 1)
    said = place in {b"US-TX\0", bytes(6)} and urgency in {1, 2, 3} and hour < 2**31
    return named and said and length == len(raw) - HEADER.size and length - 81 in SIZES and raw[HEADER.size] == 4


def with_bit(raw: bytes, place: int, bit: int) -> bytes:
    """Return the bytes with one bit turned over."""
    return raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :]


def changes(raw: bytes) -> st.SearchStrategy[bytes]:
    """Envelopes that were cut, made longer, put together wrongly, or of which one bit or some bytes are others."""
    places = st.one_of(st.integers(0, HEADER.size + 1), st.integers(0, len(raw) - 1))

    def with_bytes(place: int, new: bytes) -> bytes:
        return raw[:place] + new + raw[place + len(new) :]

    return st.one_of(
        st.binary(max_size=300),
        places.map(lambda place: raw[:place]),
        st.binary(max_size=40).map(lambda more: raw + more),
        st.integers(1, 40).map(lambda times: raw * times),
        st.builds(partial(with_bit, raw), places, st.integers(0, 7)),
        st.builds(with_bytes, places, st.binary(min_size=1, max_size=8)),
    )


def head_of(answer: Any) -> dict[str, str]:
    """Return the headers of an answer, but for what its content is like."""
    return {name: value for name, value in answer.items() if not name.startswith("Content-") and name != "Vary"}


@cache
def usual_head() -> dict[str, str]:
    return head_of(Client().put(f"/notice/tips/{uuid.uuid4()}"))


def answered(answer: Any, ok: int) -> int:
    """Return the status of an answer, once it is one of those that repeat nothing: one of the sentences above, or a receipt."""
    assert not answer.cookies
    assert head_of(answer) == usual_head()
    if answer.headers["Content-Type"] == SEALED:
        assert (answer.status_code, len(answer.content), answer.content[:8]) == (ok, 4362, b"unknown\0")
        return ok
    said = answer.json()
    if answer.status_code == ok:
        assert set(said) == {"hour", "signature"}
    else:
        assert set(said) == {"error"}
        assert said["error"] in REFUSED
    return int(answer.status_code)


def same(page: bytes) -> bytes:
    """Return a page without what differs in each: a form's token, and the page's own address in the form that changes its language."""
    return re.sub(rb'name="(csrfmiddlewaretoken|next)" value="[^"]*"', b"", page)


def in_vain(team: Team, ask: Callable[[], Any]) -> tuple[Any, tuple[int, int]]:
    """Send, look how many tips and envelopes are there, and take them away again."""
    with transaction.atomic():
        answer = ask()
        with acting_as(team.first.actor):
            found = Tip.objects.count(), Sealed.objects.count()
        transaction.set_rollback(True)
    return answer, found


@pytest.fixture
def sending(team: Team) -> Sending:
    return sending_to(team.keyring)


def test_only_an_envelope_becomes_a_tip(team: Team, sending: Sending) -> None:
    address, raw = f"/notice/tips/{sending.tip_id}", sending.raw()

    @FUZZ
    @given(changes(raw), HEADERS)
    @example(raw, {})
    @example(raw[:47] + b"\xff" * 4 + raw[51:], {})  # an hour that no table holds
    def it_does(sent: bytes, headers: dict[str, str]) -> None:
        answer, found = in_vain(team, lambda: Client().put(address, sent, content_type=SEALED, headers=headers))
        expected = (201, (1, 1)) if is_envelope(sent, sending) else (422, (0, 0))
        assert (answered(answer, 201), found) == expected

    it_does()


def test_each_bit_of_the_header_counts(team: Team, sending: Sending) -> None:
    address, raw = f"/notice/tips/{sending.tip_id}", sending.raw()
    for place, bit in product(range(HEADER.size + 1), range(8)):
        sent = with_bit(raw, place, bit)
        answer, found = in_vain(team, partial(Client().put, address, sent, content_type=SEALED))
        expected = (201, (1, 1)) if is_envelope(sent, sending) else (422, (0, 0))
        assert (answered(answer, 201), found) == expected, (place, bit)


def test_only_a_sealed_envelope_of_its_own_length_becomes_a_tip(team: Team, sending: Sending) -> None:
    address, raw = f"/notice/tips/{sending.tip_id}", sending.raw()

    @FUZZ
    @given(ANY_KIND, LENGTHS)
    @example(SEALED, str(len(raw)))
    def it_does(kind: str, length: str) -> None:
        as_it_came: dict[str, Any] = {"CONTENT_LENGTH": length, "wsgi.input": BytesIO(raw)}
        answer, found = in_vain(team, lambda: Client().put(address, raw, content_type=kind, **as_it_came))
        is_sealed = kind.partition(";")[0].strip().lower() == SEALED
        expected = (201, (1, 1)) if is_sealed and number(length) >= len(raw) else (422, (0, 0))
        assert (answered(answer, 201), found) == expected

    it_does()


def number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


def test_an_envelope_at_any_other_address_is_refused(team: Team, sending: Sending) -> None:
    raw, nowhere = sending.raw(), same(Client().put("/notice/tips/x").content)

    @FUZZ
    @given(st.one_of(st.uuids(version=4).map(str), SEGMENTS))
    def it_is(segment: str) -> None:
        address = f"/notice/tips/{quote(segment, safe='')}"
        answer, found = in_vain(team, lambda: Client().put(address, raw, content_type=SEALED))
        assert found == (0, 0)
        if answer.status_code == 404:
            assert same(answer.content) == nowhere
        else:
            assert answered(answer, 201) == 422
            assert str(uuid.UUID(segment)) == segment

    it_is()


def test_whatever_is_sent_as_an_answer_that_nobody_asked_for_is_refused(team: Team, sending: Sending) -> None:
    question = uuid.uuid4()
    header = (
        b"WWA\x01"
        + question.bytes
        + sending.keyring.bytes
        + bytes([0, 0, 0, 1])
        + sending.token
        + bytes([0, 0, 16, 81])
    )
    raw = header + b"\x04" + bytes(4096 + 80)

    @FUZZ
    @given(changes(raw), ANY_KIND, HEADERS)
    @example(raw, SEALED, {})
    def it_is(sent: bytes, kind: str, headers: dict[str, str]) -> None:
        for each in (kind, SEALED):
            address = f"/notice/answers/{question}"
            answer, found = in_vain(team, partial(Client().put, address, sent, content_type=each, headers=headers))
            assert (answered(answer, 201), found) == (422, (0, 0))

    it_is()


def test_whatever_is_asked_about_a_tip_is_answered_or_refused(team: Team, sending: Sending) -> None:
    token = sending.token

    @FUZZ
    @given(
        st.one_of(st.binary(max_size=64), st.binary(min_size=32, max_size=32), st.just(token * 99)), ANY_KIND, HEADERS
    )
    @example(token, SEALED, {})
    @example(token, "text/plain", {})
    @example(b"", SEALED, {})
    def it_is(sent: bytes, kind: str, headers: dict[str, str]) -> None:
        for each in (kind, SEALED):
            ask = partial(Client().generic, "POST", "/notice/state/", sent, content_type=each, headers=headers)
            answer, found = in_vain(team, ask)
            is_token = len(sent) == 32 and each.partition(";")[0].strip().lower() == SEALED
            assert (answered(answer, 200), found) == (200 if is_token else 422, (0, 0))

    it_is()
