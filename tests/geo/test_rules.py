"""Distances, bounds, roads and mileposts: by known cases and by properties."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waywatch.geo import rules
from waywatch.geo.rules import Mile, Route

lats = st.floats(-90, 90)
lons = st.floats(-180, 180)
systems = st.sampled_from(["I", "US", "SR", "HWY", "TX", "ON", "MN"])
highways = st.builds(lambda system, number: f"{system}-{number}", systems, st.integers(1, 9999))
directions = st.sampled_from(["", "NB", "SB", "EB", "WB", "NB / SB", "EB / WB", "NB / SB / EB / WB"])


@pytest.mark.parametrize(("lat", "lon"), [(0, 0), (90, 180), (-90, -180)])
def test_points_on_the_globe(lat: float, lon: float) -> None:
    assert rules.is_point(lat, lon) is True


@pytest.mark.parametrize(
    ("lat", "lon"), [(90.1, 0), (-90.1, 0), (0, 180.1), (0, -180.1), (math.nan, 0), (0, math.nan), (math.inf, 0)]
)
def test_what_is_no_point(lat: float, lon: float) -> None:
    assert rules.is_point(lat, lon) is False


def test_known_distances() -> None:
    austin_dallas = rules.distance_km(30.2672, -97.7431, 32.7767, -96.7970)
    quarter = rules.distance_km(0, 0, 90, 0)
    assert (round(austin_dallas), round(quarter)) == (293, 10008)


@given(lats, lons, lats, lons)
def test_distance_is_symmetric_and_at_most_half_round(a: float, b: float, c: float, d: float) -> None:
    there, back = rules.distance_km(a, b, c, d), rules.distance_km(c, d, a, b)
    assert math.isclose(there, back, abs_tol=1e-6)
    assert 0 <= there <= math.pi * rules.EARTH_RADIUS_KM + 1e-6


@given(lats, lons, st.floats(0.001, 3000), st.floats(0, 1), st.floats(0, 2 * math.pi))
def test_the_box_holds_the_whole_circle(lat: float, lon: float, km: float, share: float, angle: float) -> None:
    """Walk `share * km` from the point at an angle, on a sphere: the box must hold where one arrives."""
    delta, phi = share * km / rules.EARTH_RADIUS_KM, math.radians(lat)
    sine = math.sin(phi) * math.cos(delta) + math.cos(phi) * math.sin(delta) * math.cos(angle)
    there = math.asin(max(-1.0, min(1.0, sine)))
    turn = math.atan2(
        math.sin(angle) * math.sin(delta) * math.cos(phi), math.cos(delta) - math.sin(phi) * math.sin(there)
    )
    east = (lon + math.degrees(turn) + 540) % 360 - 180
    box = rules.box_around(lat, lon, km)
    assert box.south - 1e-6 <= math.degrees(there) <= box.north + 1e-6
    if box.west <= box.east:
        assert box.west - 1e-5 <= east <= box.east + 1e-5 or abs(abs(east) - 180) < 1e-5
    else:
        assert east >= box.west - 1e-5 or east <= box.east + 1e-5


def test_a_box_across_the_date_line_has_west_greater_than_east() -> None:
    box = rules.box_around(52, 179.9, 50)
    assert box.west > 0 > box.east


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("I-10 EB", Route("I-10", (), "EB")),
        ("I-90E", Route("I-90", (), "EB")),
        ("IH20W", Route("I-20", (), "WB")),
        ("I75", Route("I-75")),
        ("I90/EB", Route("I-90", (), "EB")),
        ("1-10E", Route("I-10", (), "EB")),
        ("177S", Route("I-77", (), "SB")),
        ("I-5S MM", Route("I-5", (), "SB")),
        ("I-10 @ MS 607", Route("I-10")),
        ("US-231 NB / SB", Route("US-231", (), "NB / SB")),
        ("US127NS", Route("US-127", (), "NB / SB")),
        ("US-82 WB/ EB", Route("US-82", (), "EB / WB")),
        ("I-40E&W", Route("I-40", (), "EB / WB")),
        ("US 020", Route("US-20")),
        ("U007-S", Route("US-7", (), "SB")),
        ("US Rt. 1", Route("US-1")),
        ("I-39S/I-90/I-94", Route("I-39", ("I-90", "I-94"), "SB")),
        ("I41/94EB", Route("I-41", ("I-94",), "EB")),
        ("I-80W-90W", Route("I-80", ("I-90",), "WB")),
        ("(I-94/I-294/I-80)WB", Route("I-94", ("I-294", "I-80"), "WB")),
        ("US2E/53S", Route("US-2", ("US-53",), "SB / EB")),
        ("I-476 N & S - PTC NE Ext.", Route("I-476", (), "NB / SB")),
        ("I-70 & I-76 W - PTC Mainline", Route("I-70", ("I-76",), "WB")),
        ("SR5/US1", Route("SR-5", ("US-1",))),
        ("State Rt. 6", Route("SR-6")),
        ("Hwy 99S", Route("HWY-99", (), "SB")),
        ("Rt. 16E", Route("HWY-16", (), "EB")),
        ("MN371", Route("MN-371")),
        ("OR 022", Route("OR-22")),
        ("KY-9001 W  Ky Pkwy", Route("KY-9001", (), "WB")),
        ("Garden State Pkwy", Route("Garden State Pkwy")),
        ('NJ Turnpike NB\n"to I-95"', Route("NJ Turnpike", (), "NB")),
        ("NA", Route()),
        (" ", Route()),
    ],
)
def test_roads_as_the_sources_write_them(text: str, route: Route) -> None:
    assert rules.parse_route(text) == route


@given(highways, directions)
def test_a_parsed_road_reads_the_same_again(highway: str, direction: str) -> None:
    assert rules.parse_route(f"{highway} {direction}") == Route(highway, (), direction)


@given(st.lists(highways, min_size=1, max_size=4, unique=True), directions)
def test_shared_roads_are_all_kept_in_order(names: list[str], direction: str) -> None:
    assert rules.parse_route("/".join(names) + direction) == Route(names[0], tuple(names[1:]), direction)


@given(st.text(max_size=80))
def test_any_text_gives_a_road_that_fits_the_column(text: str) -> None:
    route = rules.parse_route(text)
    assert len(route.highway) <= 40
    assert all(0 < len(other) <= 40 for other in route.concurrent)
    assert len(route.direction) <= 20


@pytest.mark.parametrize(
    ("text", "direction"),
    [("Northbound", "NB"), (" eb ", "EB"), ("NS", "NB / SB"), ("Exit 9", ""), ("S Main", ""), ("", "")],
)
def test_a_direction_that_stands_alone(text: str, direction: str) -> None:
    assert rules.parse_direction(text) == direction


def test_one_road_of_a_state_under_its_three_names() -> None:
    names = frozenset({"SR-44", "HWY-44", "FL-44"})
    assert [rules.same_roads(each, "US-FL") for each in ("SR-44", "HWY-44", "FL-44")] == [names] * 3


@pytest.mark.parametrize("highway", ["I-44", "US-44", "GA-44", "Garden State Pkwy", "HWY-", "", "SR-²", "SR-٤٤"])
def test_other_roads_are_only_themselves(highway: str) -> None:
    assert rules.same_roads(highway, "US-FL") == frozenset({highway})


@pytest.mark.parametrize(
    ("text", "mile"),
    [
        ("0.485", Mile(Decimal("0.485"))),
        ("15", Mile(Decimal(15))),
        ("MM 138", Mile(Decimal(138))),
        ("MP21", Mile(Decimal(21))),
        ("MP 112.3", Mile(Decimal("112.3"))),
        ("PM 71.8", Mile(note="PM 71.8")),
        ("Exit 92", Mile(note="Exit 92")),
        ("MP 28-29", Mile(note="MP 28-29")),
        ("375>50", Mile(note="375>50")),
        ("79A", Mile(note="79A")),
        ("NA", Mile()),
        ("n/a", Mile()),
        (" ", Mile()),
    ],
)
def test_mileposts_as_the_sources_write_them(text: str, mile: Mile) -> None:
    assert rules.parse_milepost(text) == mile


@given(st.text(max_size=60))
def test_any_text_gives_a_milepost_that_fits_the_column(text: str) -> None:
    mile = rules.parse_milepost(text)
    assert len(mile.note) <= 20
    assert mile.value is None or 0 <= mile.value < 10_000
