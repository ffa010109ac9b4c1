"""Which county is this point in: look-ups a second of CPU time, against a linear scan over shapely's prepared shapes.

The points are ZIP code centres, moved by up to 0.05 degrees from a fixed seed so that no two are equal. The peer asks
all 3,231 prepared shapes about each point, in one call of compiled code. Its cost a point does not depend on how many
points there are, so it gets the first thousand of them at every size. Prints one JSON object a line: name, value,
unit, size, against (the peer), ratio (value / peer).
"""

import csv
import gzip
import json
import os
import random
import time
from collections.abc import Callable

import numpy as np
import shapely

os.environ.setdefault("WAYWATCH_MODE", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waywatch.project.settings")

from waywatch.geo import regions, shapes  # after the settings are named

SIZES = (1_000, 10_000, 100_000)
PEER_POINTS = 1_000
PEER = "linear scan, shapely prepared shapes"
Point = tuple[float, float]


def points(number: int) -> list[Point]:
    """Return points in and around the United States, the same ones in every run."""
    chance = random.Random(20)  # noqa: S311 - the same points in every run, not a secret
    with gzip.open(regions.DATA / "us_zip_county_geonames.csv.gz", "rt", encoding="utf-8") as file:
        centres = [(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file) if row["county_fips"]]
    chosen = (chance.choice(centres) for _ in range(number))
    return [(lat + chance.uniform(-0.05, 0.05), lon + chance.uniform(-0.05, 0.05)) for lat, lon in chosen]


def linear_scan(sample: list[Point]) -> list[str | None]:
    """The peer."""
    layer = shapes.counties()
    hits = (np.flatnonzero(shapely.intersects_xy(layer.geometries, lon, lat)) for lat, lon in sample)
    return [layer.codes[hit[0]] if len(hit) else None for hit in hits]


def one_by_one(sample: list[Point]) -> list[shapes.Located | None]:
    return [shapes.locate(lat, lon) for lat, lon in sample]


def all_at_once(sample: list[Point]) -> list[shapes.Located | None]:
    return shapes.locate_many([lat for lat, _ in sample], [lon for _, lon in sample])


def rate(work: Callable[[list[Point]], object], sample: list[Point]) -> float:
    """Return points a second of CPU time."""
    began = time.process_time()
    work(sample)
    return len(sample) / (time.process_time() - began)


def agreement(sample: list[Point]) -> float:
    """Return the share of points, exact ones of ours, for which the peer names the same county."""
    ours, theirs = all_at_once(sample), linear_scan(sample)
    exact = [
        (at.county, peer)
        for at, peer in zip(ours, theirs, strict=True)
        if at and at.country == "US" and not at.approximate
    ]
    return sum(mine == peer for mine, peer in exact) / len(exact)


def line(name: str, value: float, unit: str, size: int, peer: float | None = None) -> None:
    shown = {"name": name, "value": round(value, 4), "unit": unit, "size": size}
    ratio = round(value / peer, 2) if peer else None
    print(json.dumps({**shown, "against": PEER if peer else None, "ratio": ratio}), flush=True)


def main() -> None:
    began = time.process_time()
    shapes.counties()
    shapes.provinces()
    line("geo: shapes loaded", time.process_time() - began, "CPU s", len(shapes.counties().codes))
    everything = points(max(SIZES))
    linear_scan(everything[:PEER_POINTS])  # both sides find shapely's indexes built
    line("geo: same county as the peer", agreement(everything[:PEER_POINTS]), "share", PEER_POINTS)
    for size in SIZES:
        peer = rate(linear_scan, everything[:PEER_POINTS])
        line("geo: county of a point, the peer", peer, "points/CPU s", size)
        line("geo: county of a point, one by one", rate(one_by_one, everything[:size]), "points/CPU s", size, peer)
        line("geo: county of a point, all at once", rate(all_at_once, everything[:size]), "points/CPU s", size, peer)


if __name__ == "__main__":
    main()
