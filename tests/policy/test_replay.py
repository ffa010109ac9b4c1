"""A stored decision comes out again from its case, the very pack and the very floors, or says why not."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from tests.policy import EVERY, PACKS, case, decided, plain_pack, rule
from waywatch.policy import api as policy
from waywatch.policy import floors as floors_module
from waywatch.policy.reading import pack_of

OLD = pack_of(plain_pack())
STRICTER = {
    "rules": [*plain_pack()["rules"][:2], rule("stranger", when={"source": ["third_party"]}), rule("otherwise")]
}
NEW = pack_of(plain_pack(version="2026-02-01", **STRICTER))
TOLD = case(age="minor", exploitation_sign="yes", law=frozenset(policy.DUTIES))


def stored_under(pack: policy.Pack, told: policy.Case = TOLD) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(json.dumps(policy.decide(told, pack).as_json()))
    return stored


def at_hand(*packs: policy.Pack) -> dict[tuple[str, str], policy.Pack]:
    return {(pack.id, pack.version): pack for pack in packs}


@pytest.mark.parametrize("pack", ["consent-first", "forward-third-party"])
def test_every_decision_of_a_shipped_pack_comes_out_again(pack: str) -> None:
    for told in EVERY[::7]:
        stored = json.loads(json.dumps(decided(pack)[told].as_json()))
        assert policy.replay(stored, policy.packs()) == decided(pack)[told]


def test_a_decision_as_it_is_stored() -> None:
    assert stored_under(OLD) == {
        "pack": "plain",
        "version": "2026-01-31",
        "digest": OLD.digest,
        "floors_version": "1",
        "case": {
            "age": "minor",
            "source": "third_party",
            "danger": "no",
            "exploitation_sign": "yes",
            "consent_person": "not_asked",
            "consent_reporter": "not_asked",
            "reporter_identity": "anonymous",
            "law": ["report_imminent_harm", "report_minor"],
        },
        "outcome": "must",
        "recipients": ["child_protection", "emergency", "law_enforcement"],
        "minimum": ["people", "signs", "vehicles", "when", "where"],
        "owed": [["child_protection", "law_enforcement"]],
        "rule": "minor",
        "trace": [
            {"rule": "danger", "fitted": False, "stopped_by": ["danger"]},
            {"rule": "minor", "fitted": True, "stopped_by": []},
        ],
        "floors": [
            {"floor": "minor-with-sign", "changed": False},
            {"floor": "duty-minor-with-sign", "changed": True},
            {"floor": "duty-minor", "changed": False},
            {"floor": "reporter-unnamed", "changed": False},
        ],
    }


def test_an_old_decision_is_worked_out_by_its_own_version_though_a_newer_one_is_at_hand() -> None:
    told = case()
    assert policy.decide(told, OLD).rule != policy.decide(told, NEW).rule
    assert policy.replay(stored_under(OLD, told), at_hand(NEW, OLD)) == policy.decide(told, OLD)


def test_a_version_that_is_not_at_hand_is_said() -> None:
    with pytest.raises(policy.ReplayError, match="is not at hand"):
        policy.replay(stored_under(OLD), at_hand(NEW))


def test_a_pack_changed_under_the_same_version_is_said() -> None:
    changed = pack_of(plain_pack(title={"en": "Other", "fr": "Autre", "es": "Otro"}))
    with pytest.raises(policy.ReplayError, match="has been changed since"):
        policy.replay(stored_under(OLD), at_hand(changed))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"outcome": "may"}, "is not the one"),
        ({"recipients": ["services"]}, "is not the one"),
        ({"trace": []}, "is not the one"),
        ({"floors": []}, "is not the one"),
        ({"note": "added"}, "is not the one"),
        ({"floors_version": "0"}, "floors that this program does not know"),
        ({"floors_version": ["1"]}, "floors that this program does not know"),
        ({"digest": "0" * 64}, "has been changed since"),
        ({"pack": "other"}, "is not at hand"),
        ({"version": None}, "is not at hand"),
        ({"case": None}, "no case that can be read"),
        ({"case": {}}, "no case that can be read"),
        ({"case": TOLD.as_json() | {"age": "child"}}, "no case that can be read"),
        ({"case": TOLD.as_json() | {"law": "report_minor"}}, "no case that can be read"),
        ({"case": TOLD.as_json() | {"law": [[]]}}, "no case that can be read"),
        ({"case": TOLD.as_json() | {"gender": "any"}}, "no case that can be read"),
        ({"case": TOLD.as_json() | {"danger": "yes"}}, "is not the one"),
    ],
)
def test_what_was_tampered_with_is_said(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(policy.ReplayError, match=re.escape(sentence)):
        policy.replay(stored_under(OLD) | changes, at_hand(OLD))


def test_an_old_decision_keeps_its_floors_when_new_ones_come(monkeypatch: pytest.MonkeyPatch) -> None:
    found = policy.decide(TOLD, OLD)
    everybody = replace(floors_module.FLOORS["1"][0], when={}, outcome="must")
    monkeypatch.setitem(floors_module.FLOORS, "2", (everybody,))
    assert policy.decide(TOLD, OLD, floors_version="2").floors[0].floor == "danger-now"
    assert policy.replay(stored_under(OLD), at_hand(OLD)) == found
    assert policy.replay(policy.decide(case(), OLD, floors_version="2").as_json(), at_hand(OLD)).outcome == "must"


def test_the_shipped_packs_are_the_ones_a_replay_gets() -> None:
    assert {pack.id for pack in PACKS.values()} == {"consent-first", "forward-third-party"}
