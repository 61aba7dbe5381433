"""The analyses of venues a second time: plain loops, great circles, nothing of the product's own arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence

Point = tuple[float, float]
"""Longitude, latitude in degrees."""


def great_circle_m(one: Point, other: Point) -> float:
    """Metres on a sphere of the earth's mean radius."""
    lon, lat, other_lon, other_lat = map(math.radians, (*one, *other))
    half = math.sin((other_lat - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(other_lat) * math.sin((other_lon - lon) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(half))


def is_inside(point: Point, ring: Sequence[Point]) -> bool:
    """Ray casting: a line to the east crosses the ring an odd number of times."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def covered(cells: dict[Point, float], facilities: Sequence[Point], walk_m: float) -> float:
    """People of the cells that have a facility within `walk_m`."""
    return sum(
        people
        for cell, people in cells.items()
        if any(great_circle_m(cell, facility) <= walk_m for facility in facilities)
    )


def greedy(cells: dict[Point, float], facilities: Sequence[Point], walk_m: float, most: int) -> list[float]:
    """People gained by the best cell, the next best without those, and so on."""
    left = {
        cell: people
        for cell, people in cells.items()
        if all(great_circle_m(cell, facility) > walk_m for facility in facilities)
    }
    gains = []
    for _ in range(most):
        best, reached = 0.0, []
        for candidate in cells:
            near = [cell for cell in left if great_circle_m(candidate, cell) <= walk_m]
            gain = sum(left[cell] for cell in near)
            if gain > best + 1e-9:
                best, reached = gain, near
        if best < 0.5:
            break
        gains.append(best)
        for cell in reached:
            del left[cell]
    return gains
