"""Look-ups in the tables: counties, ZIP codes, agencies, places by page, nearness and road."""

import math
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from waywatch.geo import api as geo
from waywatch.geo.models import Place, PlaceKind
from waywatch.lib.errors import InvalidError

pytestmark = pytest.mark.django_db


def test_a_county_by_its_code() -> None:
    found = geo.county("US-48389")
    assert found
    assert (found.name, found.region, found.kind) == ("Reeves County", "US-TX", "county")
    assert geo.county("US-99999") is None


def test_a_census_division_has_a_french_name() -> None:
    found = geo.county("CA-3553")
    assert found
    assert found.region == "CA-ON"
    with override("fr"):
        assert found.name == "Grand Sudbury"


def test_the_counties_of_a_region() -> None:
    assert [county.name for county in geo.counties("US-DE")] == ["Kent County", "New Castle County", "Sussex County"]
    assert len(geo.counties("US-TX")) == 254


@pytest.mark.parametrize(
    ("code", "county"),
    [
        ("79772", "US-48389"),
        ("79772-1234", "US-48389"),
        (" 79772 ", "US-48389"),
        ("06103", "US-09003"),
        ("09001", None),
    ],
    ids=["Pecos", "ZIP+4", "spaces", "Connecticut, from the point", "military"],
)
def test_the_county_of_a_zip_code(code: str, county: str | None) -> None:
    found = geo.county_of_zip(code)
    assert (found.code if found else None) == county


def test_an_unknown_zip_code() -> None:
    assert (geo.county_of_zip("00000"), geo.zip_code("00000")) == (None, None)


def test_agencies_carry_their_age() -> None:
    found = geo.search_agencies(region="US-TX", county="US-48389").agencies
    assert {(agency.as_of, agency.region, agency.county and agency.county.code) for agency in found} == {
        (geo.AGENCIES_AS_OF, "US-TX", "US-48389")
    }
    assert geo.AGENCIES_AS_OF == 2018


@pytest.mark.parametrize(
    "text", ["reeves county sheriff", "Sheriffs  REEVES", "sheriff’s reeves", "TX1950000", "tx19500"]
)
def test_agencies_by_words_of_the_name_or_by_the_number(text: str) -> None:
    found = geo.search_agencies(region="US-TX", text=text)
    assert [(agency.name, agency.kind) for agency in found.agencies] == [("Reeves County Sheriff's Office", "county")]
    assert found.total == 1


@pytest.mark.parametrize("text", ["reeves county sheriff zebra", "'", ".", "%"])
def test_words_that_no_agency_has_find_none(text: str) -> None:
    assert geo.search_agencies(region="US-TX", text=text).total == 0


def test_all_agencies_of_a_large_county_are_reached_by_page() -> None:
    pages = [geo.search_agencies(region="US-IL", county="US-17031", page=page) for page in (1, 2, 3, 4)]
    assert [(page.total, page.page, len(page.agencies)) for page in pages] == [
        (150, 1, 50), (150, 2, 50), (150, 3, 50), (150, 3, 50),
    ]  # fmt: skip
    assert len({agency.ori for page in pages for agency in page.agencies}) == 150


def test_agencies_of_every_state_and_of_a_kind() -> None:
    everything = geo.search_agencies()
    assert (everything.total, everything.agencies[0].region_name) == (18702, "Alaska")
    tribal = geo.search_agencies(region="US-OK", kind="tribal")
    assert 0 < tribal.total < geo.search_agencies(region="US-OK").total
    assert {agency.kind for agency in tribal.agencies} == {"tribal"}


def test_one_agency_costs_as_many_queries_as_three() -> None:
    counted = []
    for text, rows in (("reeves county", 1), ("waco", 3)):
        with CaptureQueriesContext(connection) as captured:
            assert len(geo.search_agencies(region="US-TX", text=text).agencies) == rows
        counted.append(len(captured))
    assert counted == [2, 2]


def test_the_nearest_places_are_those_of_a_full_scan() -> None:
    lat, lon, km = 35.4676, -97.5164, 400.0
    near = geo.places_near(lat, lon, km=km, limit=500)
    scanned = sorted(
        (geo.distance_km(lat, lon, place.lat, place.lon), place.id) for place in Place.objects.filter(closed_at=None)
    )
    assert [(each.km, each.place.id) for each in near] == [each for each in scanned if each[0] <= km]
    assert 20 < len(near) < 500


def test_the_nearest_are_limited_and_of_the_kinds_asked_for() -> None:
    near = geo.places_near(35.4676, -97.5164, km=400, kinds=[PlaceKind.WEIGH_IN_MOTION], limit=2)
    everything = geo.places_near(35.4676, -97.5164, km=400, kinds=[PlaceKind.WEIGH_IN_MOTION], limit=500)
    assert [each.place.kind for each in near] == ["weigh_in_motion"] * 2
    assert near == everything[:2]


def test_nothing_is_near_in_the_ocean() -> None:
    assert geo.places_near(0, -150, km=100) == []


@pytest.mark.parametrize(("lat", "lon"), [(91, 0), (math.nan, 0), (0, 181)])
def test_near_what_is_no_point_is_refused(lat: float, lon: float) -> None:
    with pytest.raises(InvalidError):
        geo.places_near(lat, lon, km=10)


def add(number: int, **facts: Any) -> list[Place]:
    """Places of an organiser, as row-level security lets them be added."""
    from waywatch.lib.actors import Actor, acting_as

    who = Actor.account(uuid.UUID(int=7))
    made = {"kind": "truck_stop", "source": "organiser", "region_id": "US-AK", **facts}
    with acting_as(who):
        return [Place.objects.create(name=f"Stop {index}", added_by=who.account_id, **made) for index in range(number)]


def test_nearness_reaches_across_the_date_line() -> None:
    east, west = add(1, lat=52.0, lon=179.9)[0], add(1, lat=52.0, lon=-179.8)[0]
    near = geo.places_near(52.0, 179.95, km=50)
    assert [each.place.id for each in near] == [east.id, west.id]


def test_a_road_by_milepost() -> None:
    found = geo.places_along("US-TX", "I-10")
    miles = [place.milepost for place in found if place.milepost is not None]
    assert {place.highway for place in found} == {"I-10"}
    assert miles == sorted(miles)
    assert len(found) == Place.objects.filter(region="US-TX", highway="I-10").count() > 5


@pytest.mark.parametrize("written", ["I 10", "i-10 e", "IH-10", "I10W"])
def test_a_road_as_people_write_it(written: str) -> None:
    assert geo.places_along("US-TX", written) == geo.places_along("US-TX", "I-10")


def test_a_stretch_of_a_road() -> None:
    all_of_it = geo.places_along("US-OH", "I-70")
    stretch = geo.places_along("US-OH", "I-70", from_milepost=Decimal(50), to_milepost=Decimal(150))
    assert stretch == [place for place in all_of_it if place.milepost is not None and 50 <= place.milepost <= 150]
    assert 0 < len(stretch) < len(all_of_it)


def test_a_road_is_found_under_the_other_name_it_shares() -> None:
    shared = [place for place in geo.places_along("US-WI", "I-94") if place.highway == "I-39"]
    assert [place.concurrent for place in shared] != []
    assert all("I-94" in place.concurrent for place in shared)


def test_a_state_road_under_its_three_names() -> None:
    assert (
        geo.places_along("US-CA", "CA-99") == geo.places_along("US-CA", "SR 99") == geo.places_along("US-CA", "Hwy 99")
    )
    assert len(geo.places_along("US-CA", "SR 99")) == 4


def test_the_roads_of_a_region() -> None:
    roads = dict(geo.roads("US-DE"))
    assert roads == {
        highway: Place.objects.filter(region="US-DE", highway=highway).count() for highway in sorted(roads)
    }
    assert sum(dict(geo.roads("US-TX")).values()) == Place.objects.filter(region="US-TX").exclude(highway="").count()


def test_every_direction_and_road_is_in_a_known_form() -> None:
    parking = Place.objects.filter(kind="truck_parking")
    directions = set(parking.values_list("direction", flat=True))
    assert directions == {"", "NB", "SB", "EB", "WB", "NB / SB", "EB / WB", "NB / WB", "SB / EB"}
    unnumbered = set(parking.exclude(highway__regex=r"^[A-Z]+-[0-9]+$").values_list("highway", flat=True))
    assert unnumbered == {
        "", "Atlantic City Expwy", "Florida's Turnpike", "Garden State Pkwy", "HEFT", "NJ Turnpike",
    }  # fmt: skip


def test_searching_by_page() -> None:
    first, second = geo.search_places(region="US-OH"), geo.search_places(region="US-OH", page=2)
    assert (first.total, first.pages, len(first.places)) == (Place.objects.filter(region="US-OH").count(), 3, 50)
    assert {place.id for place in first.places} & {place.id for place in second.places} == set()


@pytest.mark.parametrize(("page", "shown"), [(0, 1), (-5, 1), (1, 1), (3, 3), (999, 3)])
def test_a_page_beyond_the_list_is_its_last(page: int, shown: int) -> None:
    assert geo.search_places(region="US-OH", page=page).page == shown


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("houston county welcome", ["Houston County Welcome Center"]),
        ("TOOMEY rest", ["Toomey Rest Area"]),
        ("zzzz", []),
    ],
)
def test_searching_by_text(text: str, titles: list[str]) -> None:
    assert [place.title for place in geo.search_places(text=text).places] == titles


def test_searching_finds_the_city_too() -> None:
    assert {place.title for place in geo.search_places(text="Toomey").places} == {
        "Toomey Rest Area",
        "Starks Weigh Scale",
    }


def test_searching_by_road_and_kind() -> None:
    found = geo.search_places(text="I-95", region="US-DE", kinds=["truck_parking"])
    assert found.total == len(geo.places_along("US-DE", "I-95"))
    assert geo.search_places(text="I-95", kinds=["weigh_in_motion"]).total == 0


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_costs_the_same_number_of_queries(number: int) -> None:
    add(number, lat=61.2, lon=-149.9, county_id="US-02020")
    with CaptureQueriesContext(
        connection,
    ) as page:
        assert geo.search_places(text="Stop ", region="US-AK").total == number
    with CaptureQueriesContext(connection) as near:
        assert len(geo.places_near(61.2, -149.9, km=1)) == number
    assert (len(page), len(near)) == (2, 2)


def test_a_place_without_a_name_is_called_by_its_road() -> None:
    nameless = Place.objects.filter(kind="truck_parking", name="", highway="I-80").first()
    assert nameless
    found = geo.place(nameless.id)
    assert found
    assert (found.title, found.is_published) == ("Truck parking or rest area on I-80", True)


def test_a_sensor_is_called_by_its_number() -> None:
    found = geo.search_places(text="WT4142").places
    assert [place.title for place in found] == ["Weigh-in-motion sensor WT4142"]


def test_a_californian_post_mile_is_kept_as_a_note() -> None:
    found = geo.search_places(text="Buttonwillow Northbound").places
    assert [(place.milepost, place.milepost_note, place.direction) for place in found] == [(None, "PM 54.1", "NB")]
