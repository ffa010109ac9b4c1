"""From an assessed tip to the policy's case, and from its answer to the minimum that may go. Pure."""

from collections.abc import Collection, Mapping
from typing import Any, cast

from waywatch.advice import api as advice
from waywatch.policy import api as policy
from waywatch.tips.content import Content

# Which answers belong to which part of the policy's minimum.
PARTS: Mapping[policy.Part, tuple[str, ...]] = {
    "where": ("where",),
    "when": ("when",),
    "people": ("people",),
    "vehicles": ("vehicles",),
    "timeline": ("timeline",),
    "signs": ("signs",),
    "words": ("words",),
    "reporter": ("reach", "reporter"),
}
AGES = {"yes": "minor", "no": "adult"}
NAMED = "officer"


def case_of(content: Content, assessment: Mapping[str, Any], law: Collection[policy.Duty] = ()) -> policy.Case:
    """Return what the policy looks at. The advocate's assessment goes before the reporter's answers."""
    answers = content.observation
    facts: dict[str, Any] = {
        "age": AGES.get(assessment.get("minor", ""), "unknown"),
        "source": "self" if answers.get("about") == "self" else "third_party",
        "danger": assessment.get("danger", "unknown"),
        "exploitation_sign": "yes" if advice.facts_of(answers, advice.book())["exploitation_sign"] else "no",
        "consent_person": assessment.get("consent_person", "not_asked"),
        "consent_reporter": assessment.get("consent_reporter", "not_asked"),
        "reporter_identity": "may_be_named" if answers.get("reach", {}).get("how") == NAMED else "anonymous",
    }
    return policy.Case(**facts, law=frozenset(law))


def present(content: Content, minimum: Collection[policy.Part]) -> list[policy.Part]:
    """Return the parts that the policy lets go and that the tip has."""
    return [part for part in PARTS if part in minimum and any(name in content.observation for name in PARTS[part])]


def reduced(content: Content, parts: Collection[str]) -> dict[str, Any]:
    """Return the answers of the ticked parts, and nothing else."""
    names = {name for part in parts for name in PARTS[cast("policy.Part", part)]}
    return {name: value for name, value in content.observation.items() if name in names}
