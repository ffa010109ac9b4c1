"""The published files come out as they were printed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from tests.impact.conftest import report_of
from tests.reference import build_row, builds_file
from waywatch.impact.loading import load_annual
from waywatch.impact.models import Discrepancy, PublishedFact
from waywatch.lib.actors import Actor, acting_as

SEVEN = {
    "trucking": 128,
    "truck_stop": 68,
    "bus_transit": 20,
    "energy": 28,
    "law_enforcement": 227,
    "government": 77,
    "ngo": 9,
}


def test_2018_is_nine_builds_in_nine_states_and_557_by_seven_sectors(published: None) -> None:
    report = report_of(2018)
    assert (report["builds"]["count"], report["builds"]["us_states"], report["builds"]["ca_provinces"]) == (9, 9, 0)
    assert report["attendance"] == {"total": 557, "by_sector": SEVEN}
    assert report["qualifiers"] == {"attendance": "over", "by_sector": {}, "trained_after": None}
    assert report["trained_after"] == {"counted": None, "actors_without_count": 0}
    assert [flag["code"] for flag in report["flags"]] == ["qualifier_contradicts_sum", "build_equals_year"]
    assert "Pecos" in report["flags"][1]["text"]


def test_2018_comes_out_the_same_from_the_builds_file_alone(builds_only: Callable[[dict[str, Any]], None]) -> None:
    builds_only(builds_file())
    report = report_of(2018)
    assert report["attendance"] == {"total": 557, "by_sector": SEVEN}
    assert report["qualifiers"] == {"attendance": "over", "by_sector": {}, "trained_after": None}
    assert report["builds"]["count"] == 9


def test_2021_counts_a_hundred_people_and_one_actor_without_a_number(published: None) -> None:
    report = report_of(2021)
    assert report["trained_after"] == {"counted": 100, "actors_without_count": 1}
    assert (report["builds"]["count"], report["listed_builds"]["count"]) == (None, 1)
    assert [part["builds"] for part in report["parts_of_the_programme"]] == [3]


def test_2022_is_nine_states_and_two_provinces_and_an_unknown_number_of_builds(published: None) -> None:
    report = report_of(2022)
    assert (report["builds"]["count"], report["builds"]["us_states"], report["builds"]["ca_provinces"]) == (None, 9, 2)
    assert (report["attendance"]["total"], report["attendance"]["by_sector"]) == (None, {})


def test_2017_takes_its_figures_from_the_yearly_file(published: None) -> None:
    report = report_of(2017)
    assert (report["builds"]["count"], report["builds"]["us_states"]) == (8, 6)
    assert report["attendance"]["by_sector"] == {"trucking": 46, "truck_stop": 83, "law_enforcement": 281}
    assert report["attendance"]["total"] is None


def test_registrations_are_not_attendance(published: None) -> None:
    report = report_of(2020)
    assert report["attendance"]["total"] is None
    assert [part["registered"] for part in report["parts_of_the_programme"]] == [426]


def test_where_publications_disagree_both_are_shown_with_sources(published: None) -> None:
    assert Discrepancy.objects.count() == 7
    found = {row["what"]: row for row in report_of(2018)["disagreements"]}
    assert sorted(found) == [
        "2018 build total", "2018 cases", "2018 law-enforcement totals", "half-day or day-long", "population of the headline count",
    ]  # fmt: skip
    assert len(found["2018 cases"]["sources"]) == 2


def test_a_file_of_another_year_gives_a_report_of_that_year(builds_only: Callable[[dict[str, Any]], None]) -> None:
    year = {
        "id": "agg-2016",
        "year": 2016,
        "builds": 2,
        "attendance_by_sector": {"trucking": 10, "energy": 5},
        "total_printed": 15,
    }
    first = build_row(id="a-2016", year=2016, region="Ohio", attendance_by_sector={"energy": 5})
    builds_only(
        {"builds": [first, build_row(id="b-2016", year=2016, region="Ontario", country="CA")], "aggregates": [year]}
    )
    report = report_of(2016)
    assert (report["builds"]["count"], report["builds"]["us_states"], report["builds"]["ca_provinces"]) == (2, 1, 1)
    assert (report["attendance"]["total"], report["attendance"]["by_sector"]) == (15, {"trucking": 10, "energy": 5})


def test_every_print_stands_with_its_source(builds_only: Callable[[dict[str, Any]], None]) -> None:
    years = [
        {"id": "agg-2016", "year": 2016, "builds": 3, "attendance_by_sector": {"energy": 5}, "source": ["one"]},
        {
            "id": "tat-2016-bus",
            "year": 2016,
            "builds": 4,
            "attendance_by_sector": {"energy": 6, "ngo": 2},
            "source": ["two"],
        },
    ]
    builds_only({"aggregates": years})
    report = report_of(2016)
    said = [(row["what"], row["value"], row["source"]) for row in report["printed"]]
    assert said == [("builds", 3, "one"), ("builds", 4, "two"), ("energy", 5, "one"), ("energy", 6, "two")]
    assert report["attendance"]["by_sector"] == {"energy": 5}
    assert [flag["code"] for flag in report["flags"]].count("publications_disagree") == 2


def test_words_before_numbers_stay_and_nobody_is_counted_twice(builds_only: Callable[[dict[str, Any]], None]) -> None:
    from waywatch.builds.models import Build, FollowUp

    trained = {"actor": "A carrier", "kind": "people_trained", "count": 500, "qualifier": "more_than"}
    builds_only({"builds": [build_row(id="a-2016", year=2016, follow_up=[trained])]})
    again = {"actor_name": "a CARRIER", "kind": "people_trained", "count": 500, "provenance": "reported"}
    FollowUp.objects.create(build=Build.objects.get(), **again)
    report = report_of(2016)
    assert report["trained_after"] == {"counted": 500, "actors_without_count": 0}
    assert report["qualifiers"]["trained_after"] == "at_least"


FACT = {"period": "2016", "metric": "presentations", "value": 3, "source": "https://example.org/a"}
BAD: list[tuple[dict[str, Any], str]] = [
    ({"value": "3"}, "value"),
    ({"value": -1}, "value"),
    ({"value": None}, "value"),
    ({"metric": "Bad Metric"}, "metric"),
    ({"qualifier": "roughly"}, "qualifier"),
    ({"source": ""}, "source"),
    ({"period": "x" * 500}, "period"),
    ({"note": "a\u202eb"}, "note"),
]


@pytest.mark.parametrize(("changes", "field"), BAD)
def test_a_bad_fact_names_its_field_and_stops_nothing(
    owner_role: None, db: None, changes: dict[str, Any], field: str
) -> None:
    with acting_as(Actor.system("tests")):
        summary = load_annual({"facts": [FACT | changes, FACT | {"metric": "next"}]})
    assert [problem.field for problem in summary.refused] == [field]
    assert list(PublishedFact.objects.values_list("metric", flat=True)) == ["next"]


def test_prints_on_two_pages_of_one_book_are_two_figures(owner_role: None, db: None) -> None:
    book = "https://example.org/" + "a-long-folder/" * 6
    facts = [FACT | {"source": f"{book}page4.html"}, FACT | {"source": f"{book}page9.html", "value": 4}]
    with acting_as(Actor.system("tests")):
        summary = load_annual({"facts": facts})
    assert (summary.created, summary.refused) == (2, [])


def test_a_discrepancy_or_a_figure_named_twice_counts_once_and_stays(owner_role: None, db: None) -> None:
    odd = {"what": "a", "printed": "1 vs 2", "sources": ["x"]}
    data = {
        "facts": [FACT, FACT | {"period": "2016 ", "value": 9}],
        "printed_discrepancies": [odd, odd | {"printed": "3 vs 4"}],
    }
    with acting_as(Actor.system("tests")):
        first, again = load_annual(data), load_annual(data)
    assert (first.created, first.refused_rows, again.unchanged, again.changed) == (2, 2, 2, 0)


def test_loading_the_yearly_file_twice_changes_nothing(published: None) -> None:
    from tests.reference import annual_file

    with acting_as(Actor.system("tests")):
        again = load_annual(annual_file())
        changed = load_annual({"facts": [annual_file()["facts"][0] | {"value": 126}]})
    assert (again.created, again.changed, again.unchanged, again.refused) == (0, 0, 118, [])
    assert (changed.created, changed.changed) == (0, 1)


def test_the_command_prints_json(published: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("annual_report", 2018, json=True)
    report = json.loads(capsys.readouterr().out)
    assert (report["year"], report["attendance"]["total"]) == (2018, 557)


def test_the_command_says_which_years_there_are(published: None) -> None:
    with pytest.raises(CommandError, match=r"Nothing is known of 1999\. Years with a report: 2024, 2023, 2022"):
        call_command("annual_report", 1999)


@pytest.mark.parametrize(("language", "title"), [("en", "Coalition Builds in 2018"), ("fr", None), ("es", None)])
@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_the_pdf_is_tagged_and_in_the_language(
    published: None, tmp_path: Path, language: str, title: str | None, paper: str
) -> None:
    file = tmp_path / "report.pdf"
    call_command("annual_report", 2018, pdf=file, paper=paper, lang=language)
    pdf = PdfReader(file)
    root: Any = pdf.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"], round(float(pdf.pages[0].mediabox.width))) == (
        True,
        language,
        {"letter": 612, "a4": 595}[paper],
    )
    text = "\n".join(page.extract_text() for page in pdf.pages)
    assert "557" in text
    assert title is None or title in text


def test_a_pdf_that_cannot_be_written_says_so(published: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("annual_report", 2018, pdf=tmp_path / "no" / "report.pdf")
