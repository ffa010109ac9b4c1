"""The decoder, on shapes small enough to draw by hand, and on the real files."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from waywatch.geo import topojson
from waywatch.geo.regions import DATA

# Two unit squares side by side. Arc 0 is the shared border (upwards), 1 the left one's rest, 2 the right one's rest.
ARCS = [[[1, 0], [0, 1]], [[1, 1], [-1, 0], [0, -1], [1, 0]], [[1, 1], [1, 0], [0, -1], [-1, 0]]]
LEFT = {"type": "Polygon", "id": "left", "arcs": [[0, 1]]}
RIGHT = {"type": "MultiPolygon", "id": "right", "arcs": [[[2, 0]]]}


def topology(*geometries: dict[str, Any], **more: Any) -> dict[str, Any]:
    transform = {"scale": [2, 10], "translate": [100, -50]}
    objects = {"land": {"type": "GeometryCollection", "geometries": list(geometries)}}
    return {"type": "Topology", "transform": transform, "objects": objects, "arcs": ARCS, **more}


def test_steps_are_added_up_scaled_and_moved() -> None:
    assert [arc.tolist() for arc in topojson.arcs_of(topology())] == [
        [[102.0, -50.0], [102.0, -40.0]],
        [[102.0, -40.0], [100.0, -40.0], [100.0, -50.0], [102.0, -50.0]],
        [[102.0, -40.0], [104.0, -40.0], [104.0, -50.0], [102.0, -50.0]],
    ]


def test_without_a_transform_positions_are_degrees() -> None:
    plain = topology(LEFT)
    del plain["transform"]
    plain["arcs"] = [[[0, 0], [1, 0], [1, 1], [0, 0]]]
    plain["objects"]["land"]["geometries"] = [{"type": "Polygon", "id": 7, "arcs": [[0]]}]
    (found,) = topojson.features(plain, "land")
    assert (found.id, found.geometry.area) == ("7", 0.5)


def test_a_ring_keeps_each_joint_once_and_closes() -> None:
    (left,) = topojson.features(topology(LEFT), "land")
    outline = list(left.geometry.geoms[0].exterior.coords)
    assert outline == [(102, -50), (102, -40), (100, -40), (100, -50), (102, -50)]


def test_a_negative_arc_runs_backwards() -> None:
    forwards, backwards = topojson.features(topology(RIGHT, {**RIGHT, "id": "b", "arcs": [[[-1, -3]]]}), "land")
    assert forwards.geometry.area == backwards.geometry.area == 20
    assert list(backwards.geometry.geoms[0].exterior.coords) == [
        (102, -40),
        (102, -50),
        (104, -50),
        (104, -40),
        (102, -40),
    ]


def test_holes_are_cut_out() -> None:
    hole = [[[0, 0], [9, 0], [0, 9], [-9, 0], [0, -9]], [[3, 3], [0, 3], [3, 0], [0, -3], [-3, 0]]]
    shape = {"type": "Polygon", "id": "o", "arcs": [[0], [1]]}
    made = topology(shape, arcs=hole, transform={"scale": [1, 1], "translate": [0, 0]})
    (found,) = topojson.features(made, "land")
    assert found.geometry.area == 81 - 9


def test_an_islet_folded_to_a_line_is_left_out() -> None:
    line = topology({"type": "Polygon", "id": "o", "arcs": [[0, -1]]})
    (found,) = topojson.features(line, "land")
    assert found.geometry.is_empty


@pytest.mark.parametrize(
    "geometry",
    [{"type": "Point", "id": "p", "coordinates": [0, 0]}, {"type": "Polygon", "arcs": [[0, 1]]}],
    ids=["not a polygon", "without an id"],
)
def test_what_it_cannot_read_is_refused(geometry: dict[str, Any]) -> None:
    with pytest.raises(topojson.TopologyError):
        list(topojson.features(topology(geometry), "land"))


def test_a_file_that_is_no_topology_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "points.json.gz"
    path.write_bytes(gzip.compress(json.dumps({"type": "FeatureCollection"}).encode()))
    with pytest.raises(topojson.TopologyError):
        topojson.read(path)


@pytest.mark.parametrize(
    ("file", "name", "shapes", "folded"),
    [
        # Falls Church, two square miles in Virginia, is folded to a line: its points fall to the county around it.
        ("us_atlas_counties-10m.json.gz", "counties", 3231, ["51610"]),
        ("us_states_ca_provinces_natural_earth_50m.topo.json.gz", "subunits", 64, []),
    ],
)
def test_the_published_files_have_all_their_shapes(file: str, name: str, shapes: int, folded: list[str]) -> None:
    found = list(topojson.features(topojson.read(DATA / file), name))
    assert len({feature.id for feature in found}) == len(found) == shapes
    assert [feature.id for feature in found if feature.geometry.is_empty] == folded
