"""A flood of tips costs its senders some computing, and danger now never."""

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.tips.sealed import Sending, sending_to
from tests.vault.world import Team
from waywatch.lib.actors import acting_as
from waywatch.tips import flood
from waywatch.tips.flood import Flood
from waywatch.tips.models import Tip
from waywatch.tips.web import intake

SEALED = "application/octet-stream"
NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def flooded(monkeypatch: pytest.MonkeyPatch) -> Flood:
    """A process for which the second tip of a minute is a flood, and which asks for little work."""
    found = Flood(1)
    monkeypatch.setattr(intake, "FLOOD", found)
    monkeypatch.setattr(flood, "BITS", 8)
    monkeypatch.setattr(flood.shows_work, "__defaults__", (8,))
    return found


def put(sending: Sending, raw: bytes, **headers: str) -> Any:
    return Client().put(f"/notice/tips/{sending.tip_id}", raw, content_type=SEALED, headers=headers)


def nonce_for(raw: bytes, bits: int) -> str:
    """Work, in the words of decision 0011."""
    start = b"waywatch work v1\0" + hashlib.sha256(raw).digest()
    number = 0
    while int.from_bytes(hashlib.sha256(start + number.to_bytes(8, "big")).digest(), "big") >> (256 - bits):
        number += 1
    return str(number)


@pytest.mark.django_db
def test_in_a_flood_a_tip_shows_work_and_is_taken(team: Team, flooded: Flood) -> None:
    put(first := sending_to(team.keyring, urgency=3), first.raw())
    sending = sending_to(team.keyring, urgency=3)
    raw = sending.raw()
    asked = put(sending, raw)
    assert (asked.status_code, asked.json()["work"]) == (429, 8)
    other = sending_to(team.keyring, urgency=2).raw()
    wrong = next(str(n) for n in range(1000) if not flood.shows_work(raw, str(n), 8))
    assert put(sending, raw, **{"Waywatch-Work": wrong}).status_code == 429
    assert put(sending, raw, **{"Waywatch-Work": "x"}).status_code == 429
    assert other != raw
    assert put(sending, raw, **{"Waywatch-Work": nonce_for(raw, 8)}).status_code == 201
    with acting_as(team.first.actor):
        assert Tip.objects.count() == 2


@pytest.mark.django_db
def test_danger_now_never_waits_for_work(team: Team, flooded: Flood) -> None:
    for _ in range(4):
        sending = sending_to(team.keyring, urgency=1)
        assert put(sending, sending.raw()).status_code == 201


@pytest.mark.django_db
def test_without_a_flood_nobody_is_asked(team: Team) -> None:
    for _ in range(4):
        sending = sending_to(team.keyring, urgency=3)
        assert put(sending, sending.raw()).status_code == 201


@given(st.integers(1, 20), st.integers(0, 59))
def test_a_flood_begins_above_the_limit_and_lasts_ten_minutes(most: int, spread: int) -> None:
    it = Flood(most)
    for number in range(most):
        it.counts(NOON + SECOND * spread * number / most)
    assert not it.is_on(NOON + SECOND * spread)
    last = NOON + SECOND * spread
    it.counts(last)
    assert it.is_on(last)
    assert it.is_on(last + flood.LASTS - SECOND)
    assert not it.is_on(last + flood.LASTS)


@given(st.integers(1, 20), st.integers(1, 30))
def test_the_same_number_over_a_longer_time_is_none(most: int, more: int) -> None:
    it = Flood(most)
    for number in range(most + more):
        it.counts(NOON + SECOND * 60 * number / most)
    assert not it.is_on(NOON + SECOND * 60 * (most + more) / most)


@given(st.binary(max_size=200), st.integers(0, 10))
def test_work_is_for_one_envelope(raw: bytes, bits: int) -> None:
    nonce = nonce_for(raw, bits)
    assert flood.shows_work(raw, nonce, bits)
    taken = sum(flood.shows_work(raw + bytes([more]), nonce, 10) for more in range(64))
    assert taken < 8


@pytest.mark.parametrize("nonce", ["", "-1", "+1", " 1", "1.0", "²", "٣", "0x1", "9" * 400, str(2**64)])
def test_what_is_no_number_shows_no_work(nonce: str) -> None:
    assert not flood.shows_work(b"raw", nonce, 0)
