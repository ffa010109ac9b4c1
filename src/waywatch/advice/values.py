"""Advice as values: what the reviewed files say."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from waywatch.lib.review import Review

Level = Literal["none", "hotline", "hotline_now", "911_then_hotline", "911"]
Truth = bool | None
"""True, False, or None: not known."""

Words = Mapping[str, str]
"""One text by language: en, fr, es."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that can be noticed. `exploitation` and `emergency` are what the rules ask of it."""

    key: str
    text: Words
    sectors: tuple[str, ...]
    exploitation: bool
    emergency: bool
    source: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A fact that must hold. `unknown_counts`: not knowing it is taken as if it held, so that it lowers no advice."""

    fact: str
    unknown_counts: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """All conditions together give a level. `text` is for whoever reads the rules."""

    id: str
    level: Level
    when: tuple[Condition, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """Whom to call in a country."""

    country: str
    emergency: str
    hotline: str
    hotline_name: Words
    text: str | None
    tty: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Pack:
    """The order of the calls after the first, as one publisher prints it."""

    key: str
    name: str
    order: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do, and the rules that say so. `calls` are in order: "911", then channels of a pack."""

    level: Level
    calls: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """All reviewed files of one version."""

    version: str
    levels: tuple[Level, ...]
    rules: tuple[Rule, ...]
    signs: Mapping[str, Sign]
    numbers: Mapping[str, Numbers]
    numbers_checked_on: dt.date
    channels: Mapping[str, Words]
    packs: Mapping[str, Pack]
    reviews: tuple[Review, ...]

    @property
    def is_reviewed(self) -> bool:
        """Tell whether every file has been reviewed, so that a production instance may publish it."""
        return all(review.is_done for review in self.reviews)
