"""The map: every region is on it, and it is small."""

import gzip
import re
import time
from xml.etree import ElementTree as ET

import pytest
from django.utils.translation import override

from waywatch.geo import api as geo
from waywatch.lib.errors import InvalidError

NOT_DRAWN = "US-UM"  # nobody lives there
STEP = re.compile(r"-?\d+")


def test_every_region_is_on_the_map() -> None:
    drawn = [shape.code for shape in geo.map_shapes().regions]
    assert drawn == sorted(region.code for region in geo.regions() if region.code != NOT_DRAWN)


def test_every_region_can_be_seen() -> None:
    shapes = {shape.code: shape for shape in geo.map_shapes().regions}
    assert [code for code, shape in shapes.items() if not shape.path_d and not shape.marker] == []
    assert [code for code, shape in shapes.items() if not shape.path_d] == ["US-AS", "US-GU", "US-MP", "US-PR", "US-VI"]
    marked = [code for code, shape in shapes.items() if shape.path_d and shape.marker]
    assert marked == ["CA-PE", "US-DC", "US-DE", "US-RI"]


def test_the_map_is_small() -> None:
    """Measured: 24.7 KB of paths, 8.5 KB gzipped."""
    paths = "".join(shape.path_d for shape in geo.map_shapes().regions).encode()
    assert len(paths) <= 30_000
    assert len(gzip.compress(paths)) <= 10_000


def test_after_the_first_time_it_costs_nothing() -> None:
    geo.map_shapes()
    began = time.process_time()
    geo.map_shapes()
    assert time.process_time() - began < 0.005


def test_paths_stay_within_the_picture_and_are_closed() -> None:
    found = geo.map_shapes()
    assert found.view_box == f"0 0 {found.width} {found.height}"
    for shape in found.regions:
        for part in shape.path_d.split("z")[:-1]:
            assert re.fullmatch(r"M\d+ \d+l[-\d ]+", part), shape.code
            numbers = [int(number) for number in STEP.findall(part)]
            x, y = numbers[:2]
            for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
                x, y = x + dx, y + dy
                assert 0 <= x <= found.width, shape.code
                assert 0 <= y <= found.height, shape.code


def test_labels_and_markers_stand_within_the_picture() -> None:
    found = geo.map_shapes()
    points = [(shape.label_x, shape.label_y) for shape in found.regions]
    points += [(shape.marker.x, shape.marker.y) for shape in found.regions if shape.marker]
    assert all(0 < x < found.width and 0 < y < found.height for x, y in points)


def test_it_makes_a_well_formed_svg() -> None:
    found = geo.map_shapes()
    body = "".join(f'<path d="{shape.path_d}"/>' for shape in found.regions)
    svg = ET.fromstring(f'<svg viewBox="{found.view_box}">{body}</svg>')  # noqa: S314 - our own text
    assert len(svg) == len(found.regions)


def test_names_follow_the_reader() -> None:
    shapes = {shape.code: shape for shape in geo.map_shapes().regions}
    with override("fr"):
        assert shapes["US-CA"].name == "Californie"


@pytest.mark.parametrize(
    ("region", "lat", "lon"),
    [
        ("US-TX", 31.0, -99.0),
        ("CA-MB", 55.0, -97.0),
        ("US-AK", 65.0, -152.0),
        ("US-HI", 19.6, -155.5),
        ("US-FL", 28, -81.7),
    ],
)
def test_a_point_falls_into_the_region_it_lies_in(region: str, lat: float, lon: float) -> None:
    """Ray casting over the drawn path, independent of the code under test."""
    shape = next(shape for shape in geo.map_shapes().regions if shape.code == region)
    x, y = geo.point_on_map(lat, lon)
    assert sum(crossings(part, x, y) for part in shape.path_d.split("z")[:-1]) % 2 == 1


def crossings(part: str, x: float, y: float) -> int:
    numbers = [int(number) for number in STEP.findall(part)]
    corners = [(numbers[0], numbers[1])]
    for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
        corners.append((corners[-1][0] + dx, corners[-1][1] + dy))
    edges = zip(corners, [*corners[1:], corners[0]], strict=True)
    return sum((ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay) for (ax, ay), (bx, by) in edges)


def test_north_is_up_and_east_is_right() -> None:
    seattle, miami = geo.point_on_map(47.6, -122.3), geo.point_on_map(25.8, -80.2)
    assert seattle[0] < miami[0]
    assert seattle[1] < miami[1]


def test_what_is_no_point_is_refused() -> None:
    with pytest.raises(InvalidError):
        geo.point_on_map(float("nan"), 0)
