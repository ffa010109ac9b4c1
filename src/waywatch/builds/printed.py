"""The shape of a file of published builds (docs/reference/builds-file.md): what a row may hold, and what is only asked about.

A row that does not fit is refused whole, with its id and field. What fits but looks odd is loaded and asked about.
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_serializer, field_validator
from pydantic.functional_validators import AfterValidator, BeforeValidator

from waywatch.builds.rules import AT_LEAST, own_id
from waywatch.builds.vocabulary import FollowUpKind, Mode, Qualifier
from waywatch.directory.api import name_key
from waywatch.lib.jsonfile import Label, Line, Problem, Row, Slug, Text, named_once, not_later

Count = Annotated[int, Field(ge=0, le=10_000_000, strict=True)]
Key = Annotated[str, Field(max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
Address = Annotated[Text, Field(min_length=1, max_length=2000)]
BySector = Annotated[dict[Key, Count | None], BeforeValidator(named_once)]
Year = Annotated[int, Field(ge=1990, strict=True), AfterValidator(not_later)]


def _written_as(shape: str, example: str) -> BeforeValidator:
    def check(value: object) -> object:
        if not isinstance(value, str) or not re.fullmatch(shape, value):
            raise ValueError(f"this must be written as {example}")
        return value

    return BeforeValidator(check)


def _nameable(name: str) -> str:
    if not name_key(name):
        raise ValueError("a name needs at least one letter or digit")
    return name


def _not_reserved(slug: str) -> str:
    if slug in RESERVED:
        raise ValueError("this id is an address of our own pages; choose another, such as its city and year")
    return slug


RESERVED = frozenset({"new"})
BuildId = Annotated[Slug, AfterValidator(_not_reserved)]
Date = Annotated[dt.date, _written_as(r"\d{4}-\d{2}-\d{2}", "2018-06-01")]
Time = Annotated[dt.time, _written_as(r"\d{2}:\d{2}(:\d{2})?", "10:00")]


def _two_decimals(value: float) -> float:
    if round(value, 2) != value:
        raise ValueError(
            "at most two digits after the point are kept; round the value and put its words into “printed”"
        )
    return value


def _named_once(names: list[str]) -> list[str]:
    found: set[str] = set()
    for name in names:
        if name_key(name) in found:
            raise ValueError(f"the co-host “{name}” is named twice")
        found.add(name_key(name))
    return names


SurveyValue = Annotated[
    float, Field(ge=0, le=1_000_000, allow_inf_nan=False, strict=True), AfterValidator(_two_decimals)
]


class PrintedSurvey(Row):
    when: Label | None = None
    metric: Line
    unit: Annotated[Label, Field(max_length=40)] | None = None
    value: SurveyValue | None = None
    respondents: Count | None = None
    printed: Text | None = None

    @field_validator("value")
    @classmethod
    def _percent_in_range(cls, value: float | None, info: ValidationInfo) -> float | None:
        if value is not None and value > 100 and info.data.get("unit") == "percent_of_respondents":  # noqa: PLR2004 - per cent
            raise ValueError("a per cent value is larger than 100")
        return value


class PrintedFollowUp(Row):
    when: Label | None = None
    actor: Annotated[Line, Field(min_length=1)]
    kind: Annotated[Key, Field(max_length=80)]
    sector: Key | None = None
    count: Count | None = None
    qualifier: Qualifier | None = None
    printed: Text | None = None

    @property
    def known_kind(self) -> FollowUpKind:
        """Return the kind, or OTHER where the word is new."""
        return FollowUpKind(self.kind) if self.kind in FollowUpKind.values else FollowUpKind.OTHER


class Expected(Row):
    people_trained_counted_sum: Count | None = None
    people_trained_uncounted_actors: Count | None = None


class PrintedBuild(Row):
    id: BuildId
    granularity: Literal["single"] = "single"
    year: Year
    date: Date | None = None
    date_printed: Label | None = None
    city: Label | None = None
    region: Label
    country: Literal["US", "CA"]
    mode: Mode | None = None
    start: Time | None = None
    end: Time | None = None
    venue: Line | None = None
    invite_only: Annotated[bool, Field(strict=True)] | None = None
    cohosts: Annotated[list[Annotated[Line, AfterValidator(_nameable)]], AfterValidator(_named_once)] = []
    co_host_sectors: list[Key | None] = []
    invited: list[Line] = []
    presenters: list[Line] = []
    attendance_total: Count | None = None
    attendance_qualifier: Qualifier | None = None
    attendance_by_sector: BySector = {}
    survey: list[PrintedSurvey] = []
    follow_up: list[PrintedFollowUp] = []
    quotes_paraphrase: list[Text] = []
    is_called_coalition_build: Annotated[bool, Field(strict=True)] | None = None
    notes: list[Text] = []
    source: list[Address] = []
    states_covered: list[Label] = []
    expected: Annotated[Expected | None, Field(exclude=True)] = None  # a check, and not part of what the row says

    @field_serializer("attendance_by_sector")
    @classmethod
    def _with_numbers(cls, by_sector: dict[str, int | None]) -> dict[str, int]:
        """Return what is stored of the sectors: of a build, one without a number was not printed."""
        return {key: value for key, value in by_sector.items() if value is not None}

    @field_validator("date")
    @classmethod
    def _in_the_year(cls, date: dt.date | None, info: ValidationInfo) -> dt.date | None:
        year = info.data.get("year")
        if date and year and date.year != year:
            raise ValueError(f"the date {date} is not in the year {year}")
        return date

    @field_validator("end")
    @classmethod
    def _after_the_start(cls, end: dt.time | None, info: ValidationInfo) -> dt.time | None:
        start = info.data.get("start")
        if end and start and end <= start:
            raise ValueError("the end is not after the start")
        return end

    def questions(self) -> list[Problem]:
        """Return what was loaded but should be looked at by a person."""
        asked = self.unknown_names()
        for part in (*self.survey, *self.follow_up):
            asked += part.unknown_names()
        asked += _sector_questions(self)
        asked += _words_alone(self._worded())
        asked += [
            (f"follow_up[{i}].kind", f"“{row.kind}” is a new word; it was loaded as “other” with the word kept")
            for i, row in enumerate(self.follow_up)
            if row.kind not in FollowUpKind.values
        ]
        if not self.source:
            asked.append(("source", "no source is named: a published figure should say where it was printed"))
        asked += self._sum_questions()
        return [Problem(row=self.id, field=field, text=text) for field, text in asked]

    def _worded(self) -> dict[str, tuple[Qualifier | None, int | None]]:
        """Return each word before a number with its number, by the field of the word."""
        rows = {f"follow_up[{i}].qualifier": (row.qualifier, row.count) for i, row in enumerate(self.follow_up)}
        return {"attendance_qualifier": (self.attendance_qualifier, self.attendance_total), **rows}

    def _sum_questions(self) -> list[tuple[str, str]]:
        asked: list[tuple[str, str]] = []
        known = [value for value in self.attendance_by_sector.values() if value is not None]
        may_be_more = self.attendance_qualifier in AT_LEAST
        if self.attendance_total is not None and sum(known) > self.attendance_total and not may_be_more:
            asked.append(
                ("attendance_total", f"the sectors sum to {sum(known)}, more than the printed {self.attendance_total}")
            )
        if self.expected:
            asked += self._expected_questions(self.expected)
        return asked

    def _expected_questions(self, expected: Expected) -> list[tuple[str, str]]:
        trained = [row.count for row in self.follow_up if row.known_kind is FollowUpKind.PEOPLE_TRAINED]
        found = {
            "people_trained_counted_sum": sum(count for count in trained if count is not None),
            "people_trained_uncounted_actors": trained.count(None),
        }
        return [
            (f"expected.{name}", f"the file expects {want}, its rows give {found[name]}")
            for name, want in expected.model_dump(include=set(found)).items()
            if want is not None and want != found[name]
        ]


def _sector_questions(build: PrintedBuild) -> list[tuple[str, str]]:
    if build.co_host_sectors and len(build.co_host_sectors) != len(build.cohosts):
        counts = f"{len(build.cohosts)} co-hosts but {len(build.co_host_sectors)} sectors"
        return [("co_host_sectors", f"{counts}: which belongs to which? None was loaded")]
    return []


def _words_alone(worded: Mapping[str, tuple[Qualifier | None, int | None]]) -> list[tuple[str, str]]:
    """Return a question for each word before a number that has no number."""
    text = "the word “{}” has no number beside it and was not kept"
    return [(field, text.format(word.value)) for field, (word, number) in worded.items() if word and number is None]


class PrintedYear(Row):
    id: Slug
    year: Year
    builds: Count | None = None
    us_states: Annotated[int, Field(ge=0, le=51, strict=True)] | None = None
    ca_provinces: Annotated[int, Field(ge=0, le=13, strict=True)] | None = None
    sessions: Count | None = None
    registered_total: Count | None = None
    sectors: list[Line] = []
    attendance_by_sector: BySector = {}
    sum_of_printed_sectors: Annotated[Count | None, Field(exclude=True)] = None  # a check too
    total_printed: Count | None = None
    total_qualifier: Qualifier | None = None
    notes: list[Text] = []
    source: list[Address] = []

    @property
    def scope(self) -> str | None:
        """Return what part of the programme the figures are about: "bus-casino" of "agg-2021-bus-casino", "" for all of it.

        None where the id does not say: such a row is taken for the whole year, and asked about.
        """
        found = re.fullmatch(rf"{own_id(self.year)}(?:-(?P<part>.+))?", self.id)
        return (found["part"] or "") if found else None

    @property
    def sector_values(self) -> dict[str, int]:
        """Return the sectors that have a printed number."""
        return {key: value for key, value in self.attendance_by_sector.items() if value is not None}

    def questions(self) -> list[Problem]:
        """Return what was loaded but should be looked at by a person."""
        asked = self.unknown_names()
        if self.scope is None:
            asked.append(
                ("id", f"the id is not agg-{self.year} or agg-{self.year}-PART: it was taken for the whole year")
            )
        asked += _words_alone({"total_qualifier": (self.total_qualifier, self.total_printed)})
        found = sum(self.sector_values.values())
        if self.sum_of_printed_sectors is not None and self.sum_of_printed_sectors != found:
            asked.append(
                ("sum_of_printed_sectors", f"the file says {self.sum_of_printed_sectors}, its sectors give {found}")
            )
        if (
            len(self.sector_values) == len(self.attendance_by_sector) > 0
            and self.total_printed == found
            and self.total_qualifier in {Qualifier.OVER, Qualifier.MORE_THAN}
        ):
            asked.append(
                (
                    "total_qualifier",
                    f"“{self.total_qualifier}” {found} is printed, but the parts sum to exactly {found}",
                )
            )
        return [Problem(row=self.id, field=field, text=text) for field, text in asked]
