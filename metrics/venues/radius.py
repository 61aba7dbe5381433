"""Service radius (服务半径): who lives within 15 minutes' walk, and where one more facility would help most.

People of a district are spread evenly over the cells of a grid inside its boundary: there
is no finer figure in the base. So a district's own share is exact in sum and rough in
place, and a town in a mountain district is served better than its figure says; the page
states this assumption.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely

import catalog
from catalog import maps
from metrics.venues.plane import metres_per_degree

WALK_M = 1000
"""15 minutes on foot."""
CELL_M = 500
MOST_PLACES = 20
"""Ranked places the gap finder names."""


@dataclass(frozen=True)
class Grid:
    """Cells of equal degrees over the city.

    Attributes:
        south, west: centre of the first cell, degrees.
        district: place in `codes` by row and column, −1 outside the city.
        people: residents by cell.
    """

    south: float
    west: float
    step_lat: float
    step_lon: float
    codes: tuple[str, ...]
    district: np.ndarray
    people: np.ndarray

    @property
    def lat(self) -> np.ndarray:
        """Latitude of each row."""
        return self.south + np.arange(self.people.shape[0]) * self.step_lat

    @property
    def lon(self) -> np.ndarray:
        """Longitude of each column."""
        return self.west + np.arange(self.people.shape[1]) * self.step_lon


@dataclass(frozen=True, slots=True)
class Place:
    """A cell for a new facility: its district, its centre, the people it would newly reach."""

    district: str
    lon: float
    lat: float
    people: float


@dataclass(frozen=True)
class Cover:
    """Who is reached: residents and covered ones by district, and the best places to build."""

    facilities: int
    residents: dict[str, float]
    covered: dict[str, float]
    places: tuple[Place, ...]


def population(day: dt.date) -> dict[str, int]:
    """Residents (2020 census) by district of the boundaries of `day`; merged districts as the sum of their own."""
    known = catalog.default().district_by_code
    found = {}
    for code in maps.default().edition_on(day).shapes:
        district = known[code]
        parts = district.merged_from if district.population_2020 is None else (code,)
        found[code] = sum(known[p].population_2020 or 0 for p in parts)
    return found


@lru_cache(maxsize=4)
def grid_on(day: dt.date, cell_m: int = CELL_M) -> Grid:
    """The city's grid with the boundaries of `day`."""
    shapes = maps.default().edition_on(day).shapes
    rings = {code: [shapely.Polygon(ring) for ring in s.rings] for code, s in shapes.items()}
    return spread(rings, population(day), cell_m)


def spread(rings: dict[str, list[shapely.Polygon]], residents: dict[str, int], cell_m: int) -> Grid:
    """Cells whose centre lies in a district share its residents equally; one too small for any cell gets its own."""
    west, south, east, north = shapely.total_bounds([p for parts in rings.values() for p in parts])
    per_lon, per_lat = metres_per_degree((south + north) / 2)
    step_lon, step_lat = cell_m / per_lon, cell_m / per_lat
    lon = np.arange(west + step_lon / 2, east, step_lon)
    lat = np.arange(south + step_lat / 2, north, step_lat)
    district = np.full((len(lat), len(lon)), -1, dtype=np.int16)
    people = np.zeros(district.shape)
    codes = tuple(rings)
    for number, (code, parts) in enumerate(rings.items()):
        inside = _cells_inside(parts, lon, lat) & (district < 0)
        if not inside.any():
            centre = parts[0].representative_point()
            inside[np.abs(lat - centre.y).argmin(), np.abs(lon - centre.x).argmin()] = True
        district[inside] = number
        people[inside] = residents[code] / inside.sum()
    return Grid(float(lat[0]), float(lon[0]), step_lat, step_lon, codes, district, people)


def _cells_inside(parts: list[shapely.Polygon], lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Which cells have their centre in one of the polygons; only those inside its box are asked."""
    inside = np.zeros((len(lat), len(lon)), dtype=bool)
    for polygon in parts:
        west, south, east, north = polygon.bounds
        rows = np.flatnonzero((lat >= south) & (lat <= north))
        columns = np.flatnonzero((lon >= west) & (lon <= east))
        if len(rows) and len(columns):
            shapely.prepare(polygon)
            x, y = np.meshgrid(lon[columns], lat[rows])
            inside[np.ix_(rows, columns)] |= shapely.contains_xy(polygon, x, y)
    return inside


def cover(grid: Grid, lon: np.ndarray, lat: np.ndarray, *, walk_m: float = WALK_M, most: int = MOST_PLACES) -> Cover:  # fmt: skip
    """Residents within `walk_m` of any facility, and the places that would reach most others, best first."""
    reached = reached_cells(grid, lon, lat, walk_m)
    left = np.where(reached, 0.0, grid.people)
    residents, covered = {}, {}
    for number, code in enumerate(grid.codes):
        here = grid.district == number
        residents[code] = float(grid.people[here].sum())
        covered[code] = float(grid.people[here & reached].sum())
    return Cover(len(lon), residents, covered, tuple(best_places(grid, left, walk_m, most)))


def reached_cells(grid: Grid, lon: np.ndarray, lat: np.ndarray, walk_m: float) -> np.ndarray:
    """Cells whose centre lies within `walk_m` of a facility."""
    reached = np.zeros(grid.people.shape, dtype=bool)
    if not len(lon):
        return reached
    per_lon, per_lat = metres_per_degree(lat)
    row = np.rint((lat - grid.south) / grid.step_lat).astype(int)
    column = np.rint((lon - grid.west) / grid.step_lon).astype(int)
    for up, right in _offsets(grid, walk_m):
        r, c = row + up, column + right
        north = (grid.south + r * grid.step_lat - lat) * per_lat
        east = (grid.west + c * grid.step_lon - lon) * per_lon
        near = (north * north + east * east <= walk_m * walk_m) & (r >= 0) & (c >= 0)
        near &= (r < grid.people.shape[0]) & (c < grid.people.shape[1])
        reached[r[near], c[near]] = True
    return reached


def _offsets(grid: Grid, walk_m: float) -> Sequence[tuple[int, int]]:
    """Rows and columns around a cell that may hold anything within `walk_m`, wherever in the city."""
    narrow, _ = metres_per_degree(grid.lat[-1])
    _, flat = metres_per_degree(grid.lat[0])
    up = math.ceil(walk_m / (grid.step_lat * flat)) + 1
    right = math.ceil(walk_m / (grid.step_lon * narrow)) + 1
    return [(i, j) for i in range(-up, up + 1) for j in range(-right, right + 1)]


def best_places(grid: Grid, left: np.ndarray, walk_m: float, most: int) -> list[Place]:
    """Greedy cover: the cell that reaches most of who is left, then the next without those, and so on.

    Args:
        left: people by cell who are not reached yet; not changed.
    """
    left = left.copy()
    around = _offsets(grid, walk_m)
    per_lon, per_lat = metres_per_degree(grid.lat)
    inside = {
        (i, j): (i * grid.step_lat * per_lat) ** 2 + (j * grid.step_lon * per_lon) ** 2 <= walk_m**2
        for i, j in around
    }
    inside = {offset: rows for offset, rows in inside.items() if rows.any()}
    gain = _gains(left, inside, 0, left.shape[0])
    gain[grid.district < 0] = -1.0
    reach = max(i for i, _ in inside)
    found = []
    for _ in range(most):
        r, c = divmod(int(gain.argmax()), gain.shape[1])
        if gain[r, c] < 0.5:
            break
        code = grid.codes[grid.district[r, c]]
        found.append(
            Place(code, round(float(grid.lon[c]), 5), round(float(grid.lat[r]), 5), float(gain[r, c]))
        )
        for (i, j), rows in inside.items():
            if rows[r] and 0 <= r + i < left.shape[0] and 0 <= c + j < left.shape[1]:
                left[r + i, c + j] = 0.0
        first, last = max(0, r - 2 * reach), min(left.shape[0], r + 2 * reach + 1)
        gain[first:last] = _gains(left, inside, first, last)
        gain[first:last][grid.district[first:last] < 0] = -1.0
    return found


def _gains(left: np.ndarray, inside: dict[tuple[int, int], np.ndarray], first: int, last: int) -> np.ndarray:
    """People within reach of each cell of the rows `first` to `last` (exclusive)."""
    height, width = left.shape
    gain = np.zeros((last - first, width))
    for (i, j), rows in inside.items():
        top, bottom = max(first, -i), min(last, height - i)
        if top >= bottom:
            continue
        there = left[top + i : bottom + i, max(0, j) : width + min(0, j)]
        here = gain[top - first : bottom - first, max(0, -j) : width + min(0, -j)]
        here += there * rows[top:bottom, None]
    return gain
