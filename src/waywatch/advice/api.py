"""What other rooms may use of advice: the reviewed words, and what to do about an observation."""

from typing import Any

from waywatch.advice.reading import book
from waywatch.advice.rules import Observation, advise, facts_of
from waywatch.advice.values import Advice, Book, Level, Numbers, Pack, Sign
from waywatch.lib.review import Review

__all__ = [
    "Advice",
    "Book",
    "Level",
    "Numbers",
    "Observation",
    "Pack",
    "Review",
    "Sign",
    "advise",
    "book",
    "facts_of",
    "for_phone",
]


def for_phone() -> dict[str, Any]:
    """Return what `static/advice/advice.js` needs to come to the same advice: rules, flags of signs, packs. No words."""
    read = book()
    return {
        "version": read.version,
        "levels": list(read.levels),
        "rules": [
            {
                "id": rule.id,
                "level": rule.level,
                "when": [{"fact": c.fact, "unknown_counts": c.unknown_counts} for c in rule.when],
            }
            for rule in read.rules
        ],
        "signs": {
            key: {"exploitation": sign.exploitation, "emergency": sign.emergency} for key, sign in read.signs.items()
        },
        "packs": {key: list(pack.order) for key, pack in read.packs.items()},
    }
