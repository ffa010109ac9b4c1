"""Files of published builds: what is loaded, what is asked, what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.builds.conftest import Loader, row
from tests.reference import BUILDS, build_row, builds_file
from waywatch.builds.models import AttendanceFigure, Build, CoHost, FollowUp, YearFigures
from waywatch.lib.actors import Actor, acting_as


def test_the_published_file_loads_whole_and_again_changes_nothing(load: Loader) -> None:
    first = load(builds_file())
    assert (first.created, first.changed, first.unchanged, first.refused) == (30, 0, 0, [])
    assert [question.row for question in first.questions] == ["agg-2018"]
    again = load(builds_file())
    assert (again.created, again.changed, again.unchanged) == (0, 0, 30)
    assert (Build.objects.count(), YearFigures.objects.count()) == (26, 4)


def test_an_unknown_stays_unknown_and_a_word_stays(load: Loader) -> None:
    load(builds_file())
    boise = Build.objects.get(slug="boise-2021")
    figures = AttendanceFigure.objects.filter(build=boise)
    assert [(figure.sector_id, figure.value, figure.qualifier, figure.provenance) for figure in figures] == [
        (None, 100, "over", "published")
    ]
    counts = list(FollowUp.objects.filter(build=boise, kind="people_trained").values_list("actor_name", "count"))
    assert counts == [("Handy Truck Lines", None), ("Kuna School District", 70), ("Treasure Valley Transit", 30)]
    assert not AttendanceFigure.objects.filter(build__slug="el-paso-2017").exists()


def test_a_build_covers_states_it_was_not_held_in(load: Loader) -> None:
    load(builds_file())
    hanover = Build.objects.get(slug="hanover-md-2019")
    assert sorted(hanover.also_covers.values_list("code", flat=True)) == ["US-DC", "US-DE", "US-VA"]
    unnamed = CoHost.objects.get(build=hanover, name="three national associations (unnamed)")
    assert unnamed.organisation_id is None


def test_a_cohost_named_after_its_state_is_at_home_there_and_others_are_national(load: Loader) -> None:
    from waywatch.directory.models import Organisation

    load(builds_file())
    with acting_as(Actor.system("tests")):
        homes = dict(Organisation.objects.values_list("name", "region_id"))
    assert (homes["Idaho Trucking Association"], homes["ConocoPhillips"]) == ("US-ID", None)


def test_a_changed_row_replaces_what_was_printed_and_keeps_the_build(load: Loader) -> None:
    load(row(attendance_total=40, cohosts=["A", "B"]))
    before = Build.objects.get()
    summary = load(row(attendance_total=41, cohosts=["B"]))
    assert (summary.changed, summary.created) == (1, 0)
    assert Build.objects.get().pk == before.pk
    assert [figure.value for figure in AttendanceFigure.objects.all()] == [41]
    assert [host.name for host in CoHost.objects.all()] == ["B"]


def test_a_build_changed_here_is_not_overwritten_but_asked_about(load: Loader) -> None:
    load(row(venue="Old hall"))
    Build.objects.update(venue="Corrected hall", edited_here=True)
    summary = load(row(venue="New hall"))
    assert (summary.changed, summary.unchanged) == (0, 1)
    assert [(question.row, question.field) for question in summary.questions] == [("tulsa-2019", "row")]
    assert Build.objects.get().venue == "Corrected hall"


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("year as text", {"year": "2018"}, "year"),
    ("future year", {"year": 2999}, "year"),
    ("year as truth", {"year": True}, "year"),
    ("unknown state", {"region": "Texarkana"}, "region"),
    ("state of the other country", {"region": "Ontario"}, "region"),
    ("unknown country", {"country": "FR"}, "country"),
    ("negative count", {"attendance_total": -1}, "attendance_total"),
    ("count with a fraction", {"attendance_total": 1.5}, "attendance_total"),
    ("count beyond reason", {"attendance_total": 10**12}, "attendance_total"),
    ("negative sector count", {"attendance_by_sector": {"energy": -3}}, "attendance_by_sector.energy"),
    ("unknown sector", {"attendance_by_sector": {"airlines": 3}}, "attendance_by_sector.airlines"),
    ("ten megabytes", {"venue": "x" * 10_000_000}, "venue"),
    ("right-to-left override", {"venue": "hall \u202egnp.exe"}, "venue"),
    ("a NUL", {"city": "Tul\u0000sa"}, "city"),
    ("half a surrogate", {"city": "\ud800"}, "city"),
    ("no such day", {"date": "2019-02-30"}, "date"),
    ("a day in another year", {"date": "2018-05-01"}, "date"),
    ("a number for a day", {"date": 17000}, "date"),
    ("end before start", {"start": "14:00", "end": "10:00"}, "end"),
    ("unknown mode", {"mode": "telepathy"}, "mode"),
    ("unknown qualifier", {"attendance_qualifier": "roughly"}, "attendance_qualifier"),
    ("hosts not a list", {"cohosts": "Someone"}, "cohosts"),
    ("a host twice", {"cohosts": ["A", "A"]}, "cohosts"),
    (
        "per cent over a hundred",
        {"survey": [{"metric": "m", "value": 900, "unit": "percent_of_respondents"}]},
        "survey[0].value",
    ),
    ("follow-up without an actor", {"follow_up": [{"kind": "people_trained"}]}, "follow_up[0].actor"),
    ("an aggregate among builds", {"granularity": "year"}, "granularity"),
    ("no region", {"region": None}, "region"),
    ("an id with spaces", {"id": "not an id"}, "id"),
    ("an id of our own pages", {"id": "new"}, "id"),
    ("a name without a letter", {"cohosts": ["!!!"]}, "cohosts[0]"),
    ("a host twice in another case", {"cohosts": ["Acme", "ACME"]}, "cohosts"),
    ("a time with a zone", {"start": "10:00", "end": "11:00Z"}, "end"),
    ("a day as seconds", {"date": "1527811200"}, "date"),
    ("null among the hosts", {"cohosts": [None]}, "cohosts[0]"),
]


@pytest.mark.parametrize(("changes", "field"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_row_names_its_id_and_field_and_stops_nothing(load: Loader, changes: dict[str, Any], field: str) -> None:
    summary = load({"builds": [build_row(**changes), build_row(id="next-2019")]})
    assert [(problem.row, problem.field) for problem in summary.refused] == [(changes.get("id", "tulsa-2019"), field)]
    assert len(str(summary.refused[0])) < 600
    assert list(Build.objects.values_list("slug", flat=True)) == ["next-2019"]


def test_a_bad_row_and_then_a_good_one_of_the_same_id_loads_the_good_one(load: Loader) -> None:
    summary = load({"builds": [build_row(year=-1), build_row()]})
    assert (summary.created, summary.refused_rows) == (1, 1)


def test_a_build_and_a_year_may_have_one_id_and_long_ids_are_told_apart(load: Loader) -> None:
    long = "a-" + "very-" * 13 + "long-id"
    builds = [build_row(id="agg-2019"), build_row(id=f"{long}-1"), build_row(id=f"{long}-2")]
    assert load({"builds": builds, "aggregates": [{"id": "agg-2019", "year": 2019}]}).created == 4


def test_null_is_not_printed_wherever_it_stands(load: Loader) -> None:
    names = ["cohosts", "co_host_sectors", "invited", "presenters", "survey", "follow_up", "quotes_paraphrase", "notes"]
    nulls = dict.fromkeys([*names, "attendance_by_sector", "states_covered", "expected", "date", "mode", "granularity"])
    year = {"id": "agg-2019", "year": 2019, "sectors": None, "notes": None, "attendance_by_sector": None}
    assert load({"builds": [build_row(**nulls)], "aggregates": [year]}).created == 2


STRANGE = [
    {"colour": "\ud800"},
    {"\u001b[2J\u202eevil": 1},
    {"follow_up": [{"actor": "A", "kind": "people_trained", "deep": [[[[1]]]]}]},
]


@pytest.mark.parametrize("strange", STRANGE)
def test_an_unknown_name_is_asked_about_whatever_is_under_it(load: Loader, strange: dict[str, Any]) -> None:
    deep: Any = 1
    for _ in range(400):
        deep = [deep]
    summary = load({"builds": [build_row(**strange, deep=deep), build_row(id="next-2019")]})
    assert (summary.created, summary.refused) == (2, [])
    assert {question.field for question in summary.questions} == {"row"}
    assert all(str(question).isprintable() for question in summary.questions)
    assert load({"builds": [build_row(**strange, deep=deep), build_row(id="next-2019")]}).unchanged == 2


def test_a_misspelt_list_is_asked_about(load: Loader) -> None:
    summary = load({"build": [build_row()], "aggregates": []})
    assert [(question.row, question.field) for question in summary.questions] == [("file", "build"), ("file", "builds")]


def test_a_build_entered_here_is_never_taken_over_by_a_file(load: Loader) -> None:
    Build.objects.create(slug="tulsa-2019", year=2019, region_id="US-TX", venue="Our hall")
    summary = load(row(venue="Their hall"))
    assert (summary.unchanged, [question.field for question in summary.questions]) == (1, ["row"])
    assert list(Build.objects.values_list("venue", "listed", "region_id")) == [("Our hall", False, "US-TX")]


def test_a_second_row_of_the_whole_year_is_asked_about(load: Loader) -> None:
    years = [{"id": "agg-2016", "year": 2016, "builds": 3}, {"id": "tat-2016-bus", "year": 2016, "builds": 4}]
    summary = load({"aggregates": years})
    assert [(question.row, question.field) for question in summary.questions] == [
        ("tat-2016-bus", "id"),
        ("tat-2016-bus", "year"),
    ]


@pytest.mark.parametrize("junk", [None, 7, "text", [], [[]], True])
def test_a_row_that_is_no_object_is_named_by_its_place(load: Loader, junk: Any) -> None:
    summary = load({"builds": [junk, build_row()]})
    assert [(problem.row, problem.field) for problem in summary.refused] == [("row 1", "row")]
    assert summary.created == 1


def test_of_two_rows_with_one_id_the_first_counts(load: Loader) -> None:
    summary = load({"builds": [build_row(venue="First"), build_row(venue="Second")]})
    assert [(problem.row, problem.field) for problem in summary.refused] == [("tulsa-2019", "id")]
    assert Build.objects.get().venue == "First"


def test_a_formula_is_kept_as_text(load: Loader) -> None:
    load(row(venue='=HYPERLINK("http://example.org")'))
    assert Build.objects.get().venue == '=HYPERLINK("http://example.org")'


def test_what_is_odd_is_loaded_and_asked_about(load: Loader) -> None:
    summary = load(
        row(
            colour="blue",
            source=[],
            cohosts=["A", "B"],
            co_host_sectors=["energy"],
            follow_up=[{"actor": "C", "kind": "sang_songs"}],
            expected={"people_trained_counted_sum": 5},
        )
    )
    assert summary.created == 1
    assert sorted(question.field for question in summary.questions) == [
        "co_host_sectors",
        "expected.people_trained_counted_sum",
        "follow_up[0].kind",
        "row",
        "source",
    ]
    assert [(item.kind, item.kind_printed) for item in FollowUp.objects.all()] == [("other", "sang_songs")]


FILES: list[tuple[str, bytes, str]] = [
    ("not JSON", b"builds: yes", "is not JSON"),
    ("not UTF-8", b'{"builds": ["\xff"]}', "is not UTF-8"),
    ("a list", b"[]", "must be a JSON object"),
    ("builds no list", b'{"builds": {}}', "must be a list"),
    ("NaN", b'{"builds": [{"year": NaN}]}', "is not JSON"),
    ("a bottomless nest", b'{"builds": ' + b"[" * 200_000, "nested too deeply"),
    ("empty", b"", "is not JSON"),
    ("a list twice", b'{"builds": [], "builds": []}', "twice"),
]


@pytest.mark.parametrize(("content", "says"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
def test_a_file_that_cannot_be_read_says_why(
    owner_role: None, db: None, tmp_path: Path, content: bytes, says: str
) -> None:
    file = tmp_path / "builds.json"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=says):
        call_command("load_builds", file, quiet=True)


def test_the_command_prints_a_summary_and_fails_for_refused_rows(
    owner_role: None, db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "builds.json"
    file.write_text(json.dumps({"builds": [build_row(), build_row(id="bad-2019", year=-5)]}))
    with pytest.raises(CommandError) as caught:
        call_command("load_builds", file, quiet=True)
    assert caught.value.returncode == 1
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("left out: bad-2019: year: ")
    assert printed[-1] == "created 1, changed 0, unchanged 0, questions 0, left out 1"


def test_progress_is_shown(owner_role: None, db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_builds", BUILDS)
    assert capsys.readouterr().err.splitlines() == ["25 of 30 rows", "30 of 30 rows"]
