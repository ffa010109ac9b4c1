"""A small decoder of TopoJSON (github.com/topojson/topojson-specification, version 1.0.0) into shapely polygons.

TopoJSON stores each shared border once, as an "arc"; a ring is a list of arc numbers, and ~n means arc n backwards.
Where the file has a `transform`, positions are whole numbers, each but the first the step from the one before.
"""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

CLOSED_TRIANGLE = 4
Points = npt.NDArray[np.float64]
Topology = dict[str, Any]


class TopologyError(ValueError):
    """The file is not the TopoJSON this decoder reads."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One shape with its id, as the file has it."""

    id: str
    geometry: shapely.MultiPolygon


def read(path: Path) -> Topology:
    """Return the topology in a file, gzipped or not."""
    raw = path.read_bytes()
    topology: Topology = json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    if topology.get("type") != "Topology":
        raise TopologyError(f"{path.name} is not a TopoJSON topology.")
    return topology


def features(topology: Topology, name: str) -> Iterator[Feature]:
    """Return the polygons of the object `name`. Shapes of other kinds, and those without an id, raise TopologyError."""
    arcs = arcs_of(topology)
    for geometry in topology["objects"][name]["geometries"]:
        if "id" not in geometry:
            raise TopologyError(f"A shape of {name} has no id.")
        polygons = (_polygon(arcs, rings) for rings in _polygons(geometry))
        yield Feature(id=str(geometry["id"]), geometry=shapely.MultiPolygon([each for each in polygons if each]))


def arcs_of(topology: Topology) -> list[Points]:
    """Return every arc as positions in degrees: steps added up, then scaled and moved as `transform` says."""
    arcs = [np.asarray(arc, dtype=np.float64)[:, :2] for arc in topology["arcs"]]
    if "transform" not in topology:
        return arcs
    scale, translate = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    return [np.cumsum(arc, axis=0) * scale + translate for arc in arcs]


def _polygons(geometry: dict[str, Any]) -> Sequence[Sequence[Sequence[int]]]:
    if geometry["type"] == "Polygon":
        return [geometry["arcs"]]
    if geometry["type"] == "MultiPolygon":
        found: Sequence[Sequence[Sequence[int]]] = geometry["arcs"]
        return found
    raise TopologyError(f"{geometry['type']} is not a polygon.")


def _polygon(arcs: list[Points], rings: Sequence[Sequence[int]]) -> shapely.Polygon | None:
    """Return the polygon, or None where simplifying has folded its outline (an islet) to less than a triangle."""
    outline, *holes = (ring(arcs, numbers) for numbers in rings)
    if len(outline) < CLOSED_TRIANGLE:
        return None
    return shapely.Polygon(outline, [hole for hole in holes if len(hole) >= CLOSED_TRIANGLE])


def ring(arcs: list[Points], numbers: Sequence[int]) -> Points:
    """Join arcs into one closed ring: each arc starts where the one before ended, and that point is kept once."""
    parts = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
