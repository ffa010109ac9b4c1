"""What is heard of one act twice is counted once, with its number; and a figure is shown as it is kept."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from tests.builds.conftest import Loader, row
from tests.cast import Member
from waywatch.builds import following, queries
from waywatch.builds.models import Build, FollowUp
from waywatch.builds.templatetags.builds import as_stored

Heard = tuple[str, int | None, str]
PUBLISHED_WITHOUT: Heard = ("published", None, "")

CASES: list[tuple[str, list[Heard], tuple[int | None, int, str]]] = [
    ("both with a number", [("published", 70, ""), ("reported", 90, "")], (70, 0, "")),
    ("only the reported with a number", [PUBLISHED_WITHOUT, ("reported", 90, "over")], (90, 0, "at_least")),
    ("only the recorded with a number", [PUBLISHED_WITHOUT, ("recorded", 90, "")], (90, 0, "")),
    ("neither with a number", [PUBLISHED_WITHOUT, ("reported", None, "")], (None, 1, "")),
    ("a word without a number", [("published", 70, ""), ("reported", None, "about")], (70, 0, "")),
    ("one published twice", [("published", 70, ""), ("published", 30, "up_to")], (100, 0, "up_to")),
]


@pytest.mark.parametrize(("heard", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_an_act_that_was_heard_of_twice_counts_once_with_its_number(
    make_build: Callable[..., Build], heard: list[Heard], expected: tuple[int | None, int, str]
) -> None:
    build = make_build("waco-2024", listed=True)
    for provenance, count, qualifier in heard:
        said = {"provenance": provenance, "count": count, "qualifier": qualifier}
        FollowUp.objects.create(build=build, actor_name="A carrier", kind="people_trained", **said)
    found = following.trained_after(queries.in_year(2024))
    assert (found.counted, found.actors_without_count, found.qualifier) == expected
    assert len(following.follow_ups(queries.in_year(2024))) == len(heard) - (heard[0][0] != heard[1][0])


def test_the_word_of_somebody_without_a_number_says_nothing_of_the_sum(make_build: Callable[..., Build]) -> None:
    build = make_build("waco-2024", listed=True)
    for who, count, qualifier in (("A", 70, ""), ("B", 30, ""), ("C", None, "about")):
        FollowUp.objects.create(
            build=build, actor_name=who, kind="people_trained", provenance="published", count=count, qualifier=qualifier
        )
    assert following.trained_after(queries.in_year(2024)) == following.Trained(100, 1, "")


NOTICE = "The print does not call this meeting a Coalition Build."


@pytest.mark.parametrize(("called", "said"), [(True, False), (False, True), (None, False)])
def test_the_page_says_only_what_the_print_says_of_the_name(
    load: Loader, coordinator: Member, *, called: bool | None, said: bool
) -> None:
    load(row(is_called_coalition_build=called))
    assert (NOTICE in coordinator.client.get("/builds/tulsa-2019/").content.decode()) == said


def test_the_page_shows_a_survey_value_as_it_is_kept(load: Loader, coordinator: Member) -> None:
    load(row(survey=[{"metric": "m", "value": value, "unit": "percent_of_respondents"} for value in (33.33, 90, 97.5)]))
    page = coordinator.client.get("/builds/tulsa-2019/").content.decode()
    assert [f"<strong>{shown} %</strong>: m" in page for shown in ("33.33", "90", "97.5")] == [True] * 3


STORED: list[tuple[str, str, str]] = [("0.00", "0", "0"), ("100.00", "100", "100"), ("0.05", "0.05", "0,05")]


@pytest.mark.parametrize(("value", "english", "french"), STORED)
def test_a_value_keeps_its_digits_in_every_language(value: str, english: str, french: str) -> None:
    shown: dict[str, Any] = {}
    for language in ("en", "fr"):
        with override(language):
            shown[language] = as_stored(Decimal(value))
    assert shown == {"en": english, "fr": french}
