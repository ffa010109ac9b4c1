"""Places near a ZIP code, and agencies shown with their age."""

import pytest

from tests.cast import Member


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
    assert {agency.county.code for agency in agencies} == {"US-01097"}
    assert {agency.as_of for agency in agencies} == {page.context["agencies_as_of"]}
    assert "As the FBI listed them in 2018" in page.content.decode()
