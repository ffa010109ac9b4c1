"""The map of the United States and Canada for pages drawn on the server: whole-number paths, made once a process."""

from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi, radians, sin

import numpy as np
import numpy.typing as npt
import shapely

from waywatch.geo import regions, shapes
from waywatch.geo.names import name_of
from waywatch.geo.shapes import require_point

Points = npt.NDArray[np.float64]

WIDTH = 1000
MARGIN = 6
SOUTHERN_PARALLEL, NORTHERN_PARALLEL, ORIGIN_LAT, ORIGIN_LON = 20.0, 60.0, 40.0, -96.0
TOLERANCE = 1.1  # simplified by about one unit of the picture
SMALLEST_ISLAND = 9.0  # square units; the largest part of a region always stays
SMALL_REGION = 110.0  # square units: below this a region gets a circle to point at
MARKER_RADIUS = 6
MIN_STEPS = 2  # fewer draw nothing
HAWAII = "US-HI"
# Left out: the high Arctic, which would squeeze all else, and the Aleutians west of Unalaska.
WINDOW = shapely.box(-168.5, 10, -50, 76.5)
HAWAII_WINDOW = shapely.box(-161, 18, -154, 23)
HAWAII_MOVE = (0.43, 0.12)  # Hawaii is drawn nearer than it lies, at the same scale
# Islands beyond the picture stand as circles: (x, y) as shares of the width and the height.
FAR_ISLANDS = {
    "US-GU": (0.06, 0.96),
    "US-MP": (0.10, 0.96),
    "US-AS": (0.14, 0.96),
    "US-PR": (0.90, 0.96),
    "US-VI": (0.94, 0.96),
}


@dataclass(frozen=True, slots=True)
class Marker:
    """A circle that stands for a region too small to point at, or off the map."""

    x: int
    y: int
    r: int


@dataclass(frozen=True, slots=True)
class RegionShape:
    """A state or province on the map. `path_d` is empty for the islands that are only a marker."""

    code: str
    name_en: str
    name_fr: str
    name_es: str
    path_d: str
    label_x: int
    label_y: int
    marker: Marker | None

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return name_of(self)


@dataclass(frozen=True, slots=True)
class MapShapes:
    """The whole map: its `viewBox` and every region."""

    view_box: str
    width: int
    height: int
    regions: tuple[RegionShape, ...]


def albers(points: Points) -> Points:
    """Project degrees (lon, lat) with Albers' equal-area conic on a sphere of radius 1; y grows downwards.

    Source: J. P. Snyder, "Map Projections: A Working Manual", USGS Professional Paper 1395 (1987), pages 98 to 101.
    """
    lon, lat = np.radians(points[:, 0] - ORIGIN_LON), np.radians(points[:, 1])
    lon = (lon + pi) % (2 * pi) - pi
    first, second = radians(SOUTHERN_PARALLEL), radians(NORTHERN_PARALLEL)
    n = (sin(first) + sin(second)) / 2
    c = cos(first) ** 2 + 2 * n * sin(first)
    rho = np.sqrt(c - 2 * n * np.sin(lat)) / n
    rho_origin = np.sqrt(c - 2 * n * sin(radians(ORIGIN_LAT))) / n
    return np.column_stack((rho * np.sin(n * lon), rho * np.cos(n * lon) - rho_origin))


@lru_cache(maxsize=1)
def _drawn() -> tuple[list[str], npt.NDArray[np.object_], float, float, float]:
    """Return codes, shapes in units of the picture, and how to get there from the plane: scale, left and top."""
    known = {region.postal: region.code for region in regions.by_code().values()}
    features = shapes.states_and_provinces()
    codes = [known[each.id] for each in features]
    windows = [HAWAII_WINDOW if code == HAWAII else WINDOW for code in codes]
    clipped = [_clipped(each.geometry, window) for each, window in zip(features, windows, strict=True)]
    plane = np.array([shapely.transform(shape, albers) for shape in clipped], dtype=object)
    hawaii = codes.index(HAWAII)
    plane[hawaii] = shapely.transform(plane[hawaii], lambda points: points + HAWAII_MOVE)
    left, top, right, _ = shapely.total_bounds(plane)
    scale = (WIDTH - 2 * MARGIN) / (right - left)
    scaled = shapely.transform(plane, lambda points: (points - (left, top)) * scale + MARGIN)
    return codes, shapely.coverage_simplify(scaled, TOLERANCE), scale, float(left), float(top)


@lru_cache(maxsize=1)
def map_shapes() -> MapShapes:
    """Return the map. It is made at the first call in a process and kept."""
    codes, drawn, *_ = _drawn()
    height = int(shapely.total_bounds(drawn)[3]) + MARGIN
    found = [_region_shape(code, shape) for code, shape in zip(codes, drawn, strict=True)]
    for code, (x, y) in FAR_ISLANDS.items():
        marker = Marker(round(x * WIDTH), round(y * height), MARKER_RADIUS)
        found.append(_named(code, "", marker.x, marker.y, marker))
    return MapShapes(f"0 0 {WIDTH} {height}", WIDTH, height, tuple(sorted(found, key=lambda each: each.code)))


def point_on_map(lat: float, lon: float) -> tuple[int, int]:
    """Return where a point stands on the picture; it may lie outside of it. Hawaii moves with its inset."""
    require_point(lat, lon)
    *_, scale, left, top = _drawn()
    plane = albers(np.array([[lon, lat]]))[0]
    if shapely.intersects_xy(HAWAII_WINDOW, lon, lat):
        plane = plane + HAWAII_MOVE
    x, y = (plane - (left, top)) * scale + MARGIN
    return round(x), round(y)


def _region_shape(code: str, shape: shapely.Geometry) -> RegionShape:
    parts = sorted(_polygons(shape), key=lambda part: part.area, reverse=True)
    kept = [part for part in parts if part.area >= SMALLEST_ISLAND] or parts[:1]
    middle = shapely.maximum_inscribed_circle(parts[0], tolerance=1).coords[0]
    x, y = round(middle[0]), round(middle[1])
    marker = Marker(x, y, MARKER_RADIUS) if sum(part.area for part in parts) < SMALL_REGION else None
    return _named(code, "".join(_path(part) for part in kept), x, y, marker)


def _named(code: str, path: str, x: int, y: int, marker: Marker | None) -> RegionShape:
    region = regions.by_code()[code]
    return RegionShape(code, region.name_en, region.name_fr, region.name_es, path, x, y, marker)


def _clipped(shape: shapely.Geometry, window: shapely.Polygon) -> shapely.MultiPolygon:
    """Return the part of a shape within the window, without the lines that mending and cutting leave behind."""
    return shapely.MultiPolygon(_polygons(shapely.intersection(shapely.make_valid(shape), window)))


def _polygons(shape: shapely.Geometry) -> list[shapely.Polygon]:
    parts = shapely.get_parts(shapely.get_parts(shape))  # a collection may hold multipolygons
    return [part for part in parts if isinstance(part, shapely.Polygon)]


def _path(polygon: shapely.Polygon) -> str:
    """Return SVG path data: one absolute start, then steps in whole units; a step of nothing is left out."""
    drawn = []
    for line in (polygon.exterior, *polygon.interiors):
        points = np.rint(shapely.get_coordinates(line)).astype(int)[:-1]
        steps = np.diff(points, axis=0)
        steps = steps[np.any(steps != 0, axis=1)]
        if len(steps) < MIN_STEPS:
            continue
        start = f"M{points[0][0]} {points[0][1]}l"
        drawn.append(start + " ".join(f"{dx} {dy}" for dx, dy in steps).replace(" -", "-") + "z")
    return "".join(drawn)
