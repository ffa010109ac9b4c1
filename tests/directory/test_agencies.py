"""The list of law enforcement agencies: every one is found, with its age, and by nobody outside."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import Member
from tests.directory.conftest import Cast
from waywatch.lib import clock

ADDRESS = "/directory/agencies/"


def names(member: Member, **query: str) -> list[str]:
    page = member.client.get(ADDRESS, query)
    assert page.status_code == 200
    return [agency.name for agency in page.context["found"].agencies]


def test_all_of_them_are_listed_page_by_page(texas_coordinator: Member) -> None:
    first = texas_coordinator.client.get(ADDRESS)
    assert first.context["found"].total == 18702
    assert "18702 agencies" in first.content.decode()
    assert first.context["page_obj"].paginator.num_pages == 375
    last = texas_coordinator.client.get(ADDRESS, {"page": "375"})
    assert len(last.context["found"].agencies) == 2
    assert last.context["page_obj"].has_next() is False


def test_the_page_says_how_old_the_facts_are_and_what_they_are_not_for(texas_coordinator: Member) -> None:
    text = texas_coordinator.client.get(ADDRESS).content.decode()
    age = clock.today().year - 2018
    assert f"As the FBI listed them in 2018, {age} years ago." in text
    assert "nothing is ever sent or routed by it" in text


def test_they_are_found_by_state_county_kind_and_words(texas_coordinator: Member) -> None:
    in_reeves = ["Pecos Police Department", "Reeves County Sheriff's Office"]
    assert names(texas_coordinator, region="US-TX", county="reeves") == in_reeves
    assert names(texas_coordinator, region="US-TX", county="Reeves County", kind="county") == in_reeves[1:]
    assert names(texas_coordinator, region="US-TX", words="sheriffs reeves") == in_reeves[1:]
    assert names(texas_coordinator, words="TX1950000") == in_reeves[1:]
    assert names(texas_coordinator, region="US-TX", county="reeves", words="zebra") == []


def test_the_county_stays_with_the_search_from_page_to_page(texas_coordinator: Member) -> None:
    page = texas_coordinator.client.get(ADDRESS, {"region": "US-IL", "county": "Cook", "page": "2"})
    assert (page.context["found"].total, page.context["page_obj"].number) == (150, 2)
    assert "?region=US-IL&amp;county=Cook&amp;page=3" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ({"county": "Cook"}, "region", "Choose the state or province of the county."),
        ({"county": "Reves", "region": "US-TX"}, "county", "Do you mean Reeves County?"),
        ({"county": "Fairfax", "region": "US-VA"}, "county", "Type one of these: Fairfax County, Fairfax city."),
        ({"county": "Zanzibar", "region": "US-TX"}, "county", "No county of Texas is called “Zanzibar”."),
        ({"region": "CA-ON"}, "region", "Select a valid choice."),
    ],
)
def test_a_county_that_is_none_is_said_at_the_field_and_kept(
    query: dict[str, str], field: str, said: str, texas_coordinator: Member
) -> None:
    page = texas_coordinator.client.get(ADDRESS, query)
    assert list(page.context["form"].errors) == [field]
    text = page.content.decode()
    assert said in text
    assert "could not be saved" not in text
    assert f'value="{query.get("county", "")}"' in text
    assert page.context["found"].agencies == []


def test_three_agencies_ask_the_database_no_more_than_one(texas_coordinator: Member) -> None:
    names(texas_coordinator)
    counted = []
    for words, rows in (("reeves county", 1), ("waco", 3)):
        with CaptureQueriesContext(connection) as captured:
            assert len(names(texas_coordinator, region="US-TX", words=words)) == rows
        counted.append(len(captured))
    assert counted[0] == counted[1]


@pytest.mark.parametrize("who", ["outsider", "trooper", "administrator"])
def test_whoever_is_not_in_the_directory_finds_no_agency(who: str, cast: Cast) -> None:
    answer = cast[who].client.get(ADDRESS, {"words": "reeves"})
    assert answer.status_code == 404
    assert "Reeves County" not in answer.content.decode()


@pytest.mark.parametrize("name", ["organisation_list", "person_list", "place_list", "agency_list"])
def test_each_list_of_the_directory_leads_to_the_others(name: str, texas_coordinator: Member) -> None:
    text = texas_coordinator.client.get(reverse(name)).content.decode()
    start = text.index("Lists of the directory")
    lists = text[start : text.index("</nav>", start)]
    for other in ("organisation_list", "person_list", "place_list", "agency_list"):
        current = ' aria-current="page"' if other == name else ""
        assert f'<a href="{reverse(other)}"{current}>' in lists
