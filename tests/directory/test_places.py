"""Places near a ZIP code, and agencies shown with their age."""

import html
import re

import pytest

from tests.cast import Member
from waywatch.directory.actions import places
from waywatch.geo import api as geo
from waywatch.lib.actors import acting_as


def test_a_zip_code_finds_what_is_near_it(coordinator: Member) -> None:
    found = coordinator.client.get("/directory/places/", {"zip_code": "79772", "km": "120"}).context["found"]
    assert found.is_near
    assert {row.place.region for row in found.rows} == {"US-TX"}
    assert [row.km for row in found.rows] == sorted(row.km for row in found.rows)


@pytest.mark.parametrize("code", ["00000", "Pecos", "7977"])
def test_an_unknown_zip_code_is_said_and_kept(coordinator: Member, code: str) -> None:
    answer = coordinator.client.get("/directory/places/", {"zip_code": code})
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["zip_code"])
    assert f'value="{code}"' in answer.content.decode()


def test_a_place_shows_the_agencies_of_its_county_with_their_age(coordinator: Member) -> None:
    found = coordinator.client.get("/directory/places/", {"words": "Grand Bay"}).context["found"]
    page = coordinator.client.get(f"/directory/places/{found.rows[0].place.id}/")
    agencies = page.context["agencies"]
    assert {agency.county.code for agency in agencies.agencies} == {"US-01097"}
    assert {agency.as_of for agency in agencies.agencies} == {page.context["agencies_as_of"]}
    assert "As the FBI listed them in 2018" in page.content.decode()


def test_a_place_in_a_large_county_says_how_many_agencies_there_really_are(coordinator: Member) -> None:
    with acting_as(coordinator.actor):
        draft = geo.PlaceDraft(kind="terminal", name="Loop Terminal", lat=41.88, lon=-87.64)
        place = places.add_place(coordinator.actor, draft=draft)
    page = coordinator.client.get(f"/directory/places/{place.id}/")
    text = " ".join(page.content.decode().split())
    assert "150 law enforcement agencies of Cook County" in text
    assert "50 of 150 are shown here" in text
    assert len(page.context["agencies"].agencies) == 50
    address = re.search(r'href="(/directory/agencies/[^"]+)"', text)
    assert address
    found = coordinator.client.get(html.unescape(address[1])).context["found"]
    assert found.total == 150


def test_a_place_in_a_small_county_shows_all_of_its_agencies(coordinator: Member) -> None:
    with acting_as(coordinator.actor):
        place = places.add_place(
            coordinator.actor, draft=geo.PlaceDraft(kind="terminal", name="P", lat=31.42, lon=-103.49)
        )
    text = coordinator.client.get(f"/directory/places/{place.id}/").content.decode()
    assert "2 law enforcement agencies of Reeves County" in text
    assert "are shown here" not in text
