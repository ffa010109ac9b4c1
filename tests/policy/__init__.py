"""What the tests of the policy share: the shipped packs, every case under every law, and a small pack of their own."""

import itertools
import json
from dataclasses import replace
from functools import cache
from typing import Any

from waywatch.policy import api as policy
from waywatch.policy.reading import every_case

PACKS = policy.newest(policy.packs())
LAWS = [frozenset(law) for size in range(3) for law in itertools.combinations(policy.DUTIES, size)]
EVERY = [replace(case, law=law) for case in every_case() for law in LAWS]
AT_ONCE = ["where", "when", "people", "vehicles", "signs"]


@cache
def decided(pack: str) -> dict[policy.Case, policy.Decision]:
    """Return what the newest version of a shipped pack says of every case under every law."""
    return {case: policy.decide(case, PACKS[pack]) for case in EVERY}


def words(text: str) -> dict[str, str]:
    return {"en": text, "fr": text, "es": text}


def rule(name: str, outcome: str = "must_not", **changes: Any) -> dict[str, Any]:
    """Return a rule as it stands in a file."""
    allowed = outcome != "must_not"
    return {
        "id": name,
        "text": words(name),
        "when": {},
        "outcome": outcome,
        "recipients": ["emergency", "law_enforcement"] if allowed else [],
        "minimum": AT_ONCE if allowed else [],
        "grounded": "ours",
        "sources": [],
    } | changes


def plain_pack(**changes: Any) -> dict[str, Any]:
    """Return a small pack that is taken: danger and minors with a sign may be passed on, nothing else."""
    pack = {
        "format": 1,
        "id": "plain",
        "version": "2026-01-31",
        "title": words("Plain"),
        "review": {
            "author": "Ana",
            "date": "2026-01-31",
            "reviewer": None,
            "qualification": None,
            "survivor_review": None,
        },
        "sources": [{"key": "page", "address": "https://example.org/page", "says": "So it is."}],
        "rules": [
            rule("danger", "may", when={"danger": ["yes"]}),
            rule("minor", "may", when={"age": ["minor"], "exploitation_sign": ["yes"]}),
            rule("otherwise"),
        ],
    }
    copy: dict[str, Any] = json.loads(json.dumps(pack | changes))
    return copy


def case(**changes: Any) -> policy.Case:
    """Return the case of an adult of whom somebody else told, without danger or sign; nobody was asked yet."""
    return policy.Case(
        **{
            "age": "adult",
            "source": "third_party",
            "danger": "no",
            "exploitation_sign": "no",
            "consent_person": "not_asked",
            "consent_reporter": "not_asked",
            "reporter_identity": "anonymous",
        }
        | changes
    )
