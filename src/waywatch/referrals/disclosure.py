"""From an assessed tip to the policy's case, and from its answer to the minimum that may go. Pure.

Free words inside a part can show who wrote them: they go only where an advocate ticks them one by one.
"""

import copy
import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from waywatch.advice import api as advice
from waywatch.policy import api as policy
from waywatch.referrals.rules import Incident
from waywatch.tips import api as tips

# Which answers belong to which part of the policy's minimum.
PARTS: Mapping[policy.Part, tuple[str, ...]] = {
    "where": ("where",),
    "when": ("when", "danger_now"),
    "people": ("people",),
    "vehicles": ("vehicles",),
    "timeline": ("timeline",),
    "signs": ("signs",),
    "words": ("words", "spoke"),
    "reporter": ("reach", "reporter"),
}
FREE: Mapping[policy.Part, tuple[str, ...]] = {
    "where": ("words",),
    "when": ("words",),
    "people": ("doing", "recognise"),
    "vehicles": ("words",),
}
LANGUAGES = ("en", "fr", "es")
AGES = {"yes": "minor", "no": "adult"}
TO_AN_OFFICER = "officer"


def case_of(content: tips.Content, assessment: Mapping[str, Any], law: Collection[policy.Duty] = ()) -> policy.Case:
    """Return what the policy looks at. The advocate's assessment goes before the reporter's answers."""
    answers = content.observation
    facts: dict[str, Any] = {
        "age": AGES.get(assessment.get("minor", ""), "unknown"),
        "source": "self" if answers.get("about") == "self" else "third_party",
        "danger": assessment.get("danger", "unknown"),
        "exploitation_sign": "yes" if advice.facts_of(answers, advice.book())["exploitation_sign"] else "no",
        "consent_person": assessment.get("consent_person", "not_asked"),
        "consent_reporter": assessment.get("consent_reporter", "not_asked"),
        "reporter_identity": "may_be_named" if answers.get("reach", {}).get("how") == TO_AN_OFFICER else "anonymous",
    }
    return policy.Case(**facts, law=frozenset(law))


def present(content: tips.Content, minimum: Collection[policy.Part]) -> list[policy.Part]:
    """Return the parts that the policy lets go and that the tip has."""
    return [part for part in PARTS if part in minimum and any(name in content.observation for name in PARTS[part])]


def free_words(content: tips.Content, parts: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each answer in free words of these parts: its key, such as "people.0.recognise", and what it says."""
    for part, names in FREE.items():
        if part in parts:
            for key, row in _rows(content.observation, part):
                yield from ((f"{key}.{name}", str(row[name])) for name in names if row.get(name))


def question_of(key: str) -> str:
    """Return the question that the answer with this key of `free_words` belongs to, in the reader's language."""
    part, *_, last = key.split(".")
    fields = (
        field for step in tips.STEPS for field in step.fields if (step.repeat or field.path.split(".")[0]) == part
    )
    return next(str(field.label) for field in fields if field.path.split(".")[-1] == last)


def _rows(observation: Mapping[str, Any], part: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the answers of a part: one row, or several with their places."""
    found = observation.get(part, {})
    if isinstance(found, list):
        yield from ((f"{part}.{number}", row) for number, row in enumerate(found))
    else:
        yield part, found


def reduced(content: tips.Content, parts: Collection[str], free: Collection[str] = ()) -> dict[str, Any]:
    """Return the answers of the ticked parts without their free words, but for those whose keys are in `free`; and nothing else.

    A sign that no list of ours has is free words, too, and nobody ticked it.
    """
    names = {name for part in parts for name in PARTS[cast("policy.Part", part)]}
    kept = copy.deepcopy({name: value for name, value in content.observation.items() if name in names})
    if "signs" in kept:
        kept["signs"] = [sign for sign in kept["signs"] if sign["key"] in advice.book().signs]
    for part, free_names in FREE.items():
        for key, row in _rows(kept, part):
            for name in free_names:
                if f"{key}.{name}" not in free:
                    row.pop(name, None)
    return kept


def when_sealed(content: tips.Content, parts: Collection[str]) -> str:
    """Return when the phone sealed it, to the minute, where the time goes along and is one."""
    return content.sealed_minute if "when" in parts else ""


def when_reported(tip: tips.Tip, parts: Collection[str]) -> str:
    """Return when it came to the desk, to the minute, where the time goes along: seen and reported are two times."""
    return f"{tip.received_at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC" if "when" in parts else ""


@dataclass(frozen=True, slots=True)
class Document:
    """What an agency gets: the ticked answers, words of the desk, a 911 incident, and the policy that let it go. `odd` fits nothing."""

    observation: dict[str, Any] = field(default_factory=dict)
    language: str = ""
    sealed_at: str = ""
    reported_at: str = ""
    words: str = ""
    policy: str = ""
    incident: Incident | None = None
    odd: str = ""

    @property
    def content(self) -> tips.Content:
        """Return it in the form of a tip's content, for its words."""
        return tips.Content(self.observation, language=self.language, sealed_at=self.sealed_at)


LINES = ("language", "sealed_at", "reported_at", "words", "policy")


def write_document(document: Document) -> bytes:
    """Return the bytes that are sealed."""
    said: dict[str, Any] = {"version": 1, "observation": document.observation}
    said |= {name: getattr(document, name) for name in LINES}
    if document.incident:
        said["incident"] = write_incident(document.incident)
    return json.dumps(said, ensure_ascii=False).encode()


def read_document(raw: bytes) -> Document:
    """Return what these bytes say; it never fails: what fits nothing is shown as it is."""
    try:
        said = json.loads(raw)
        answers, left = tips.take_answers(said["observation"])
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return Document(odd=raw.decode(errors="replace"))
    lines = {name: said[name] for name in LINES if isinstance(said.get(name), str)}
    odd = json.dumps(left, ensure_ascii=False, indent=1) if left else ""
    return Document(answers, incident=read_incident(said.get("incident")), odd=odd, **lines)


def write_incident(incident: Incident) -> dict[str, str]:
    """Return an incident as it stands in a sealed text."""
    return {"number": incident.number, "agency": incident.agency}


def read_incident(said: object) -> Incident | None:
    """Return the incident that a sealed text names, or None."""
    if not isinstance(said, dict):
        return None
    number, agency = said.get("number"), said.get("agency")
    return Incident(number, agency) if isinstance(number, str) and isinstance(agency, str) and number else None
