"""Where a figure may be read: kept with each figure, shown, linked, and asked for in forms. And when a survey was asked."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.builds.conftest import Loader, row
from tests.cast import Member
from tests.reference import build_row, builds_file
from waywatch.builds.models import AttendanceFigure, Build, FollowUp, Quote, SurveyFigure

ONE = ["https://example.org/a"]
TWO = ["https://example.org/a", "https://example.org/b"]
SAID = [AttendanceFigure, SurveyFigure, FollowUp, Quote]
PRINTED: dict[str, Any] = {
    "attendance_total": 40,
    "attendance_by_sector": {"energy": 28},
    "survey": [{"metric": "prepared", "value": 90}],
    "follow_up": [{"actor": "A carrier", "kind": "people_trained"}],
    "quotes_paraphrase": ["It mattered."],
}


def shown(page: str) -> list[tuple[str, list[str]]]:
    """Return what stands beside each mark of provenance on a page: its words, and where its links lead."""
    tag = r'<span class="tag tag--\w+">(\w+)</span>'
    beside = r'<(?:span|div) class="small[^"]*">(.*?)</(?:span|div)>'
    parts = re.findall(rf"{tag}(?:\s*{beside})?", page, re.DOTALL)
    return [
        (" ".join(f"{mark} {re.sub('<[^>]*>', '', rest)}".split()), re.findall(r'href="([^"]*)"', rest))
        for mark, rest in parts
    ]


@pytest.mark.parametrize("sources", [ONE, TWO, []], ids=["one", "two", "none"])
def test_every_published_figure_and_quote_keeps_the_pages_of_its_row(load: Loader, sources: list[str]) -> None:
    load(row(**PRINTED, source=sources))
    kept = [(model.__name__, said.provenance, said.sources) for model in SAID for said in model._default_manager.all()]
    assert kept == [
        (name, "published", sources)
        for name in ("AttendanceFigure", "AttendanceFigure", "SurveyFigure", "FollowUp", "Quote")
    ]


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        (ONE, "published on this page: example.org/…/a"),
        (TWO, "published on at least one of these pages: example.org/…/a example.org/…/b"),
        ([], "published the page is not known"),
    ],
    ids=["one", "two", "none"],
)
def test_a_page_says_of_each_figure_and_quote_where_it_may_be_read(
    load: Loader, coordinator: Member, sources: list[str], words: str
) -> None:
    load(row(**PRINTED, source=sources))
    page = coordinator.client.get("/builds/tulsa-2019/").content.decode()
    assert shown(page) == [(words, sources)] * 5


def test_the_28_of_pecos_stand_with_the_three_pages_of_which_one_prints_them(load: Loader, coordinator: Member) -> None:
    load(builds_file())
    pages = next(each["source"] for each in builds_file()["builds"] if each["id"] == "pecos-2018")
    page = coordinator.client.get("/builds/pecos-2018/").content.decode()
    (line,) = re.findall(r"<tr>(?:(?!</tr>).)*Energy companies.*?</tr>", page, re.DOTALL)
    (found,) = shown(line)
    assert (found[1], len(pages)) == (pages, 3)
    assert found[0].startswith("published on at least one of these pages: ")


@pytest.mark.parametrize("source", ["http://[", "https://", "a paper newsletter"])
def test_a_source_that_is_no_address_is_shown_as_it_is(load: Loader, coordinator: Member, source: str) -> None:
    load(row(attendance_total=40, source=[source]))
    page = coordinator.client.get("/builds/tulsa-2019/").content.decode()
    assert [words for words, _ in shown(page)] == [f"published on this page: {source}"]


FORMS: list[tuple[str, dict[str, str], type[Any]]] = [
    ("figure", {"value": "40"}, AttendanceFigure),
    ("survey", {"metric": "felt prepared", "value": "90", "unit": "percent_of_respondents"}, SurveyFigure),
    ("followup", {"actor_name": "A carrier", "kind": "people_trained", "count": "30"}, FollowUp),
    ("quote", {"text": "It mattered."}, Quote),
]
each_form = pytest.mark.parametrize(("kind", "typed", "model"), FORMS, ids=[case[0] for case in FORMS])


@each_form
@pytest.mark.parametrize(
    "sources", ["", " \r\n ", "http://[", "javascript:alert(1)", "page 4", "https://example.org/a\r\npage 4"]
)
def test_what_was_published_needs_the_address_of_a_page(
    coordinator: Member,
    make_build: Callable[..., Build],
    kind: str,
    typed: dict[str, str],
    model: type[Any],
    sources: str,
) -> None:
    make_build("waco-2024")
    answer = coordinator.client.post(
        f"/builds/waco-2024/{kind}/add/", {**typed, "provenance": "published", "sources": sources}
    )
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["sources"])
    assert not model.objects.exists()


@each_form
def test_the_addresses_that_were_typed_are_kept_once_and_in_order(
    coordinator: Member, make_build: Callable[..., Build], kind: str, typed: dict[str, str], model: type[Any]
) -> None:
    make_build("waco-2024")
    sources = "\r\n".join([*TWO, TWO[0]])
    answer = coordinator.client.post(
        f"/builds/waco-2024/{kind}/add/", {**typed, "provenance": "published", "sources": sources}
    )
    assert (answer.status_code, model.objects.get().sources) == (302, TWO)


@each_form
def test_what_a_partner_told_us_needs_no_page(
    coordinator: Member, make_build: Callable[..., Build], kind: str, typed: dict[str, str], model: type[Any]
) -> None:
    make_build("waco-2024")
    answer = coordinator.client.post(f"/builds/waco-2024/{kind}/add/", {**typed, "provenance": "reported"})
    assert (answer.status_code, model.objects.get().sources) == (302, [])
    assert shown(coordinator.client.get("/builds/waco-2024/").content.decode()) == [("reported", [])]


def test_the_same_act_on_another_page_is_counted_once(coordinator: Member, make_build: Callable[..., Build]) -> None:
    make_build("waco-2024")
    _, typed, model = FORMS[2]
    published = {**typed, "provenance": "published"}
    for source, status in zip(TWO, [302, 422], strict=True):
        answer = coordinator.client.post("/builds/waco-2024/followup/add/", {**published, "sources": source})
        assert answer.status_code == status
    assert model.objects.count() == 1


def test_a_quote_that_was_heard_here_stays_when_a_file_is_loaded(load: Loader) -> None:
    load(row(quotes_paraphrase=["printed"]))
    Quote.objects.create(build=Build.objects.get(), text="heard", provenance="recorded")
    load(row(quotes_paraphrase=["printed anew"]))
    assert sorted(Quote.objects.values_list("text", "provenance")) == [
        ("heard", "recorded"),
        ("printed anew", "published"),
    ]


def test_a_survey_of_an_unknown_time_is_of_no_wave(load: Loader) -> None:
    asked = ["post event", "follow-up", "same day", None]
    load({"builds": [build_row(survey=[{"when": when, "metric": str(when)} for when in asked])]})
    assert list(SurveyFigure.objects.values_list("when_printed", "wave")) == [
        ("post event", ""),
        ("follow-up", "follow_up"),
        ("same day", "same_day"),
        ("", ""),
    ]


def test_a_page_shows_when_a_survey_was_asked_as_it_was_printed(load: Loader, coordinator: Member) -> None:
    load(builds_file())
    page = coordinator.client.get("/builds/fort-mcmurray-2022/").content.decode()
    (line,) = re.findall(r'<p class="muted small">(.*respondents.*)</p>', page)
    assert line.split(" · ") == [
        "same day or follow-up: not known",
        "When, as printed: post event",
        "number of respondents not known",
        "Ninety percent of survey respondents",
    ]
    assert "When, as printed: follow-up conversations" in page


def test_a_survey_may_be_typed_without_its_wave(coordinator: Member, make_build: Callable[..., Build]) -> None:
    make_build("waco-2024")
    typed = {"metric": "felt prepared", "value": "90", "provenance": "reported", "when_printed": "afterwards"}
    assert coordinator.client.post("/builds/waco-2024/survey/add/", typed).status_code == 302
    assert SurveyFigure.objects.values_list("wave", "when_printed").get() == ("", "afterwards")


def test_a_survey_value_below_zero_is_refused(coordinator: Member, make_build: Callable[..., Build]) -> None:
    make_build("waco-2024")
    typed = {"metric": "felt prepared", "value": "-1", "unit": "", "provenance": "reported"}
    answer = coordinator.client.post("/builds/waco-2024/survey/add/", typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["value"])
