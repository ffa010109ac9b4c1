"""What leaves the desk: what was ticked within what the policy lets go, and not a word more."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tips.sealed import SEED_STORY
from waywatch.policy import api as policy
from waywatch.referrals.disclosure import PARTS, Document, case_of, present, read_document, reduced, write_document
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
    assert all(gone[name] == FULL[name] for name in gone)


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
