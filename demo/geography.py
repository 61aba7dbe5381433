"""Points inside districts, denser near their seat, so that maps of the demonstration look like a city."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from demo.world import World

GEO = Path(__file__).resolve().parent.parent / "geo"
POOL = 400
"""Points drawn once for each district; records are scattered within 60 m of one of them."""


@cache
def _shapes() -> dict[str, tuple[Any, float, float]]:
    """Polygon and label point by district; where the editions of 2024 and 2025 differ, what they share."""
    shapes: dict[str, tuple[Any, float, float]] = {}
    for edition in ("districts.geojson", "districts_2025.geojson"):
        for feature in json.loads((GEO / edition).read_text("utf-8"))["features"]:
            properties = feature["properties"]
            polygon = shapely.from_geojson(json.dumps(feature["geometry"]))
            code = properties["adcode"]
            if code in shapes:
                polygon = shapely.intersection(polygon, shapes[code][0])
            shapes[code] = (polygon, properties["label_lon"], properties["label_lat"])
    return shapes


@cache
def _pool(world: World, district: str) -> tuple[np.ndarray, np.ndarray]:
    polygon, lon, lat = _shapes()[district]
    rng = world.rng("points", district)
    west, south, east, north = polygon.bounds
    near = int(POOL * 0.7)
    found: list[np.ndarray] = []
    count = 0
    while count < POOL:
        xy = np.column_stack(
            [
                np.concatenate([rng.normal(lon, 0.035, near), rng.uniform(west, east, POOL - near)]),
                np.concatenate([rng.normal(lat, 0.03, near), rng.uniform(south, north, POOL - near)]),
            ]
        )
        inside = xy[shapely.contains_xy(polygon, xy[:, 0], xy[:, 1])]
        found.append(inside)
        count += len(inside)
    points = rng.permutation(np.concatenate(found))[:POOL]
    return points[:, 0], points[:, 1]


def points(
    world: World, rng: np.random.Generator, districts: tuple[str, ...], index: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude (degrees, 6 decimals) for records in ``districts[index]``."""
    lon = np.empty(len(index))
    lat = np.empty(len(index))
    chosen = rng.integers(0, POOL, len(index))
    for i, district in enumerate(districts):
        here = index == i
        if here.any():
            pool_lon, pool_lat = _pool(world, district)
            lon[here] = pool_lon[chosen[here]]
            lat[here] = pool_lat[chosen[here]]
    lon += rng.uniform(-0.0005, 0.0005, len(index))
    lat += rng.uniform(-0.0005, 0.0005, len(index))
    return lon.round(6), lat.round(6)
