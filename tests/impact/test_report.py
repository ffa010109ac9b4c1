"""The published files come out as they were printed."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from tests.impact.conftest import report_of
from tests.reference import build_row, builds_file
from waywatch.impact import queries, wording
from waywatch.impact.loading import load_annual
from waywatch.impact.models import Discrepancy, PublishedFact
from waywatch.lib import clock
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
WORDS_2018: dict[str, Any] = {
    "builds": None,
    "us_states": None,
    "ca_provinces": None,
    "attendance": "over",
    "by_sector": {},
    "trained_after": None,
}


def test_2018_is_nine_builds_in_nine_states_and_557_by_seven_sectors(published: None) -> None:
    report = report_of(2018)
    assert (report["builds"]["count"], report["builds"]["us_states"], report["builds"]["ca_provinces"]) == (9, 9, 0)
    assert report["attendance"] == {"total": 557, "by_sector": SEVEN}
    assert report["qualifiers"] == WORDS_2018
    assert report["trained_after"] == {"counted": None, "actors_without_count": 0}
    assert [flag["code"] for flag in report["flags"]] == ["qualifier_contradicts_sum", "build_equals_year"]
    assert "Pecos" in report["flags"][1]["text"]


def test_2018_comes_out_the_same_from_the_builds_file_alone(builds_only: Callable[[dict[str, Any]], None]) -> None:
    builds_only(builds_file())
    report = report_of(2018)
    assert report["attendance"] == {"total": 557, "by_sector": SEVEN}
    assert report["qualifiers"] == WORDS_2018
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
    assert said == [
        ("builds", 3, "one"), ("builds", 4, "two"), ("energy", 5, "one"), ("energy", 6, "two"), ("ngo", 2, "two"),
    ]  # fmt: skip
    assert report["attendance"]["by_sector"] == {"energy": 5}
    assert [flag["code"] for flag in report["flags"]].count("publications_disagree") == 2


def test_a_printed_figure_keeps_every_page_of_its_print(builds_only: Callable[[dict[str, Any]], None]) -> None:
    pages = ["https://example.org/page16", "https://example.org/page4"]
    year = {"id": "agg-2016", "year": 2016, "builds": 3, "total_printed": 5, "attendance_by_sector": {"energy": 5}}
    builds_only({"aggregates": [year | {"source": pages}]})
    with acting_as(Actor.system("tests")):
        load_annual({"facts": [FACT | {"metric": "coalition_builds"}, FACT | {"metric": "cb_energy", "value": 5}]})
        report = queries.report(2016)
        rows = wording.printed_rows(report)
    said = [(row["what"], row["source"], row["sources"]) for row in report_of(2016)["printed"]]
    alone = [FACT["source"]]
    assert said == [
        ("builds", pages[0], pages), ("builds", alone[0], alone), ("total", pages[0], pages),
        ("energy", pages[0], pages), ("energy", alone[0], alone),
    ]  # fmt: skip
    assert [row.sources for row in rows] == [tuple(sources) for _, _, sources in said]


def test_a_printed_figure_without_a_page_names_none(builds_only: Callable[[dict[str, Any]], None]) -> None:
    builds_only({"aggregates": [{"id": "agg-2016", "year": 2016, "builds": 3}]})
    (row,) = report_of(2016)["printed"]
    assert (row["source"], row["sources"]) == ("", [])


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
    ({"period": "2087"}, "period"),
    ({"period": "2016..2087"}, "period"),
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


def test_a_figure_of_this_year_is_loaded_and_one_of_the_next_says_which_year_it_is(
    owner_role: None, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 12, 31))
    with acting_as(Actor.system("tests")):
        summary = load_annual({"facts": [FACT | {"period": "2026"}, FACT | {"period": "2016..2027"}]})
    assert (summary.created, summary.refused_rows) == (1, 1)
    assert str(summary.refused[0]) == (
        "facts row 2 (presentations of 2016..2027): period: the year 2027 has not come yet (it is 2026) "
        '(found "2016..2027"). Correct the row and load the file again.'
    )


def test_a_disagreement_that_seems_to_name_a_year_to_come_is_loaded_and_asked_about(owner_role: None, db: None) -> None:
    odd = {"what": "2016 calls", "printed": "1,990 vs 2087", "sources": ["x"]}
    with acting_as(Actor.system("tests")):
        summary = load_annual({"facts": [FACT], "printed_discrepancies": [odd]})
    assert (summary.created, [(problem.field, problem.text) for problem in summary.questions]) == (
        2,
        [("printed", "“2087” is read as a year, which has not come yet")],
    )


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


TEXT_2018 = """\
Coalition Builds in 2018
Builds                      9
US states                   9
Canadian provinces          0
People who came             over 557
People trained afterwards   not known
Builds known by themselves  9

Who came, by sector
  Trucking companies             128
  Truck stops and travel plazas  68
  Bus and public transit         20
  Energy companies               28
  Law enforcement                227
  Government agencies            77
  Non-profit organisations       9

What followed
  New Mexico Trucking Association: invited to present (1). Albuquerque
  NM AG Human Trafficking Task Force: calls received. Albuquerque
  Texas OAG: law-enforcement training. Pecos

About these figures
  “over 557” was printed, while the 7 sectors sum to exactly 557.
  Pecos alone had 28 people of “Energy companies”, as many as were printed for the whole year: they are the same people, counted once.
"""


def test_the_command_prints_the_report_as_text(published: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("annual_report", 2018)
    assert capsys.readouterr().out == TEXT_2018


def test_the_text_speaks_the_language_that_was_asked_for(published: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("annual_report", 2018, lang="fr")
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[4] == "Personnes venues au-delà de 557"


def test_the_text_keeps_the_word_of_a_sum(
    builds_only: Callable[[dict[str, Any]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    trained = {"actor": "A carrier", "kind": "people_trained", "count": 1500, "qualifier": "over"}
    builds_only({"builds": [build_row(follow_up=[trained])]})
    call_command("annual_report", 2019)
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[5] == "People trained afterwards at least 1,500"
    assert "A carrier: people trained (over 1,500). Tulsa" in lines


def test_the_text_says_what_is_not_known(
    builds_only: Callable[[dict[str, Any]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    builds_only({"aggregates": [{"id": "agg-2016", "year": 2016, "builds": 0}]})
    call_command("annual_report", 2016)
    assert capsys.readouterr().out.splitlines()[7:] == [
        "",
        "Who came, by sector",
        "  Attendance by sector was not printed for this year.",
        "",
        "What followed",
        "  No follow-up of a single build of this year is known.",
    ]


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


def pdf_of(year: int, folder: Path) -> PdfReader:
    call_command("annual_report", year, pdf=folder / "report.pdf")
    return PdfReader(folder / "report.pdf")


def lines_of(pdf: PdfReader, start: str, end: str) -> list[str]:
    """Return the lines between two headings, without those that a new page brings."""
    lines = [line.strip() for page in pdf.pages for line in page.extract_text().splitlines()]
    found = lines[lines.index(start) + 1 : lines.index(end)]
    return [line for line in found if line != "What Period Number Source" and not line.startswith("Annual report ")]


def test_the_pdf_of_2018_says_what_followed_and_leads_to_the_builds(published: None, tmp_path: Path) -> None:
    pdf = pdf_of(2018, tmp_path)
    assert lines_of(pdf, "What followed", "What was said") == [
        "• New Mexico Trucking Association: invited to present (1). Albuquerque",
        "invited TAT and the Freedom Drivers Project to its annual conference",
        "• NM AG Human Trafficking Task Force: calls received. Albuquerque",
        "several calls from professionals affected by the speakers",
        "• Texas OAG: law-enforcement training. Pecos",
        "two additional days training law enforcement and prosecutors",
    ]
    actions = [note.get_object().get("/A", {}) for page in pdf.pages for note in page.get("/Annots", [])]
    addresses = [action["/URI"] for action in actions if "/URI" in action]
    assert [address for address in addresses if "/builds/" in address] == [
        "http://localhost:8000/builds/albuquerque-2018/",
        "http://localhost:8000/builds/albuquerque-2018/",
        "http://localhost:8000/builds/pecos-2018/",
    ]


@pytest.mark.parametrize("year", [2018, 2021])
def test_the_pdf_prints_every_row_that_the_page_prints(published: None, tmp_path: Path, year: int) -> None:
    with acting_as(Actor.system("tests")):
        report = queries.report(year)
        rows = wording.printed_rows(report)
    numbers = {source: str(number) for number, source in enumerate(report.sources, start=1)}
    expected = [f"{row.what} {row.period} {row.number} {', '.join(map(numbers.get, row.sources))}" for row in rows]
    assert lines_of(pdf_of(year, tmp_path), "As printed", "Notes of whoever collected the figures") == expected


PARTS = [
    (2020, "Bus companies and casinos 2020 2 sessions, 426 registered 1"),
    (2021, "Bus companies and casinos 2021 3 builds 1"),
]


@pytest.mark.parametrize(("year", "line"), PARTS)
def test_the_pdf_keeps_the_parts_of_the_programme(published: None, tmp_path: Path, year: int, line: str) -> None:
    assert lines_of(pdf_of(year, tmp_path), "As printed", "Where publications disagree").count(line) == 1


def test_the_pdf_names_the_sources_of_each_disagreement_dated_or_not(
    builds_only: Callable[[dict[str, Any]], None], tmp_path: Path
) -> None:
    builds_only({"aggregates": [{"id": "agg-2016", "year": 2016, "builds": 3, "source": ["https://example.org/a"]}]})
    odd = [
        {"what": "always so", "printed": "half-day, day-long", "sources": ["https://example.org/c", "A book"]},
        {"what": "builds of 2016", "printed": "3, 4", "sources": ["https://example.org/b", "https://example.org/a"]},
    ]
    with acting_as(Actor.system("tests")):
        load_annual({"printed_discrepancies": odd})
    pdf = pdf_of(2016, tmp_path)
    assert lines_of(pdf, "Where publications disagree", "Sources") == [
        "always so. half-day, day-long", "Sources: 2, 3", "builds of 2016. 3, 4", "Sources: 1, 4",
    ]  # fmt: skip
    text = "\n".join(page.extract_text() for page in pdf.pages)
    addresses = ["https://example.org/a", "https://example.org/c", "A book", "https://example.org/b"]
    assert all(f"{number}. {address}" in text for number, address in enumerate(addresses, start=1))
    assert report_of(2016)["sources"] == addresses


def test_what_is_too_long_for_paper_says_so_and_where_all_of_it_stands(
    builds_only: Callable[[dict[str, Any]], None], tmp_path: Path
) -> None:
    acts = [{"actor": f"Carrier {number:02}", "kind": "people_trained", "count": 1} for number in range(60)]
    builds_only({"builds": [build_row(follow_up=acts)]})
    lines = lines_of(pdf_of(2019, tmp_path), "What followed", "Stories")
    assert (len(lines), lines[49]) == (51, "• Carrier 49: people trained (1). Tulsa")
    assert lines[50] == "50 of 60 are shown. http://localhost:8000/impact/2019/followed/"


def test_figures_of_a_part_of_the_programme_keep_every_number(builds_only: Callable[[dict[str, Any]], None]) -> None:
    part = {
        "id": "agg-2016-bus-casino", "year": 2016, "builds": 1, "us_states": 2, "ca_provinces": 1, "sessions": 2,
        "registered_total": 1426, "total_printed": 30, "total_qualifier": "over", "attendance_by_sector": {"bus": 12},
    }  # fmt: skip
    whole = {"id": "agg-2016", "year": 2016, "builds": 4, "sessions": 1}
    builds_only({"aggregates": [part, whole]})
    with acting_as(Actor.system("tests")):
        rows = wording.printed_rows(queries.report(2016))
    assert [(row.anchor, row.what, row.number) for row in rows] == [
        ("builds", "builds", "4"),
        ("", "The whole programme", "1 session"),
        (
            "",
            "Bus companies and casinos",
            "1 build, 2 US states, 1 Canadian province, over 30 people came, Bus companies: 12, 2 sessions, 1,426 registered",
        ),
    ]
