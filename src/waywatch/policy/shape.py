"""The shape of a pack's file (decision 0006): what is not of this shape, or not named here, is refused."""

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from waywatch.lib.jsonfile import Line, Slug, Text
from waywatch.policy.values import INPUTS, Grounded, Outcome, Part, Recipient


def _day(text: str) -> str:
    if str(dt.date.fromisoformat(text)) != text:
        raise ValueError("this must be written as 2026-11-25")
    return text


def _once(names: list[str]) -> list[str]:
    if len(set(names)) != len(names):
        raise ValueError("a value stands twice")
    return names


def _asked(when: dict[str, list[str]]) -> dict[str, list[str]]:
    for name, values in when.items():
        if name == "law":
            raise ValueError("a pack does not ask for duties by law: they stand above every pack")
        if name not in INPUTS:
            raise ValueError(f"the input “{name}” is not known; known are {', '.join(INPUTS)}")
        unknown = [value for value in values if value not in INPUTS[name]]
        if unknown or not values:
            raise ValueError(f"“{name}” needs one or more of {', '.join(INPUTS[name])}")
    return when


Day = Annotated[str, AfterValidator(_day)]
Said = Annotated[Text, Field(min_length=1)]
Named = Annotated[Line, Field(min_length=1)]
Values = Annotated[list[str], Field(max_length=9), AfterValidator(_once)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WordsShape(_Strict):
    en: Said
    fr: Said
    es: Said


class ReviewShape(_Strict):
    author: Named
    date: Day
    reviewer: Named | None
    qualification: Named | None
    survivor_review: Named | None


class PublicationShape(_Strict):
    key: Slug
    address: Annotated[Line, Field(pattern=r"^https?://\S+$")]
    says: Said


class RuleShape(_Strict):
    id: Slug
    text: WordsShape
    when: Annotated[dict[str, Values], AfterValidator(_asked)]
    outcome: Outcome
    recipients: Annotated[list[Recipient], AfterValidator(_once)]
    minimum: Annotated[list[Part], AfterValidator(_once)]
    grounded: Grounded
    sources: Annotated[list[str], AfterValidator(_once)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.outcome == "must_not") != (not self.recipients) or bool(self.recipients) != bool(self.minimum):
            raise ValueError("“must_not” names no recipient and no part; “may” and “must” name at least one of each")
        if self.outcome == "must" and "services" in self.recipients:
            raise ValueError("services are offered, never a duty: use “may”")
        if self.grounded == "published" and not self.sources:
            raise ValueError("a published rule names a source")
        return self


class PackShape(_Strict):
    format: Literal[1]
    id: Slug
    version: Day
    title: WordsShape
    review: ReviewShape
    sources: Annotated[list[PublicationShape], Field(max_length=50)]
    rules: Annotated[list[RuleShape], Field(min_length=1, max_length=100)]
