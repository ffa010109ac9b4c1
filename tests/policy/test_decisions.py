"""What the shipped packs decide: some cases by hand, and what must hold in every case under every law."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.policy import AT_ONCE, PACKS, case, decided, plain_pack, rule
from waywatch.policy import api as policy
from waywatch.policy.reading import pack_of
from waywatch.policy.rules import one_answer

each_pack = pytest.mark.parametrize("pack", ["consent-first", "forward-third-party"])
GIVEN = {"consent_person": "given", "consent_reporter": "given"}
NAMED = {"consent_reporter": "given", "reporter_identity": "may_be_named"}
MINOR_WITH_SIGN = {"age": "minor", "exploitation_sign": "yes"}
NO_ONE = ("must_not", ())
POLICE = ("law_enforcement",)
AT_ONCE_TO = ("emergency", "law_enforcement")
ALL_AUTHORITIES = ("child_protection", "emergency", "law_enforcement")


@pytest.mark.parametrize(
    ("told", "consent_first", "forward"),
    [
        pytest.param({}, NO_ONE, ("may", POLICE), id="an adult, told by another, no sign"),
        pytest.param({"exploitation_sign": "yes"}, NO_ONE, ("must", POLICE), id="the same, with a sign"),
        pytest.param(
            {"exploitation_sign": "yes", "consent_reporter": "refused"}, NO_ONE, NO_ONE, id="reporter refuses"
        ),
        pytest.param({"exploitation_sign": "yes", "consent_person": "refused"}, NO_ONE, NO_ONE, id="person refuses"),
        pytest.param({"consent_person": "given"}, ("may", POLICE), ("may", POLICE), id="person agrees"),
        pytest.param({"source": "self"}, NO_ONE, NO_ONE, id="asks for help, was not asked yet"),
        pytest.param(
            {"source": "self", "consent_person": "given", "reporter_identity": "may_be_named"},
            ("may", ("law_enforcement", "services")),
            ("may", ("law_enforcement", "services")),
            id="asks for help and agrees",
        ),
        pytest.param({"danger": "yes"}, ("must", AT_ONCE_TO), ("must", AT_ONCE_TO), id="danger now"),
        pytest.param(
            {"danger": "yes", "consent_person": "refused"},
            ("may", ("emergency",)),
            ("must", AT_ONCE_TO),
            id="danger now, the person refuses",
        ),
        pytest.param(
            {"danger": "yes", "source": "self", "consent_person": "refused"},
            ("may", ("emergency",)),
            ("may", ("emergency",)),
            id="danger now, asks for help and refuses",
        ),
        pytest.param(
            {"danger": "yes", "consent_person": "refused", "law": frozenset({"report_imminent_harm"})},
            ("must", ("emergency",)),
            ("must", AT_ONCE_TO),
            id="danger now, the person refuses, the law obliges",
        ),
        pytest.param(MINOR_WITH_SIGN, ("must", ALL_AUTHORITIES), ("must", ALL_AUTHORITIES), id="minor with a sign"),
        pytest.param(
            MINOR_WITH_SIGN | {"consent_person": "refused", "consent_reporter": "refused"},
            ("must", ALL_AUTHORITIES),
            ("must", ALL_AUTHORITIES),
            id="minor with a sign, all refuse",
        ),
        pytest.param(
            {"age": "minor"},
            ("may", ("child_protection",)),
            ("may", ("child_protection", "law_enforcement")),
            id="a child, no sign",
        ),
        pytest.param({"age": "unknown", "exploitation_sign": "yes"}, NO_ONE, ("must", POLICE), id="age not known"),
        pytest.param({"danger": "unknown"}, NO_ONE, ("may", POLICE), id="danger not known"),
    ],
)
def test_a_case(told: dict[str, Any], consent_first: tuple[str, Any], forward: tuple[str, Any]) -> None:
    found = [policy.decide(case(**told), PACKS[pack]) for pack in ("consent-first", "forward-third-party")]
    assert [(decision.outcome, decision.recipients) for decision in found] == [consent_first, forward]


def is_within(narrow: policy.Decision, wide: policy.Decision, *, without: frozenset[str] = frozenset()) -> bool:
    lower = policy.OUTCOMES.index(narrow.outcome) <= policy.OUTCOMES.index(wide.outcome)
    return (
        lower and set(narrow.recipients) - without <= set(wide.recipients) and set(narrow.minimum) <= set(wide.minimum)
    )


def answer(decision: policy.Decision) -> tuple[Any, ...]:
    return decision.outcome, decision.recipients, decision.minimum, decision.owed


def pairs(pack: str, name: str, narrow: str, wide: str) -> Iterator[tuple[policy.Decision, policy.Decision]]:
    for told, decision in decided(pack).items():
        if getattr(told, name) == narrow:
            yield decision, decided(pack)[replace(told, **{name: wide})]


@each_pack
def test_the_first_rule_that_fits_decides_and_each_one_before_says_what_stopped_it(pack: str) -> None:
    rules = [known.id for known in PACKS[pack].rules]
    for decision in decided(pack).values():
        *before, last = decision.trace
        assert [step.rule for step in decision.trace] == rules[: len(decision.trace)]
        assert (last.rule, last.fitted, last.stopped_by) == (decision.rule, True, ())
        heard = one_answer(decision.case)
        for step, known in zip(before, PACKS[pack].rules, strict=False):
            stops = {name for name, values in known.when.items() if getattr(heard, name) not in values}
            assert stops
            assert (step.fitted, set(step.stopped_by)) == (False, stops)


@each_pack
def test_an_answer_is_whole_in_order_and_says_whom_it_is_owed_to(pack: str) -> None:
    for decision in decided(pack).values():
        assert (decision.outcome == "must_not") == (not decision.recipients) == (not decision.minimum)
        assert (decision.outcome == "must") == bool(decision.owed)
        assert all(group and set(group) <= set(decision.recipients) - {"services"} for group in decision.owed)
        assert list(decision.recipients) == sorted(set(decision.recipients))
        assert list(decision.minimum) == sorted(set(decision.minimum))


@each_pack
@pytest.mark.parametrize("who", ["consent_person", "consent_reporter"])
def test_a_refusal_about_somebody_not_known_to_be_a_minor_is_heeded_without_danger(pack: str, who: str) -> None:
    allowed = [
        told
        for told, decision in decided(pack).items()
        if told.age != "minor" and told.danger != "yes" and getattr(told, who) == "refused"
        if decision.outcome != "must_not"
    ]
    assert allowed == []


def test_consent_first_passes_nothing_on_without_consent_or_danger_or_a_minor() -> None:
    for told, decision in decided("consent-first").items():
        if told.age != "minor" and told.danger != "yes" and one_answer(told).consent_person != "given":
            assert decision.outcome == "must_not"


def test_forward_third_party_passes_on_every_sign_unless_somebody_refused() -> None:
    for told, decision in decided("forward-third-party").items():
        refused = "refused" in {told.consent_person, told.consent_reporter}
        if told.source == "third_party" and told.exploitation_sign == "yes" and not refused:
            assert (decision.outcome, "law_enforcement" in decision.recipients) == ("must", True)


@each_pack
def test_danger_now_may_always_go_to_911(pack: str) -> None:
    for told, decision in decided(pack).items():
        if told.danger == "yes":
            assert decision.outcome != "must_not"
            assert "emergency" in decision.recipients
            assert set(AT_ONCE) <= set(decision.minimum)


@each_pack
def test_a_minor_with_a_sign_may_always_go_to_911_and_the_trusted_contact(pack: str) -> None:
    for told, decision in decided(pack).items():
        if told.age == "minor" and told.exploitation_sign == "yes":
            assert decision.outcome != "must_not"
            assert {"emergency", "law_enforcement"} <= set(decision.recipients)
            assert set(AT_ONCE) <= set(decision.minimum)


@each_pack
def test_911_is_for_danger_and_for_minors_with_a_sign_only(pack: str) -> None:
    for told, decision in decided(pack).items():
        if "emergency" in decision.recipients:
            assert told.danger == "yes" or (told.age, told.exploitation_sign) == ("minor", "yes")


@each_pack
def test_the_reporter_never_leaves_unless_named_and_not_refusing_and_words_only_with_the_reporter(pack: str) -> None:
    for told, decision in decided(pack).items():
        if told.reporter_identity != "may_be_named" or told.consent_reporter == "refused":
            assert set(decision.minimum) <= set(AT_ONCE)


@each_pack
def test_services_get_what_somebody_who_asks_for_help_agreed_to_and_nothing_else(pack: str) -> None:
    for told, decision in decided(pack).items():
        if "services" in decision.recipients:
            assert (told.source, one_answer(told).consent_person, decision.outcome) == ("self", "given", "may")


@each_pack
def test_an_unknown_age_is_no_minor_and_an_unknown_danger_is_none(pack: str) -> None:
    for unknown, known in [*pairs(pack, "age", "unknown", "adult"), *pairs(pack, "danger", "unknown", "no")]:
        assert answer(unknown) == answer(known)


@each_pack
@pytest.mark.parametrize("who", ["consent_person", "consent_reporter"])
@pytest.mark.parametrize(("less", "more"), [("refused", "not_asked"), ("not_asked", "given")])
def test_agreeing_never_narrows(pack: str, who: str, less: str, more: str) -> None:
    assert [(a.case, b.case) for a, b in pairs(pack, who, less, more) if not is_within(a, b)] == []


@each_pack
@pytest.mark.parametrize(
    ("name", "less", "more"),
    [("age", "adult", "minor"), ("danger", "no", "yes"), ("exploitation_sign", "no", "yes")],
)
def test_more_at_stake_never_narrows_what_the_authorities_may_get(pack: str, name: str, less: str, more: str) -> None:
    services = frozenset({"services"})
    assert [(a.case, b.case) for a, b in pairs(pack, name, less, more) if not is_within(a, b, without=services)] == []


@each_pack
def test_a_duty_that_fits_obliges_and_one_that_does_not_changes_nothing(pack: str) -> None:
    for told, decision in decided(pack).items():
        lawless = decided(pack)[replace(told, law=frozenset())]
        minor = told.age == "minor" and (told.danger == "yes" or told.exploitation_sign == "yes")
        duties = {"report_minor": minor, "report_imminent_harm": told.danger == "yes"}
        assert is_within(lawless, decision)
        owed = {"report_minor": ("child_protection", "law_enforcement"), "report_imminent_harm": ("emergency",)}
        due = {owed[duty] for duty in told.law if duties[duty]}
        assert due <= set(decision.owed)
        if not due:
            assert answer(decision) == answer(lawless)


@each_pack
def test_somebody_who_asks_for_help_has_one_answer_and_a_refusal_comes_first(pack: str) -> None:
    for told, decision in decided(pack).items():
        if told.source == "self":
            both = {told.consent_person, told.consent_reporter}
            one: Any = "refused" if "refused" in both else "given" if "given" in both else "not_asked"
            same = replace(told, consent_person=one, consent_reporter=one)
            assert answer(decision) == answer(decided(pack)[same])


@each_pack
def test_the_order_of_the_duties_changes_nothing(pack: str) -> None:
    stored = set()
    for duties in itertools.permutations(policy.DUTIES):
        found = policy.decide(case(age="minor", danger="yes", law=frozenset(duties)), PACKS[pack])
        stored.add(json.dumps(found.as_json(), sort_keys=True))
        assert found.as_json()["case"]["law"] == ["report_imminent_harm", "report_minor"]
    assert len(stored) == 1


def test_an_unknown_value_is_no_case() -> None:
    for name in (*policy.INPUTS, "law"):
        with pytest.raises(policy.UnknownValueError, match=name):
            case(**{name: frozenset({"other"}) if name == "law" else "other"})


@pytest.mark.parametrize(
    ("told", "floors", "outcome", "recipients"),
    [
        ({}, [], "must_not", ()),
        ({"danger": "yes"}, [("danger-now", False)], "may", AT_ONCE_TO),
        (
            {"danger": "yes", "law": frozenset({"report_imminent_harm"})},
            [("danger-now", False), ("duty-imminent-harm", True)],
            "must",
            AT_ONCE_TO,
        ),
        (
            MINOR_WITH_SIGN | {"law": frozenset({"report_minor"})},
            [("minor-with-sign", False), ("duty-minor-with-sign", True), ("duty-minor", False)],
            "must",
            ALL_AUTHORITIES,
        ),
        ({"age": "minor", "law": frozenset({"report_minor"})}, [("duty-minor", True)], "may", ("child_protection",)),
    ],
)
def test_the_floors_stand_in_the_trace_and_say_what_they_changed(
    told: dict[str, Any], floors: list[tuple[str, bool]], outcome: str, recipients: tuple[str, ...]
) -> None:
    found = policy.decide(case(**NAMED, **told), pack_of(plain_pack()))
    assert [(applied.floor, applied.changed) for applied in found.floors] == floors
    assert (found.outcome, found.recipients) == (outcome, recipients)


def test_the_floors_hold_even_under_a_pack_that_was_never_read() -> None:
    forbidding = replace(pack_of(plain_pack()), rules=(pack_of(plain_pack()).rules[-1],))
    naming = pack_of(plain_pack(rules=[*plain_pack()["rules"][:2], rule("all", "may")])).rules[-1]
    naming_all = replace(forbidding, rules=(replace(naming, minimum=frozenset({"where", "reporter"})),))
    found = policy.decide(case(danger="yes"), forbidding)
    assert (found.outcome, found.recipients, found.minimum) == ("may", ("emergency",), tuple(sorted(AT_ONCE)))
    assert [(a.floor, a.changed) for a in found.floors] == [("danger-now", True), ("reporter-unnamed", False)]
    unnamed = policy.decide(case(), naming_all)
    assert (unnamed.minimum, [(a.floor, a.changed) for a in unnamed.floors]) == (
        ("where",),
        [("reporter-unnamed", True)],
    )
