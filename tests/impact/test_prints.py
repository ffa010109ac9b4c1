"""What several publications print of one year: all of it stands, with its source, its word and its note."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.cast import Member
from tests.impact.conftest import report_of
from tests.impact.test_pages import text_of
from tests.impact.test_paper import pdf_text
from tests.reference import build_row
from waywatch.builds.models import AttendanceCount, Build
from waywatch.impact.loading import load_annual
from waywatch.lib.actors import Actor, acting_as
from waywatch.lib.loading import Summary

Loader = Callable[[dict[str, Any]], None]
A, B, P = "https://example.org/a", "https://example.org/b", "https://example.org/p"
YEAR = {"id": "agg-2016", "year": 2016, "builds": 1, "source": [P]}


def fact(metric: str, value: int, source: str = A, **fields: str) -> dict[str, Any]:
    return {"period": "2016", "metric": metric, "value": value, "source": source, **fields}


def load_facts(*facts: dict[str, Any], **lists: Any) -> Summary:
    with acting_as(Actor.system("tests")):
        return load_annual({"facts": list(facts), **lists})


def printed_of(year: int) -> list[tuple[str, int | None, list[str]]]:
    return [(row["what"], row["value"], row["sources"]) for row in report_of(year)["printed"]]


def codes_of(year: int) -> list[str]:
    return [flag["code"] for flag in report_of(year)["flags"]]


def test_two_publications_that_disagree_on_a_sector_both_stand(owner_role: None, db: None) -> None:
    load_facts(fact("cb_trucking", 46, A), fact("cb_trucking", 64, B), fact("cb_casino", 11, B))
    assert printed_of(2016) == [("trucking", 46, [A]), ("trucking", 64, [B]), ("casino", 11, [B])]
    report = report_of(2016)
    assert report["attendance"]["by_sector"] == {"trucking": 46, "casino": 11}
    said = [flag["text"] for flag in report["flags"] if flag["code"] == "publications_disagree"]
    assert said == ["Publications disagree on Trucking companies: 46, 64."]


def test_a_sector_that_the_leading_print_does_not_name_stands_as_printed(
    builds_only: Loader, coordinator: Member
) -> None:
    second = {
        "id": "newsletter-2016",
        "year": 2016,
        "attendance_by_sector": {"energy": 7, "trucking": 41},
        "source": [B],
    }
    builds_only({"aggregates": [YEAR | {"attendance_by_sector": {"trucking": 40}}, second]})
    load_facts(fact("cb_casino", 11))
    assert printed_of(2016)[1:] == [
        ("trucking", 40, [P]),
        ("trucking", 41, [B]),
        ("energy", 7, [B]),
        ("casino", 11, [A]),
    ]
    assert report_of(2016)["attendance"]["by_sector"] == {"trucking": 40}
    assert "Casinos and gaming 2016 11" in text_of(coordinator.client, "/impact/2016/")


def test_a_print_without_a_single_number_does_not_lead(builds_only: Loader) -> None:
    builds_only({"aggregates": [YEAR | {"attendance_by_sector": {"trucking": None, "ngo": None}}]})
    load_facts(fact("cb_trucking", 46))
    assert report_of(2016)["attendance"]["by_sector"] == {"trucking": 46}


def test_a_named_sector_without_a_number_is_not_known_everywhere(
    builds_only: Loader, coordinator: Member, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sectors = {"trucking": 40, "ngo": None}
    builds_only(
        {"aggregates": [YEAR | {"total_printed": 40, "total_qualifier": "over", "attendance_by_sector": sectors}]}
    )
    assert report_of(2016)["attendance"] == {"total": 40, "by_sector": sectors}
    assert codes_of(2016) == ["builds_not_all_listed"]
    assert text_of(coordinator.client, "/impact/2016/").count("Non-profit organisations not known") == 1
    call_command("annual_report", 2016, pdf=tmp_path / "report.pdf")
    call_command("annual_report", 2016)
    assert "Non-profit organisations not known" in " ".join(pdf_text(tmp_path / "report.pdf").split())
    assert "Non-profit organisations  not known" in capsys.readouterr().out


def test_the_words_before_builds_and_states_stay_everywhere(
    builds_only: Loader, coordinator: Member, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"year": 2016, "attendance_total": 5}
    builds_only({"builds": [build_row(id="a-2016", **row), build_row(id="b-2016", **row)]})
    load_facts(
        fact("coalition_builds", 2, qualifier="at_least"),
        fact("cb_us_states", 1, qualifier="over"),
        fact("cb_ca_provinces", 3, qualifier="about"),
    )
    report = report_of(2016)
    assert report["builds"] == {"count": 2, "us_states": 1, "ca_provinces": 3}
    said = {key: report["qualifiers"][key] for key in report["builds"].keys() - {"count"} | {"builds"}}
    assert said == {"builds": "at_least", "us_states": "over", "ca_provinces": "about"}
    assert (report["attendance"]["total"], report["flags"]) == (None, [])
    page = text_of(coordinator.client, "/impact/2016/")
    assert [words in page for words in ("Builds at least 2", "US states over 1", "Canadian provinces about 3")] == [
        True
    ] * 3
    call_command("annual_report", 2016, pdf=tmp_path / "report.pdf")
    call_command("annual_report", 2016)
    for text in (pdf_text(tmp_path / "report.pdf"), capsys.readouterr().out):
        assert [words in text for words in ("at least 2", "over 1", "about 3")] == [True] * 3


@pytest.mark.parametrize("half_kept", [{"attendance_by_sector": {"trucking": 60}}, {"attendance_total": 100}])
def test_a_half_kept_list_at_the_door_takes_no_printed_number_s_place(
    builds_only: Loader, half_kept: dict[str, Any]
) -> None:
    builds_only({"builds": [build_row(id="mix-2016", year=2016, **half_kept)], "aggregates": [YEAR]})
    AttendanceCount.objects.create(build=Build.objects.get(), sector_id="energy", count=1)
    assert report_of(2016)["attendance"]["by_sector"] == {}


@pytest.mark.parametrize("said", [{}, {"attendance_total": 2, "attendance_by_sector": {"trucking": 1}}])
def test_a_whole_list_at_the_door_gives_the_sectors(builds_only: Loader, said: dict[str, Any]) -> None:
    builds_only({"builds": [build_row(id="mix-2016", year=2016, **said)], "aggregates": [YEAR]})
    AttendanceCount.objects.create(build=Build.objects.get(), sector_id="energy", count=2)
    assert report_of(2016)["attendance"] == {"total": 2, "by_sector": {"energy": 2}}


@pytest.mark.parametrize("turned", [False, True])
def test_the_row_with_the_year_s_own_id_counts_in_whatever_order_they_came(
    builds_only: Loader, *, turned: bool
) -> None:
    rows = [YEAR | {"builds": 5}, {"id": "2016-newsletter", "year": 2016, "builds": 7, "source": [B]}]
    for row in reversed(rows) if turned else rows:
        builds_only({"aggregates": [row]})
    assert (report_of(2016)["builds"]["count"], printed_of(2016)) == (5, [("builds", 5, [P]), ("builds", 7, [B])])


PLACES = [
    (("District of Columbia", "US"), (1, 0)),
    (("Puerto Rico", "US"), (0, 0)),
    (("Yukon", "CA"), (0, 1)),
    (("Ontario", "CA"), (0, 1)),
]


@pytest.mark.parametrize(("place", "counted"), PLACES)
def test_states_count_the_district_and_provinces_the_territories(
    builds_only: Loader, place: tuple[str, str], counted: tuple[int, int]
) -> None:
    region, country = place
    builds_only({"builds": [build_row(id="a-2016", year=2016, region=region, country=country)], "aggregates": [YEAR]})
    found = report_of(2016)["builds"]
    assert (found["us_states"], found["ca_provinces"]) == counted


def test_sectors_meet_in_the_directory_s_tree(builds_only: Loader) -> None:
    build = build_row(id="a-2016", year=2016, attendance_by_sector={"bus": 15, "transit": 10})
    builds_only(
        {"builds": [build], "aggregates": [YEAR | {"total_printed": 20, "attendance_by_sector": {"bus_transit": 20}}]}
    )
    assert codes_of(2016) == ["builds_exceed_year"]


def test_all_that_a_row_of_the_year_says_stands_in_the_json(builds_only: Loader) -> None:
    said = {
        "builds": 3, "us_states": 2, "ca_provinces": 1, "total_printed": 90, "total_qualifier": "about",
        "attendance_by_sector": {"casino": 50, "ngo": None}, "sessions": 2, "registered_total": 99,
        "sectors": ["casinos"], "notes": ["by letter"], "source": [P],
    }  # fmt: skip
    builds_only({"aggregates": [YEAR | said, {**said, "id": "agg-2016-bus-casino", "year": 2016}]})
    row = {
        "builds": 3, "us_states": 2, "ca_provinces": 1, "total": 90, "total_qualifier": "about",
        "by_sector": {"ngo": None, "casino": 50}, "sectors_printed": ["casinos"], "sessions": 2, "registered": 99,
        "notes": ["by letter"], "sources": [P],
    }  # fmt: skip
    report = report_of(2016)
    assert report["whole_programme"] == [row]
    assert report["parts_of_the_programme"] == [{"scope": "bus-casino", **row}]


def test_the_notes_of_the_year_stand_on_the_page_and_on_paper(
    builds_only: Loader, coordinator: Member, tmp_path: Path
) -> None:
    builds_only({"aggregates": [YEAR | {"notes": ["counted by letter"], "sectors": ["casinos", "tribal governments"]}]})
    call_command("annual_report", 2016, pdf=tmp_path / "report.pdf")
    paper = " ".join(pdf_text(tmp_path / "report.pdf").split())
    for text in (text_of(coordinator.client, "/impact/2016/"), paper):
        assert "The whole programme. Sectors, as printed: casinos, tribal governments" in text
        assert "The whole programme. counted by letter" in text


def test_the_note_of_a_figure_stands_wherever_the_figure_does(owner_role: None, coordinator: Member) -> None:
    load_facts(fact("coalition_builds", 3, note="by their count"), fact("presentations", 4, note="by ours"))
    report = report_of(2016)
    assert (report["printed"][0]["note"], report["also_published"][0]["note"]) == ("by their count", "by ours")
    page = text_of(coordinator.client, "/impact/2016/")
    assert ("by their count" in page, "by ours" in page) == (True, True)


def test_a_disagreement_of_a_year_without_a_report_is_asked_about(owner_role: None, db: None) -> None:
    odd = {"what": "totals of 2013 and 2014", "printed": "5 vs 6", "sources": [B]}
    summary = load_facts(printed_discrepancies=[odd])
    assert [(problem.field, problem.text) for problem in summary.questions] == [
        ("printed", "there is no report of 2013, 2014 yet: it is kept, but no page shows it")
    ]
    again = load_facts(fact("presentations", 1) | {"period": "2014"}, printed_discrepancies=[odd])
    assert again.questions == []


def test_the_published_yearly_file_raises_no_question(published: None) -> None:
    from tests.reference import annual_file

    with acting_as(Actor.system("tests")):
        assert load_annual(annual_file()).questions == []


def test_the_report_is_json_whatever_is_not_known(builds_only: Loader, capsys: pytest.CaptureFixture[str]) -> None:
    builds_only({"aggregates": [YEAR | {"attendance_by_sector": {"trucking": 1, "ngo": None}}]})
    call_command("annual_report", 2016, json=True)
    assert json.loads(capsys.readouterr().out)["attendance"]["by_sector"] == {"trucking": 1, "ngo": None}
