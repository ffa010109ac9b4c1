"""The shape of a file of published builds (docs/reference/builds-file.md): what a row may hold, and what is only asked about.

A row that does not fit is refused whole, with its id and field. What fits but looks odd is loaded and asked about.
"""

import datetime as dt
import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic.functional_validators import AfterValidator, BeforeValidator

from waywatch.builds.vocabulary import FollowUpKind, Mode, Qualifier
from waywatch.directory.api import name_key
from waywatch.lib.jsonfile import Label, Line, Problem, Row, Slug, Text, not_later

Count = Annotated[int, Field(ge=0, le=10_000_000, strict=True)]
Key = Annotated[str, Field(max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
Address = Annotated[Text, Field(min_length=1, max_length=2000)]


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


class PrintedSurvey(Row):
    when: Label | None = None
    metric: Line
    value: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False, strict=True)] | None = None
    unit: Annotated[Label, Field(max_length=40)] | None = None
    respondents: Count | None = None
    printed: Text | None = None

    @model_validator(mode="after")
    def _percent_in_range(self) -> Self:
        if self.unit == "percent_of_respondents" and self.value is not None and self.value > 100:  # noqa: PLR2004 - per cent
            raise ValueError("a per cent value is larger than 100")
        return self


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
    cohosts: list[Annotated[Line, AfterValidator(_nameable)]] = []
    co_host_sectors: list[Key | None] = []
    invited: list[Line] = []
    presenters: list[Line] = []
    attendance_total: Count | None = None
    attendance_qualifier: Qualifier | None = None
    attendance_by_sector: dict[Key, Count | None] = {}
    survey: list[PrintedSurvey] = []
    follow_up: list[PrintedFollowUp] = []
    quotes_paraphrase: list[Text] = []
    is_called_coalition_build: Annotated[bool, Field(strict=True)] | None = None
    notes: list[Text] = []
    source: list[Address] = []
    states_covered: list[Label] = []
    expected: Expected | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.date and self.date.year != self.year:
            raise ValueError(f"the date {self.date} is not in the year {self.year}")
        if self.start and self.end and self.end <= self.start:
            raise ValueError("the end is not after the start")
        if len({name_key(name) for name in self.cohosts}) != len(self.cohosts):
            raise ValueError("a co-host is named twice")
        return self

    def questions(self) -> list[Problem]:
        """Return what was loaded but should be looked at by a person."""
        asked = self.unknown_names()
        for part in (*self.survey, *self.follow_up):
            asked += part.unknown_names()
        asked += _sector_questions(self)
        asked += [
            (f"follow_up[{i}].kind", f"“{row.kind}” is a new word; it was loaded as “other” with the word kept")
            for i, row in enumerate(self.follow_up)
            if row.kind not in FollowUpKind.values
        ]
        if not self.source:
            asked.append(("source", "no source is named: a published figure should say where it was printed"))
        asked += self._sum_questions()
        return [Problem(row=self.id, field=field, text=text) for field, text in asked]

    def _sum_questions(self) -> list[tuple[str, str]]:
        asked: list[tuple[str, str]] = []
        known = [value for value in self.attendance_by_sector.values() if value is not None]
        if self.attendance_total is not None and sum(known) > self.attendance_total:
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


class PrintedYear(Row):
    id: Slug
    year: Year
    builds: Count | None = None
    us_states: Annotated[int, Field(ge=0, le=51, strict=True)] | None = None
    ca_provinces: Annotated[int, Field(ge=0, le=13, strict=True)] | None = None
    sessions: Count | None = None
    registered_total: Count | None = None
    sectors: list[Line] = []
    attendance_by_sector: dict[Key, Count | None] = {}
    sum_of_printed_sectors: Count | None = None
    total_printed: Count | None = None
    total_qualifier: Qualifier | None = None
    notes: list[Text] = []
    source: list[Address] = []

    @property
    def scope(self) -> str | None:
        """Return what part of the programme the figures are about: "bus-casino" of "agg-2021-bus-casino", "" for all of it.

        None where the id does not say: such a row is taken for the whole year, and asked about.
        """
        found = re.fullmatch(rf"agg-{self.year}(?:-(?P<part>.+))?", self.id)
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
        found = sum(self.sector_values.values())
        if self.sum_of_printed_sectors is not None and self.sum_of_printed_sectors != found:
            asked.append(
                ("sum_of_printed_sectors", f"the file says {self.sum_of_printed_sectors}, its sectors give {found}")
            )
        if (
            self.sector_values
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
