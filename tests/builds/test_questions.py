"""What a file of builds says oddly: asked about, or refused with the name of the field and words that can be acted on."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.builds.conftest import Loader, row
from tests.reference import build_row, builds_file
from waywatch.builds.models import Build, FollowUp, YearFigures
from waywatch.lib.jsonfile import read_object

ALONE = "the word “about” has no number beside it and was not kept"


def test_a_word_without_a_number_is_asked_about(load: Loader) -> None:
    acts = [
        {"actor": "A", "kind": "people_trained", "count": 12, "qualifier": "over"},
        {"actor": "B", "kind": "people_trained", "qualifier": "about"},
    ]
    year = {"id": "agg-2019", "year": 2019, "total_qualifier": "about"}
    summary = load(row(attendance_qualifier="about", follow_up=acts) | {"aggregates": [year | {"source": ["a"]}]})
    assert [(question.row, question.field, question.text) for question in summary.questions] == [
        ("tulsa-2019", "attendance_qualifier", ALONE),
        ("tulsa-2019", "follow_up[1].qualifier", ALONE),
        ("agg-2019", "total_qualifier", ALONE),
    ]
    assert list(FollowUp.objects.values_list("qualifier", flat=True)) == ["over", ""]
    assert YearFigures.objects.get().total_qualifier == ""


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_rows_of_a_year_the_message_says_which_counts(load: Loader, first: int) -> None:
    rows = [{"id": name, "year": 2016, "builds": 3} for name in ("agg-2016", "2016-newsletter")]
    load({"aggregates": [rows[first]]})
    summary = load({"aggregates": [rows[1 - first]]})
    said = [question.text for question in summary.questions if question.field == "year"]
    assert said == ["the year has other figures of the whole programme; all are shown, and those of “agg-2016” count"]


FIELDS: list[tuple[dict[str, Any], str]] = [
    (
        {"follow_up": [{"actor": "A", "kind": "other"}, {"actor": "B", "kind": "other", "sector": "nope"}]},
        "follow_up[1].sector",
    ),
    ({"cohosts": ["A", "B"], "co_host_sectors": [None, "nope"]}, "co_host_sectors[1]"),
    ({"states_covered": ["Texas", "Ontario"]}, "states_covered[1]"),
    ({"attendance_by_sector": {"energy": 1, "nope": None}}, "attendance_by_sector.nope"),
]


@pytest.mark.parametrize(("changes", "field"), FIELDS)
def test_what_does_not_exist_is_named_by_its_place(load: Loader, changes: dict[str, Any], field: str) -> None:
    assert [problem.field for problem in load(row(**changes)).refused] == [field]


SENTENCES = [
    ({"cohosts": ["Acme", "ACME"]}, "cohosts: the co-host “ACME” is named twice. Correct"),
    ({"region": {"name": "Texas"}}, "region: Input should be a valid string (found an object). Correct"),
    ({"region": None}, "region: Field required. Correct"),
    ({"survey": [7]}, "survey[0]: this must be an object (found 7). Correct"),
]


@pytest.mark.parametrize(("changes", "says"), SENTENCES)
def test_a_refusal_says_what_was_found_and_never_null_for_an_object(
    load: Loader, changes: dict[str, Any], says: str
) -> None:
    (problem,) = load(row(**changes)).refused
    assert str(problem).startswith(f"tulsa-2019: {says}")


@pytest.mark.parametrize("value", [33.335, 0.004, 999999.999])
def test_a_survey_value_that_would_be_rounded_is_refused(load: Loader, value: float) -> None:
    (problem,) = load(row(survey=[{"metric": "m", "value": value}])).refused
    assert (problem.field, problem.text.split(";")[0]) == (
        "survey[0].value",
        "at most two digits after the point are kept",
    )


def in_a_file(folder: Path, rows: str) -> Path:
    file = folder / "builds.json"
    file.write_text(f'{{"builds": [{rows}, {json.dumps(build_row(id="next-2019"))}]}}')
    return file


def text_of(**changes: Any) -> str:
    return json.dumps(build_row(**changes))


def test_a_number_of_five_thousand_digits_costs_its_own_row_only(
    owner_role: None, db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = in_a_file(tmp_path, text_of(attendance_total=7).replace(" 7", " " + "9" * 5000))
    with pytest.raises(CommandError, match="Rows left out: 1"):
        call_command("load_builds", file, quiet=True)
    assert capsys.readouterr().out.splitlines()[0] == (
        "left out: tulsa-2019: attendance_total: Input should be a valid integer (found a number of 5,000 digits). "
        "Correct the row and load the file again."
    )
    assert list(Build.objects.values_list("slug", flat=True)) == ["next-2019"]


def test_a_sector_that_stands_twice_is_refused_with_its_name(load: Loader, tmp_path: Path) -> None:
    twice = text_of(attendance_by_sector={"energy": 1}).replace('"energy": 1', '"energy": 1, "energy": 2')
    (problem,) = load(read_object(in_a_file(tmp_path, twice))).refused
    assert str(problem) == (
        "tulsa-2019: attendance_by_sector: the name “energy” stands twice. Correct the row and load the file again."
    )
    assert list(Build.objects.values_list("slug", flat=True)) == ["next-2019"]


NOTHING: list[dict[str, Any]] = [
    {"attendance_by_sector": {"energy": 5, "ngo": None}},
    {"notes": [], "venue": "", "cohosts": None},
    {"expected": {"people_trained_counted_sum": 0}},
]


@pytest.mark.parametrize("said", NOTHING)
def test_what_says_nothing_changes_nothing(load: Loader, said: dict[str, Any]) -> None:
    load(row(attendance_by_sector={"energy": 5}))
    again = load(row(**{"attendance_by_sector": {"energy": 5}, **said}))
    assert (again.unchanged, again.changed) == (1, 0)


def test_a_sector_that_a_year_names_without_a_number_is_a_change(load: Loader) -> None:
    year = {"id": "agg-2019", "year": 2019, "attendance_by_sector": {"energy": 5}}
    load({"aggregates": [year]})
    assert load({"aggregates": [year | {"attendance_by_sector": {"energy": 5, "ngo": None}}]}).changed == 1


def test_the_published_file_raises_one_question(load: Loader) -> None:
    assert [question.row for question in load(builds_file()).questions] == ["agg-2018"]


YEARS: list[tuple[dict[str, Any], list[str]]] = [
    ({"attendance_by_sector": {"energy": 40}}, ["total_qualifier"]),
    ({"attendance_by_sector": {"energy": 40, "ngo": None}}, []),
    ({"attendance_by_sector": {"energy": 30}}, []),
]


@pytest.mark.parametrize(("said", "asked"), YEARS)
def test_over_a_total_is_odd_only_where_every_sector_has_a_number(
    load: Loader, said: dict[str, Any], asked: list[str]
) -> None:
    year = {"id": "agg-2019", "year": 2019, "total_printed": 40, "total_qualifier": "over", "source": ["a"]}
    assert [question.field for question in load({"aggregates": [year | said]}).questions] == asked


@pytest.mark.parametrize(
    ("qualifier", "asked"), [(None, ["attendance_total"]), ("up_to", ["attendance_total"]), ("over", [])]
)
def test_sectors_above_a_total_are_odd_unless_the_total_may_be_more(
    load: Loader, qualifier: str | None, asked: list[str]
) -> None:
    said = {"attendance_total": 40, "attendance_qualifier": qualifier, "attendance_by_sector": {"energy": 45}}
    assert [question.field for question in load(row(**said)).questions] == asked
