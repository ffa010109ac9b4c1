"""Whatever is in a pack or in a stored decision: it is taken and keeps the floors, or it is refused with our own error."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.policy import EVERY, PACKS, case, plain_pack, rule
from waywatch.policy import api as policy
from waywatch.policy.reading import pack_of

NAMES = [*policy.INPUTS, "law", "when", "rules", "id", "outcome", "recipients", "minimum", "text", "en", "case", "pack"]
KNOWN = [
    *policy.OUTCOMES,
    *policy.RECIPIENTS,
    *policy.PARTS,
    "minor",
    "yes",
    "no",
    "given",
    "refused",
    "published",
    "ours",
]
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(KNOWN))
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=8,
)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in inside for place in places(value, (*path, key)))]


@st.composite
def changed(draw: st.DrawFn, start: dict[str, Any]) -> dict[str, Any]:
    """Return `start` with one to three of its parts gone or replaced by anything."""
    data = copy.deepcopy(start)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(data)[1:] or [("format",)]))
        holder: Any = data
        for key in path[:-1]:
            holder = holder[key]
        if draw(st.booleans()) or path[-1] not in (holder if isinstance(holder, dict) else range(len(holder))):
            holder[path[-1]] = draw(ANYTHING)
        else:
            del holder[path[-1]]
    return data


@given(changed(plain_pack()), st.sampled_from(EVERY))
def test_a_pack_is_taken_and_keeps_the_floors_or_is_refused(data: dict[str, Any], told: policy.Case) -> None:
    try:
        pack = pack_of(data)
    except policy.PackRefusedError:
        return
    check(pack, told)


def check(pack: policy.Pack, told: policy.Case) -> None:
    found = policy.decide(told, pack)
    if told.danger == "yes":
        assert found.outcome != "must_not"
        assert "emergency" in found.recipients
    if (told.age, told.exploitation_sign) == ("minor", "yes"):
        assert {"emergency", "law_enforcement"} <= set(found.recipients)
    if told.reporter_identity == "anonymous":
        assert "reporter" not in found.minimum
    assert policy.replay(json.loads(json.dumps(found.as_json())), {(pack.id, pack.version): pack}) == found


CONDITIONS = st.fixed_dictionaries(
    {},
    optional={name: st.lists(st.sampled_from(known), min_size=1, unique=True) for name, known in policy.INPUTS.items()},
)
RULES = st.builds(
    lambda when, outcome, recipients, minimum: rule(
        "any", outcome, when=when, **({} if outcome == "must_not" else {"recipients": recipients, "minimum": minimum})
    ),
    CONDITIONS,
    st.sampled_from(policy.OUTCOMES),
    st.lists(st.sampled_from(["emergency", "law_enforcement", "child_protection"]), min_size=1, unique=True),
    st.lists(st.sampled_from(policy.PARTS), min_size=1, max_size=3, unique=True),
)


@given(st.lists(RULES, min_size=1, max_size=2), st.sampled_from([2, 2, 2, 0]), st.sampled_from(EVERY))
def test_rules_of_known_values_are_taken_and_keep_the_floors_or_are_refused(
    rules: list[dict[str, Any]], place: int, told: policy.Case
) -> None:
    named = [one | {"id": f"any-{number}"} for number, one in enumerate(rules)]
    plain = plain_pack()["rules"]
    try:
        pack = pack_of(plain_pack(rules=[*plain[:place], *named, *plain[place:]]))
    except policy.PackRefusedError as refused:
        event(" ".join(word for word in str(refused).split() if "“" not in word)[:30])
        return
    event("taken")
    check(pack, told)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60) | ANYTHING.map(lambda data: json.dumps(data).encode()))
def test_a_file_of_anything_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.json"
    path.write_bytes(content)
    with pytest.raises(policy.PackRefusedError, match="any"):
        policy.read_pack(path)


STORED = policy.decide(case(danger="yes", law=frozenset({"report_minor"})), PACKS["consent-first"]).as_json()


@given(changed(STORED))
def test_a_stored_decision_comes_out_again_or_is_refused(stored: dict[str, Any]) -> None:
    try:
        found = policy.replay(stored, policy.packs())
    except policy.ReplayError:
        return
    assert found.as_json() == stored
