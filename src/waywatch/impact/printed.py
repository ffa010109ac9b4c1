"""The shape of a file of yearly figures (docs/reference/annual-file.md)."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from waywatch.lib.jsonfile import Label, Line, Problem, Row, Text, not_later

QUALIFIERS = ("exact", "over", "more_than", "at_least", "about", "up_to")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def _not_later(period: str, info: ValidationInfo) -> str:
    for year in years_in(period):
        not_later(year, info)
    return period


class PrintedFact(Row):
    period: Annotated[Label, Field(min_length=1), AfterValidator(_not_later)]
    metric: Annotated[str, Field(max_length=80, pattern=r"^[a-z][a-z0-9_]*$")]
    value: Annotated[int, Field(ge=0, le=10**12, strict=True)]
    qualifier: Annotated[str, Field(pattern=f"^({'|'.join(QUALIFIERS)})$")] | None = None
    note: Text | None = None
    source: Annotated[Text, Field(min_length=1, max_length=2000)]

    @property
    def name(self) -> str:
        """Return how messages name this row: it has no id of its own."""
        return f"{self.metric} of {self.period}"

    @property
    def years(self) -> tuple[int | None, int | None]:
        """Return the first and last year that the period names; (None, None) where it names none."""
        found = years_in(self.period)
        return (found[0], found[-1]) if found else (None, None)

    def questions(self) -> list[Problem]:
        """Return what was loaded but should be looked at."""
        asked = self.unknown_names()
        if self.years == (None, None):
            asked.append(("period", f"“{self.period}” names no year: the figure is kept, but no year's page shows it"))
        return [Problem(self.name, field, text) for field, text in asked]


class PrintedDiscrepancy(Row):
    what: Annotated[Line, Field(min_length=1)]
    printed: Annotated[Text, Field(min_length=1)]
    sources: Annotated[list[Annotated[Text, Field(min_length=1)]], Field(min_length=1)]

    @property
    def years(self) -> list[int]:
        """Return the years that the words name."""
        return sorted(set(years_in(f"{self.what} {self.printed}")))

    def questions(self, *, this_year: int) -> list[Problem]:
        """Return what was loaded but should be looked at. A number such as 2087 in these words may be a year, and may be none."""
        asked = self.unknown_names()
        text = "“{}” is read as a year, which has not come yet"
        asked += [("printed", text.format(year)) for year in self.years if year > this_year]
        return [Problem(self.what, field, text) for field, text in asked]


def years_in(words: str) -> list[int]:
    """Return the years that stand in `words`, in order of the calendar. "2017" in an address or a count of five digits is none."""
    return sorted(int(found) for found in YEAR.findall(words))
