"""What is printed of the programme reads as words in every language, not as the keys of a file."""

import pytest
from django.utils.functional import Promise

from tests.reference import annual_file, builds_file
from waywatch.builds.printed import PrintedYear
from waywatch.builds.vocabulary import FollowUpKind
from waywatch.impact.vocabulary import GROUP_TITLES, GROUPS, METRICS, SCOPES, kinds_named, metric_words, scope_words


def test_every_metric_that_ships_has_words() -> None:
    assert {fact["metric"] for fact in annual_file()["facts"]} - set(METRICS) == set()


def test_every_part_of_the_programme_that_ships_has_words() -> None:
    scopes = {PrintedYear.model_validate(row).scope for row in builds_file()["aggregates"]}
    assert scopes == {"", "bus-casino"}
    assert scopes - set(SCOPES) == set()


def test_the_words_are_translated_when_they_are_read() -> None:
    tables = (METRICS, SCOPES, GROUP_TITLES)
    assert [key for table in tables for key, words in table.items() if not isinstance(words, Promise)] == []


def test_a_key_without_words_is_shown_as_it_is_written() -> None:
    assert (metric_words("fdp_miles"), metric_words("new_thing")) == ("Freedom Drivers Project: miles", "new_thing")
    assert (scope_words("bus-casino"), scope_words("school")) == ("Bus companies and casinos", "school")


def test_every_follow_up_stands_in_one_group_of_a_glance() -> None:
    assert sorted(kind for kinds in GROUPS.values() for kind in kinds) == sorted(FollowUpKind.values)
    assert list(GROUPS) == list(GROUP_TITLES)


@pytest.mark.parametrize(
    ("name", "title", "kinds"),
    [
        ("trained", "People trained afterwards", {"people_trained"}),
        ("inbound_calls", "calls received", {"inbound_calls"}),
        ("", "What followed", None),
        ("nothing", "What followed", None),
    ],
)
def test_a_list_of_follow_ups_is_named_by_its_address(name: str, title: str, kinds: set[str] | None) -> None:
    assert kinds_named(name) == (title, kinds)
