"""Questions to a reporter and the answers: sealed both ways, once each, for whoever has the receipt words and nobody else."""

import json
import secrets
import uuid
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tips.reporter import REPLY, SEALED, WORDS, Reporter, put
from tests.tips.sealed import SEED_STORY, sending_to
from tests.tips.test_desk import arrive, at_the_desk, opened_by
from tests.vault.world import Team
from waywatch.lib.actors import acting_as
from waywatch.tips import telling
from waywatch.tips.actions import asking, opening
from waywatch.tips.envelope import EnvelopeError, read_answer
from waywatch.tips.errors import ClosedError, NoReplyKeyError
from waywatch.tips.models import Question
from waywatch.vault import api as vault
from waywatch.vault import sealing

pytestmark = pytest.mark.django_db


@pytest.fixture
def reporter(team: Team) -> Reporter:
    """The seed story has arrived, with a key to answer to."""
    found = Reporter(sending_to(team.keyring), sealing.new_key_pair())
    content = {"version": 1, "reply_key": vault.to_text(found.keys.public), "observation": SEED_STORY}
    arrive(found.sending, found.sending.raw(json.dumps(content).encode()))
    return found


def asked_by(team: Team, reporter: Reporter, words: str = WORDS) -> str:
    opened = opened_by(team.first, reporter.sending.tip_id)
    with acting_as(team.first.actor):
        return str(asking.ask(team.first.actor, tip=opened.tip, key=opened.key, text=words).pk)


def asked_now(team: Team, reporter: Reporter) -> tuple[asking.OpenedQuestion, ...]:
    return opened_by(team.first, reporter.sending.tip_id).questions


def test_the_reporter_reads_the_question_and_the_desk_the_answer(team: Team, reporter: Reporter) -> None:
    assert reporter.looks()["state"] == "waiting"
    question = asked_by(team, reporter)
    said = reporter.looks()
    assert (said["state"], said["question"], said["id"], said["answered"]) == ("read", WORDS, question, False)
    assert said["keyring"] == str(team.keyring.pk)
    answer = put(question, reporter.envelope(question))
    assert answer.status_code == 201
    assert reporter.looks()["answered"] is True
    [kept] = asked_now(team, reporter)
    assert (kept.text, kept.answer) == (WORDS, REPLY)


def test_an_answer_counts_once(team: Team, reporter: Reporter) -> None:
    question = asked_by(team, reporter)
    raw = reporter.envelope(question)
    first, again = put(question, raw), put(question, raw)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["hour"] == again.json()["hour"]
    assert put(question, reporter.envelope(question, "something else")).status_code == 409
    [kept] = asked_now(team, reporter)
    assert kept.answer == REPLY


def test_at_the_first_reading_an_answer_moves_under_the_key_of_the_content(team: Team, reporter: Reporter) -> None:
    question = asked_by(team, reporter)
    put(question, reporter.envelope(question))
    asked_now(team, reporter)
    with acting_as(team.first.actor):
        row = Question.objects.get()
        assert row.answer_is_envelope is False
        assert reporter.sending.token not in bytes(row.answer or b"")
    [again] = asked_now(team, reporter)
    assert again.answer == REPLY


def test_who_has_other_words_finds_no_question(team: Team, reporter: Reporter) -> None:
    question = asked_by(team, reporter)
    refused = [
        put(question, reporter.envelope(question, token=secrets.token_bytes(32))),
        put(str(uuid.uuid4()), reporter.envelope(question)),
        put(question, reporter.envelope(question, keyring=uuid.uuid4())),
        put(question, reporter.envelope(question, version=2)),
        put(question, reporter.envelope(question)[:-1]),
        put(question, b"{}"),
    ]
    assert [answer.status_code for answer in refused] == [422] * 6
    assert [each.answer for each in asked_now(team, reporter)] == [""]


def test_every_token_gets_an_answer_of_the_same_length(
    team: Team, reporter: Reporter, django_assert_num_queries: Any
) -> None:
    def length(token: bytes) -> int:
        with django_assert_num_queries(3):
            return len(Client().post("/notice/state/", token, content_type=SEALED).content)

    lengths = {length(secrets.token_bytes(32)), length(reporter.sending.token)}
    opened_by(team.first, reporter.sending.tip_id)
    lengths.add(length(reporter.sending.token))
    asked_by(team, reporter, "?")
    lengths.add(length(reporter.sending.token))
    asked_by(team, reporter, "é" * 1000)
    lengths.add(length(reporter.sending.token))
    assert len(lengths) == 1


def test_only_the_newest_question_is_shown_and_the_older_can_still_be_answered(team: Team, reporter: Reporter) -> None:
    first = asked_by(team, reporter)
    asked_by(team, reporter, "And the plate?")
    assert reporter.looks()["question"] == "And the plate?"
    assert put(first, reporter.envelope(first)).status_code == 201
    assert [each.answer for each in asked_now(team, reporter)] == [REPLY, ""]


def test_an_answer_that_does_not_open_is_said_to_be_one(team: Team, reporter: Reporter) -> None:
    question = asked_by(team, reporter)
    raw = bytearray(reporter.envelope(question))
    raw[-1] ^= 1
    assert put(question, bytes(raw)).status_code == 201
    page = at_the_desk(team.first).get(f"/desk/tips/{reporter.sending.tip_id}/read/").content.decode()
    assert "An answer came that does not open." in page


def test_a_tip_without_a_key_cannot_be_asked(team: Team) -> None:
    tip_id = arrive(sending_to(team.keyring))
    opened = opened_by(team.first, tip_id)
    with acting_as(team.first.actor), pytest.raises(NoReplyKeyError):
        asking.ask(team.first.actor, tip=opened.tip, key=opened.key, text=WORDS)
    assert "Ask the reporter" not in at_the_desk(team.first).get(f"/desk/tips/{tip_id}/read/").content.decode()


@pytest.mark.parametrize("said", ["", "x", "AAAA", vault.to_text(b"\x04" + bytes(64)), "é"])
def test_what_is_no_key_is_none(said: str) -> None:
    assert asking.reply_key_of(said) is None


def test_a_finished_tip_is_asked_nothing(team: Team, reporter: Reporter) -> None:
    opened = opened_by(team.first, reporter.sending.tip_id)
    with acting_as(team.first.actor):
        opening.finish(team.first.actor, opened=opened, text="{}")
        with pytest.raises(ClosedError):
            asking.ask(team.first.actor, tip=opened.tip, key=opened.key, text=WORDS)
    assert reporter.looks()["state"] == "closed"


def test_the_queue_shows_an_answer_until_it_is_read(team: Team, reporter: Reporter) -> None:
    question = asked_by(team, reporter)
    put(question, reporter.envelope(question))
    assert "the reporter answered" in team.second.client.get("/desk/").content.decode()
    asked_now(team, reporter)
    assert "the reporter answered" not in team.second.client.get("/desk/").content.decode()


def test_the_page_asks_and_shows(team: Team, reporter: Reporter) -> None:
    browser = at_the_desk(team.first)
    address = f"/desk/tips/{reporter.sending.tip_id}"
    browser.post(f"{address}/claim/")
    browser.get(f"{address}/read/")
    empty = browser.post(f"{address}/ask/", {"text": " "})
    assert "This field is required." in empty.content.decode()
    assert browser.post(f"{address}/ask/", {"text": WORDS}).status_code == 302
    question = reporter.looks()["id"]
    assert "No answer yet." in browser.get(f"{address}/read/").content.decode()
    put(question, reporter.envelope(question, "<b>7</b>"))
    page = browser.get(f"{address}/read/").content.decode()
    assert "&lt;b&gt;7&lt;/b&gt;" in page
    assert WORDS in page


def test_nobody_else_asks(team: Team, reporter: Reporter, outsider: Any, administrator: Any) -> None:
    for person in (outsider, administrator):
        answer = person.client.post(f"/desk/tips/{reporter.sending.tip_id}/ask/", {"text": WORDS})
        assert answer.status_code == 404
    with acting_as(outsider.actor):
        assert Question.objects.count() == 0


def test_what_is_kept_shows_no_word_without_a_key(team: Team, reporter: Reporter) -> None:
    question = asked_by(team, reporter)
    put(question, reporter.envelope(question))
    with acting_as(team.first.actor):
        row = Question.objects.get()
        kept = bytes(row.sealed) + bytes(row.locked) + bytes(row.answer or b"")
    assert WORDS.encode() not in kept
    assert REPLY.encode() not in kept


@given(st.binary(max_size=5000))
def test_any_bytes_are_an_answer_or_say_which_part_is_wrong(raw: bytes) -> None:
    with pytest.raises(EnvelopeError, match=r"^no envelope: "):
        read_answer(raw)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 4252), bit=st.integers(0, 7))
def test_a_changed_answer_never_opens(team: Team, reporter: Reporter, place: int, bit: int) -> None:
    """Whatever bit is turned over on the way: it is refused, or it does not open."""
    raw = bytearray(reporter.envelope(str(uuid.uuid4())))
    raw[place] ^= 1 << bit
    try:
        envelope = read_answer(bytes(raw))
    except EnvelopeError:
        return
    with pytest.raises(sealing.SealError):
        sealing.open_sealed(_desk_key(team), envelope.sealed, info=envelope.info)


def _desk_key(team: Team) -> bytes:
    from tests.vault.world import unlocked

    key = unlocked(team.first)
    with acting_as(team.first.actor):
        return key.version_key(team.keyring.pk, 1)


def test_the_words_are_looked_up_as_before(team: Team, reporter: Reporter) -> None:
    assert telling.look_up(reporter.sending.token).word == "waiting"
    assert telling.look_up(secrets.token_bytes(32)) == telling.Looked("unknown")
