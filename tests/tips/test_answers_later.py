"""What becomes of an answer later, by the worker's hand: the desk is told, and with the content all of it goes."""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.referrals.world import World, as_worker, by, opened
from tests.tips.reporter import REPLY, WORDS, Reporter, put
from tests.tips.sealed import SEED_STORY, sending_to
from tests.tips.test_desk import arrive
from waywatch.tips.actions import asking, opening, retention, watching
from waywatch.tips.models import Question, Tip
from waywatch.vault import api as vault
from waywatch.vault import sealing

Patch = pytest.MonkeyPatch


def in_the_world(world: World) -> tuple[Reporter, str]:
    """A question and its answer that the worker's own connection sees."""
    found = Reporter(sending_to(world.desk), sealing.new_key_pair())
    content = {"version": 1, "reply_key": vault.to_text(found.keys.public), "observation": SEED_STORY}
    arrive(found.sending, found.sending.raw(json.dumps(content).encode()))
    again = opened(world, found.sending.tip_id)
    with by(world.advocate):
        question = str(asking.ask(world.advocate.actor, tip=again.tip, key=again.key, text=WORDS).pk)
    assert put(question, found.envelope(question)).status_code == 201
    return found, question


def test_the_desk_is_told_of_an_answer_once_and_the_mail_says_nothing(world: World, monkeypatch: Patch) -> None:
    in_the_world(world)
    assert [as_worker(world, monkeypatch, watching.tell_of_answers) for _ in range(2)] == [1, 0]
    with psycopg.connect(world.urls["owner"]) as owner:
        mails = owner.execute("SELECT * FROM delivery_message").fetchall()
    assert len(mails) == 2  # the advocate and the supervisor
    assert not any(word in str(mails) for word in (WORDS, REPLY))


def test_with_the_content_its_questions_and_the_reporters_key_go(
    world: World, monkeypatch: Patch, tmp_path: Path, settings: Any
) -> None:
    settings.TOMBSTONES = str(tmp_path / "tombstones")
    reporter, _ = in_the_world(world)
    again = opened(world, reporter.sending.tip_id)
    with by(world.advocate):
        opening.finish(world.advocate.actor, opened=again, text="{}")
    assert as_worker(world, monkeypatch, retention.erase_due, days=400) == 1
    with by(world.advocate):
        assert Question.objects.count() == 0
        assert Tip.objects.get().reply_key is None
    assert reporter.looks()["state"] == "closed"
