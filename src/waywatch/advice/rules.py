"""From an observation to an advice. Pure; `static/advice/advice.js` does the same on the phone, and a test holds the two together.

An observation is the content of a tip as decoded JSON. Read are: `danger_now` and `about`; `when.seen`; of each of `people` its `age` and
`part`; of each of `signs` its `key` and `first_hand`. Nothing else is: no words, no place, no looks.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from waywatch.advice.values import Advice, Book, Condition, Level, Rule, Truth

Observation = Mapping[str, Any]
ANSWERS: Mapping[Any, Truth] = {"yes": True, "no": False}
SEEN: Mapping[Any, Truth] = {"now": True, "day": True, "older": False}
AGES: Mapping[Any, Truth] = {"minor": True, "adult": False}
CONTROLS = "controls"
FIRST_CALL: Mapping[Level, tuple[str, ...]] = {"911": ("911",), "911_then_hotline": ("911", "hotline")}


def facts_of(observation: Observation, book: Book) -> dict[str, Truth]:
    """Return what the rules ask about, each True, False or None (not known)."""
    signs = [(book.signs.get(sign.get("key")), sign.get("first_hand")) for sign in observation.get("signs", ())]
    seen_oneself = [sign for sign, first_hand in signs if sign and first_hand != "no"]
    return {
        "danger_now": ANSWERS.get(observation.get("danger_now")),
        "about_oneself": observation.get("about") == "self",
        "within_24h": SEEN.get(observation.get("when", {}).get("seen")),
        "apparent_minor": any_of(
            AGES.get(person.get("age")) for person in observation.get("people", ()) if person.get("part") != CONTROLS
        ),
        "exploitation_sign": any(sign.exploitation for sign in seen_oneself),
        "emergency_sign": any(sign.emergency for sign in seen_oneself),
        "any_sign": any(sign for sign, _ in signs),
    }


def any_of(truths: Iterable[Truth]) -> Truth:
    """Return True if one is true; None if none is, but one is not known or there are none; else False."""
    found = list(truths)
    if True in found:
        return True
    return None if None in found or not found else False


def advise(observation: Observation, book: Book, *, pack: str | None = None) -> Advice:
    """Return the advice for an observation. A pack orders the calls after the first and can neither drop nor precede it."""
    facts = facts_of(observation, book)
    fired = [rule for rule in book.rules if _fires(rule, facts)]
    level = max((rule.level for rule in fired), key=book.levels.index, default=book.levels[0])
    calls = (*FIRST_CALL.get(level, ()), *(book.packs[pack].order if pack else ("hotline",)))
    return Advice(level, tuple(dict.fromkeys(calls)), tuple(rule.id for rule in fired))


def _fires(rule: Rule, facts: Mapping[str, Truth]) -> bool:
    return all(_holds(condition, facts[condition.fact]) for condition in rule.when)


def _holds(condition: Condition, truth: Truth) -> bool:
    return condition.unknown_counts if truth is None else truth
