"""Any JSON at all: a row is either understood or refused with sentences, never a trace."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.reference import build_row, builds_file
from waywatch.builds.printed import PrintedBuild, PrintedYear
from waywatch.lib.jsonfile import problems_of
from waywatch.lib.loading import digest_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(list(PrintedBuild.model_fields))
YEAR_FIELDS = st.sampled_from(list(PrintedYear.model_fields))
CONTEXT = {"this_year": 2026}


@settings(max_examples=300, deadline=None)
@given(changes=st.dictionaries(FIELDS | st.text(max_size=10), JSON, max_size=4))
def test_any_build_is_understood_or_refused_with_sentences(changes: dict[str, object]) -> None:
    try:
        printed = PrintedBuild.model_validate(build_row() | changes, context=CONTEXT)
    except ValidationError as error:
        problems = problems_of(error, "row")
        assert problems
        assert all(problem.field and 0 < len(problem.text) < 1000 for problem in problems)
    else:
        assert all(question.text for question in printed.questions())
        assert digest_of(printed) == digest_of(printed)


@settings(max_examples=200, deadline=None)
@given(changes=st.dictionaries(YEAR_FIELDS, JSON, max_size=4))
def test_any_year_is_understood_or_refused_with_sentences(changes: dict[str, object]) -> None:
    try:
        printed = PrintedYear.model_validate({"id": "agg-2018", "year": 2018} | changes, context=CONTEXT)
    except ValidationError as error:
        found = problems_of(error, "row")
        if not found:
            pytest.fail("a refusal without a sentence")
    else:
        assert all(value >= 0 for value in printed.sector_values.values())
        assert all(question.text for question in printed.questions())


def test_a_row_means_the_same_whatever_the_order_of_its_names() -> None:
    row = builds_file()["builds"][0]
    turned = dict(reversed(row.items()))
    assert digest_of(PrintedBuild.model_validate(row, context=CONTEXT)) == digest_of(
        PrintedBuild.model_validate(turned, context=CONTEXT)
    )


def test_the_scope_of_a_year_stands_in_its_id() -> None:
    scopes = [PrintedYear.model_validate(row, context=CONTEXT).scope for row in builds_file()["aggregates"]]
    assert scopes == ["", "bus-casino", "bus-casino", ""]
    assert PrintedYear.model_validate({"id": "tat-2016", "year": 2016}, context=CONTEXT).scope is None
