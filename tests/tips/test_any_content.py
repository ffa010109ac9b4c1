"""Whatever a stranger seals, the desk reads it: no content, answer or list of photos makes a page fail."""

import json
import uuid
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.tips.reporter import Reporter, put
from tests.tips.sealed import SEED_STORY, sending_to
from tests.tips.test_asking import asked_by
from tests.tips.test_desk import arrive, at_the_desk
from tests.vault.world import Team
from waywatch.tips.content import read_content
from waywatch.tips.questions import STEPS
from waywatch.vault import api as vault
from waywatch.vault import sealing

pytestmark = pytest.mark.django_db
SLOW = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
ODD = st.one_of(
    st.text(max_size=30),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Nd", "Lo"]), max_size=10),
    st.sampled_from(["\ud800", "0001-01-01T00:00", "9999-12-31T23:59", "US-TX", "<b>x</b>", "\0", "minor", "yes"]),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
)
NAMES = sorted(
    {each.path.split(".")[-1] for step in STEPS for each in step.fields} | {"key", "where", "when", "people", "signs"}
)
ANYTHING = st.recursive(
    ODD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=20,
)
STRANGE: dict[str, Any] = {
    "where": {"region": "US-TX", "place": "\ud800", "road": "I-20", "mile": "\ud800"},
    "when": {"at": "0001-01-01T00:00"},
    "vehicles": [{"plate": "\ud800ABCD1", "type": "van", "colour": "\udfff", "make": "x"}],
    "signs": [{"key": "\ud800"}, {"key": "watched"}],
    "words": "\ud800",
}


def opened(team: Team, browser: Client, content: bytes) -> dict[str, int]:
    """Let a tip of this content arrive, and return how the desk's pages about it answer; then take it away again."""
    sending = sending_to(team.keyring)
    with transaction.atomic():
        arrive(sending, sending.raw(content))
        pages = ("read/", "photos/", "refer/", "")
        found = {part: browser.get(f"/desk/tips/{sending.tip_id}/{part}").status_code for part in pages}
        transaction.set_rollback(True)
    return found


READ = {"read/": 200, "photos/": 200, "refer/": 200, "": 200}


def test_any_observation_is_read(team: Team) -> None:
    browser = at_the_desk(team.first)

    @SLOW
    @given(st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=8))
    @example(STRANGE)
    @example({"when": {"at": "9999-12-31T23:59"}, "where": {"region": "US-TX", "place": "x"}})
    def it_is(observation: dict[str, Any]) -> None:
        content = json.dumps({"version": 1, "photos": [observation], "reply_key": "x", "observation": observation})
        assert opened(team, browser, content.encode(errors="replace")) == READ

    it_is()


def test_any_bytes_are_read(team: Team) -> None:
    browser = at_the_desk(team.first)

    @SLOW
    @given(st.one_of(st.binary(max_size=300), ANYTHING.map(lambda said: json.dumps(said).encode(errors="replace"))))
    def they_are(content: bytes) -> None:
        assert opened(team, browser, content) == READ

    they_are()


@pytest.mark.parametrize("levels", [19, 21, 330, 480, 600, 900, 2000])
@pytest.mark.parametrize("name", ["x", "photos", "words", "people"])
def test_any_depth_is_read(team: Team, levels: int, name: str) -> None:
    """Depths at which Python's recursion ends here and not there: each page opens, and a stranger's tip can be put away."""
    browser = at_the_desk(team.first)
    nested = b"[" * levels + b"]" * levels
    for content in (
        b'{"version":1,"observation":{"%s":%s}}' % (name.encode(), nested),
        b'{"%s":%s}' % (name.encode(), nested),
    ):
        assert opened(team, browser, content) == READ


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-1e999", "1e7", "9" * 400])
def test_a_number_that_is_none_stands_with_what_fits_no_question(number: str) -> None:
    found = read_content(b'{"version":1,"observation":{"people":[{"count":%s,"age":"minor"}]}}' % number.encode())
    assert found.observation == {"people": [{"age": "minor"}]}
    assert "count" in found.odd


@pytest.mark.parametrize("said", ["\ud800", "", "\0", "x" * 1000, {"a": 1}, None, ["\udfff"]])
def test_any_answer_is_read(team: Team, said: object) -> None:
    reporter = Reporter(sending_to(team.keyring), sealing.new_key_pair())
    content = {"version": 1, "reply_key": vault.to_text(reporter.keys.public), "observation": SEED_STORY}
    arrive(reporter.sending, reporter.sending.raw(json.dumps(content).encode()))
    question = asked_by(team, reporter)
    assert put(question, reporter.envelope(question, said)).status_code == 201
    browser = at_the_desk(team.first)
    for _ in range(2):
        assert browser.get(f"/desk/tips/{reporter.sending.tip_id}/read/").status_code == 200
    assert uuid.UUID(question)
