"""District boundaries with a margin: does a point lie in the district its record names?

Two editions ship: the 38 districts up to November 2025 and the 37 after it.
The functional zones have no boundary in either.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from catalog import maps

GEO_FOLDER = maps.default().folder


class Boundaries:
    """The boundaries of one folder; read once, areas with their margin are built when first asked for."""

    def __init__(self, folder: Path) -> None:
        known = maps.default().editions
        self._editions = [(e.valid_from, _read(folder / e.path.name)) for e in known]
        self._areas: dict[tuple[str, int, int], tuple[BaseGeometry, Callable[[Any], Any]] | None] = {}

    def contains(
        self, code: str, lon: np.ndarray, lat: np.ndarray, *, margin_m: int, received_on: dt.date
    ) -> np.ndarray | None:
        """Which points lie in the district or within `margin_m` of it; None for a zone without a boundary.

        Args:
            lon, lat: degrees, WGS-84.
            received_on: before the 2025 merger only the old boundaries count, from then on a
                district that is in both editions has the points of both, since files speak of
                years before.
        """
        area = self._area(code, margin_m, received_on)
        if area is None:
            return None
        geometry, to_metres = area
        points = to_metres(np.column_stack((lon, lat)))
        return shapely.contains_xy(geometry, points[:, 0], points[:, 1])

    def distance_m(
        self, code: str, lon: np.ndarray, lat: np.ndarray, *, received_on: dt.date
    ) -> np.ndarray | None:
        """Metres from each point to the district, 0 inside; None for a zone without a boundary."""
        area = self._area(code, 0, received_on)
        if area is None:
            return None
        geometry, to_metres = area
        return shapely.distance(geometry, shapely.points(to_metres(np.column_stack((lon, lat)))))

    def _area(
        self, code: str, margin_m: int, received_on: dt.date
    ) -> tuple[BaseGeometry, Callable[[Any], Any]] | None:
        known = [shapes for first_day, shapes in self._editions if first_day <= received_on]
        key = (code, margin_m, len(known))
        if key not in self._areas:
            self._areas[key] = _with_margin([s[code] for s in known if code in s], margin_m)
        return self._areas[key]


@cache
def boundaries(folder: Path = GEO_FOLDER) -> Boundaries:
    return Boundaries(folder)


def _read(path: Path) -> dict[str, BaseGeometry]:
    features = json.loads(path.read_text("utf-8"))["features"]
    return {f["properties"]["adcode"]: shape(f["geometry"]) for f in features}


def _with_margin(
    shapes: list[BaseGeometry], margin_m: int
) -> tuple[BaseGeometry, Callable[[Any], Any]] | None:
    """The united shapes, `margin_m` wider, in metres of a plane that fits there to about 0.3 %."""
    if not shapes:
        return None
    united = shapely.union_all(shapes)
    phi = np.radians(united.centroid.y)
    scale = np.array(
        [111412.84 * np.cos(phi) - 93.5 * np.cos(3 * phi), 111132.92 - 559.82 * np.cos(2 * phi)]
    )  # metres in one degree of longitude and latitude at that latitude

    def to_metres(points: Any) -> Any:
        return points * scale

    area = shapely.transform(united, to_metres).buffer(margin_m)
    shapely.prepare(area)
    return area, to_metres
