"""Which county, state or province a point lies in, from the published shapes, read once a process at first use.

The shapes are drawn for maps of 1:10 million (US counties) and 1:50 million (Canada): a pier or a beach can lie outside
all of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, degrees, isnan, radians

import numpy as np
import numpy.typing as npt
import shapely
from django.utils.translation import gettext
from shapely.affinity import affine_transform

from waywatch.geo import regions, rules, topojson
from waywatch.lib.errors import InvalidError

SHORE_KM = 5.0
NORTHERN_SHORE_KM = 15.0  # the Canadian shapes are coarser
NONE = -1
# A point outside every county and within one of these (west, east, north) lies in Mexico, not off our shore.
_MEXICO = ((-117.12, -116.0, 32.57), (-116.0, -114.7, 32.73), (-114.7, -97.9, 33.0), (-97.9, -97.15, 25.99))


@dataclass(frozen=True, slots=True)
class Located:
    """Where a point is, by codes. `approximate`: outside every shape, or too near a border for the shapes to tell."""

    country: str
    region: str
    county: str | None
    approximate: bool


class Layer:
    """Shapes with codes and a search tree (Sort-Tile-Recursive) over their bounds."""

    def __init__(self, features: Sequence[topojson.Feature], code_of: Callable[[str], str]) -> None:
        self.codes = [code_of(feature.id) for feature in features]
        self.geometries = np.array([feature.geometry for feature in features], dtype=object)
        shapely.prepare(self.geometries)
        self._tree = shapely.STRtree(self.geometries)

    def containing(self, lats: npt.ArrayLike, lons: npt.ArrayLike) -> npt.NDArray[np.intp]:
        """Return for each point the number of the shape it lies in (the first, on a border), or NONE."""
        x, y = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        points, shapes = self._tree.query(shapely.points(x, y))
        hit = shapely.intersects_xy(self.geometries[shapes], x[points], y[points])
        found = np.full(len(x), NONE, dtype=np.intp)
        found[points[hit][::-1]] = shapes[hit][::-1]
        return found

    def around(self, lat: float, lon: float, km: float) -> list[tuple[float, str]]:
        """Return the shapes within `km` as (distance in km, code), nearest first, measured on a plane at the point."""
        box = rules.box_around(lat, lon, km)
        near = self._tree.query(shapely.box(min(box.west, lon), box.south, max(box.east, lon), box.north))
        shrink, km_a_degree = cos(radians(lat)), rules.EARTH_RADIUS_KM / degrees(1)
        point = shapely.Point(lon * shrink, lat)
        found = []
        for number in near:
            flat = affine_transform(self.geometries[number], [shrink, 0, 0, 1, 0, 0])
            found.append((float(shapely.distance(flat, point)) * km_a_degree, self.codes[number]))
        return sorted(each for each in found if each[0] <= km)


@lru_cache(maxsize=1)
def counties() -> Layer:
    """Return the counties of the United States (Census boundaries of 2017) by code."""
    topology = topojson.read(regions.DATA / "us_atlas_counties-10m.json.gz")
    return Layer(list(topojson.features(topology, "counties")), lambda fips: f"US-{fips}")


@lru_cache(maxsize=1)
def states_and_provinces() -> tuple[topojson.Feature, ...]:
    """Return the states and provinces that Natural Earth draws, by postal code."""
    topology = topojson.read(regions.DATA / "us_states_ca_provinces_natural_earth_50m.topo.json.gz")
    return tuple(topojson.features(topology, "subunits"))


@lru_cache(maxsize=1)
def provinces() -> Layer:
    """Return the provinces and territories of Canada by code."""
    known = {region.postal for region in regions.regions("CA")}
    return Layer([each for each in states_and_provinces() if each.id in known], lambda postal: f"CA-{postal}")


@lru_cache(maxsize=1)
def region_boxes() -> dict[str, rules.Box]:
    """Return the box around each drawn state and province by code. A box that crosses the 180th meridian spans all longitudes."""
    canadian = {region.postal for region in regions.regions("CA")}
    bounds = {each.id: each.geometry.bounds for each in states_and_provinces()}
    return {
        f"{'CA' if postal in canadian else 'US'}-{postal}": rules.Box(south=south, west=west, north=north, east=east)
        for postal, (west, south, east, north) in bounds.items()
    }


def require_point(lat: float, lon: float) -> None:
    """Refuse what is no point on the globe: raises InvalidError."""
    if isnan(lat) or isnan(lon) or not rules.is_point(lat, lon):
        field = "lon" if rules.is_point(lat, 0) else "lat"
        raise InvalidError(
            gettext(
                "This is no place on the map. Give the latitude from -90 to 90 and the longitude from -180 to 180."
            ),
            field=field,
        )


def locate(lat: float, lon: float) -> Located | None:
    """Return where the point lies in the United States or Canada, or None."""
    return locate_many([lat], [lon])[0]


def locate_many(lats: Sequence[float], lons: Sequence[float]) -> list[Located | None]:
    """Return where each of the points lies: much faster than one by one."""
    for lat, lon in zip(lats, lons, strict=True):
        require_point(lat, lon)
    inside, codes = counties().containing(lats, lons), counties().codes
    return [
        in_county(codes[number]) if number != NONE else _outside_counties(lat, lon)
        for number, lat, lon in zip(inside, lats, lons, strict=True)
    ]


def in_county(code: str, *, approximate: bool = False) -> Located:
    """Return the place of a US county by its code."""
    region = regions.by_statistics_code()["US", code[3:5]]
    return Located("US", region.code, code, approximate)


def locate_in(region: str, lat: float, lon: float) -> Located | None:
    """Return where the point lies, given that it is said to be in `region`; None where it is too far from there.

    State lines are simplified in the shapes: within 5 km (15 km in Canada) the statement is believed over the shape.
    """
    found = locate(lat, lon)
    if found and found.region == region:
        return found
    if region.startswith("CA-"):
        codes = [code for _, code in provinces().around(lat, lon, NORTHERN_SHORE_KM)]
        return Located("CA", region, None, approximate=True) if region in codes else None
    codes = [code for _, code in counties().around(lat, lon, SHORE_KM) if in_county(code).region == region]
    return in_county(codes[0], approximate=True) if codes else None


def _outside_counties(lat: float, lon: float) -> Located | None:
    if any(west < lon < east and lat < north for west, east, north in _MEXICO):
        return None
    county = next(iter(counties().around(lat, lon, SHORE_KM)), None)
    number = provinces().containing([lat], [lon])[0]
    if number != NONE:
        return Located("CA", provinces().codes[number], None, approximate=county is not None)
    province = next(iter(provinces().around(lat, lon, NORTHERN_SHORE_KM)), None)
    # Between the two countries the distances weigh as coarsely as the shapes are drawn.
    if county and (province is None or county[0] / SHORE_KM <= province[0] / NORTHERN_SHORE_KM):
        return in_county(county[1], approximate=True)
    return Located("CA", province[1], None, approximate=True) if province else None
