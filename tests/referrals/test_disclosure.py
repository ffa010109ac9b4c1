"""What leaves the desk: what was ticked within what the policy lets go, and not a word more."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tips.sealed import SEED_STORY
from waywatch.policy import api as policy
from waywatch.referrals.disclosure import (
    FREE,
    PARTS,
    Document,
    case_of,
    free_words,
    present,
    read_document,
    reduced,
    when_sealed,
    write_document,
)
from waywatch.referrals.rules import Incident
from waywatch.tips.api import STEPS, Content

FULL: dict[str, Any] = SEED_STORY | {
    "words": "my own words",
    "incident": "2026-451",
    "called": ["911"],
    "spoke": "no",
    "reach": {"how": "officer", "at": "432-555-0100", "pass_on": "yes"},
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def test_a_sign_of_no_list_is_free_words_and_does_not_go() -> None:
    content = Content({"signs": [{"key": "watched"}, {"key": "call me at 555-0100"}]})
    assert reduced(content, ["signs"]) == {"signs": [{"key": "watched"}]}


def test_every_question_belongs_to_one_part_or_stays_at_the_desk() -> None:
    asked = {step.repeat or field.path.split(".")[0] for step in STEPS for field in step.fields} | {"signs"}
    parts = [name for names in PARTS.values() for name in names]
    assert len(parts) == len(set(parts))
    assert asked - set(parts) == {"about", "incident", "called"}
    assert set(parts) <= asked
    assert set(PARTS) == set(policy.PARTS)


@given(st.sets(st.sampled_from(policy.PARTS)))
def test_nothing_goes_that_was_not_ticked(parts: set[policy.Part]) -> None:
    gone = reduced(Content(FULL), parts)
    allowed = {name for part in parts for name in PARTS[part]}
    assert set(gone) == allowed & set(FULL)


def test_free_words_inside_a_part_go_one_by_one() -> None:
    marks = {
        "where": {"words": "w1", "region": "US-TX"},
        "when": {"words": "w2"},
        "vehicles": [{"words": "w3", "make": "m"}],
    }
    content = Content(marks | {"people": [{"doing": "w4"}, {"recognise": "w5", "age": "minor"}]})
    keys = dict(free_words(content, policy.PARTS))
    assert keys == {
        "where.words": "w1", "when.words": "w2", "people.0.doing": "w4", "people.1.recognise": "w5", "vehicles.0.words": "w3",
    }  # fmt: skip
    for ticked in [set(), set(keys), *({key} for key in keys)]:
        text = json.dumps(reduced(content, policy.PARTS, ticked))
        assert {word for word in keys.values() if word in text} == {keys[key] for key in ticked}
        assert '"US-TX"' in text
    assert dict(free_words(content, ["people"])).keys() == {"people.0.doing", "people.1.recognise"}
    assert json.dumps(reduced(content, ["where"], set(keys))).count("w") == json.dumps({"where": marks["where"]}).count(
        "w"
    )


def test_every_free_text_that_is_asked_for_is_known_as_one() -> None:
    """A new question in free words must not slip out with its part."""
    asked = {
        (step.repeat or field.path.split(".")[0], field.path.split(".")[-1])
        for step in STEPS
        for field in step.fields
        if field.kind in {"line", "text"}
    }
    short = {("where", "road"), ("where", "mile")}
    short |= {("vehicles", name) for name in ("colour", "make", "plate", "plate_region")}
    parts_of_their_own = {("timeline", "what"), ("timeline", "often"), ("words", "words"), ("reach", "at")}
    stays = {("incident", "incident")}
    known = {(str(part), name) for part, names in FREE.items() for name in names}
    assert asked == known | short | parts_of_their_own | stays


def test_the_time_of_sealing_goes_only_with_when_and_only_as_a_time() -> None:
    assert when_sealed(Content(sealed_at="2026-11-25T08:10:00Z"), ["when"]) == "2026-11-25 08:10 UTC"
    assert when_sealed(Content(sealed_at="2026-11-25T08:10:00Z"), ["where"]) == ""
    for no_time in ("I am the clerk", "", "0001-01-01T00:00:00+14:00"):
        assert when_sealed(Content(sealed_at=no_time), ["when"]) == ""


@given(st.sets(st.sampled_from(policy.PARTS)))
def test_only_what_the_tip_has_can_be_ticked(minimum: set[policy.Part]) -> None:
    assert set(present(Content({"where": {"region": "US-TX"}}), minimum)) == minimum & {"where"}
    assert set(present(Content(FULL), minimum)) == minimum


@given(TEXT, TEXT, st.one_of(st.none(), st.builds(Incident, TEXT.filter(bool), TEXT)))
def test_a_document_comes_out_as_it_went_in(words: str, language: str, incident: Incident | None) -> None:
    sent = Document(SEED_STORY, language=language, words=words, policy="p", incident=incident)
    assert read_document(write_document(sent)) == sent


@given(
    st.one_of(
        st.binary(),
        st.recursive(
            st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_reading_never_fails(raw: bytes) -> None:
    read_document(raw)


@pytest.mark.parametrize(
    ("assessed", "observed", "expected"),
    [
        ({}, {}, ("unknown", "third_party", "unknown", "no", "anonymous")),
        ({"minor": "yes", "danger": "no"}, SEED_STORY, ("minor", "third_party", "no", "yes", "anonymous")),
        (
            {"minor": "no"},
            {"about": "self", "reach": {"how": "officer"}},
            ("adult", "self", "unknown", "no", "may_be_named"),
        ),
        ({"minor": "no"}, {"reach": {"how": "hotline"}}, ("adult", "third_party", "unknown", "no", "anonymous")),
    ],
    ids=["nothing known", "the seed story", "for oneself", "only the hotline may call"],
)
def test_what_the_policy_looks_at(
    assessed: dict[str, str], observed: dict[str, Any], expected: tuple[str, ...]
) -> None:
    case = case_of(Content(observed), assessed)
    assert (case.age, case.source, case.danger, case.exploitation_sign, case.reporter_identity) == expected
