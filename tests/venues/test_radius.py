"""Who is reached within a walk, and where one more facility reaches most: against plain loops over all pairs."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings, strategies as st

import catalog
from metrics.venues import radius
from metrics.venues.plane import distance_m
from tests.venues import plain

DAY = dt.date(2026, 11, 25)
SQUARES = {
    "left": [shapely.box(106.50, 29.50, 106.54, 29.55)],
    "right": [shapely.box(106.54, 29.50, 106.58, 29.55)],
}
RESIDENTS = {"left": 9_000, "right": 900}


@pytest.fixture(scope="module")
def grid() -> radius.Grid:
    return radius.spread(SQUARES, RESIDENTS, 700)


def cells_of(grid: radius.Grid) -> dict[plain.Point, float]:
    return {
        (float(grid.lon[c]), float(grid.lat[r])): float(grid.people[r, c])
        for r, c in np.argwhere(grid.district >= 0)
    }


def test_everybody_is_spread_inside_the_own_district_and_nobody_is_lost(grid: radius.Grid) -> None:
    assert grid.people.sum() == pytest.approx(9_900)
    for number, (code, parts) in enumerate(SQUARES.items()):
        here = grid.district == number
        assert grid.people[here].sum() == pytest.approx(RESIDENTS[code])
        assert len(set(grid.people[here].round(9))) == 1, "evenly"
        for r, c in np.argwhere(here):
            ring = list(parts[0].exterior.coords)[:-1]
            assert plain.is_inside((float(grid.lon[c]), float(grid.lat[r])), ring)


def test_the_city_of_each_edition_has_its_census() -> None:
    """38 districts before the merger, 37 after it, the same people."""
    census = sum(d.population_2020 or 0 for d in catalog.default().districts)
    for day, districts in ((dt.date(2024, 1, 1), 38), (DAY, 37)):
        people = radius.population(day)
        assert (len(people), sum(people.values())) == (districts, census)
    assert radius.grid_on(DAY).people.sum() == pytest.approx(census)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(106.49, 106.59), st.floats(29.49, 29.56)), max_size=6))
def test_cover_and_gaps_agree_with_loops_over_all_pairs(facilities: list[tuple[float, float]]) -> None:
    """The second computation knows no grid arithmetic: great circles between all cells and all places."""
    grid = radius.spread(SQUARES, RESIDENTS, 700)
    cells = cells_of(grid)
    apart = [plain.great_circle_m(c, f) for c in cells for f in [*facilities, *cells]]
    limit = next((w for w in range(960, 1060, 7) if all(abs(metres - w) > 6 for metres in apart)), None)
    assume(limit is not None)
    assert limit is not None
    lon, lat = (np.array([f[n] for f in facilities]) for n in (0, 1))

    found = radius.cover(grid, lon, lat, walk_m=limit, most=4)

    assert sum(found.covered.values()) == pytest.approx(plain.covered(cells, facilities, limit))
    gains = [place.people for place in found.places]
    assert gains == pytest.approx(plain.greedy(cells, facilities, limit, 4))
    assert gains == sorted(gains, reverse=True)


def test_nobody_is_gained_where_all_are_reached(grid: radius.Grid) -> None:
    lat, lon = np.meshgrid(grid.lat, grid.lon, indexing="ij")
    found = radius.cover(grid, lon.ravel(), lat.ravel())

    assert found.covered == pytest.approx({"left": 9_000, "right": 900}) and found.places == ()


def test_the_first_place_is_where_most_live(grid: radius.Grid) -> None:
    found = radius.cover(grid, np.array([]), np.array([]), most=1)

    assert found.places[0].district == "left" and sum(found.covered.values()) == 0


@given(
    st.floats(105.5, 110), st.floats(28.3, 32), st.floats(-0.02, 0.02), st.floats(-0.02, 0.02)
)  # fmt: skip
def test_distances_are_those_of_the_great_circle(lon: float, lat: float, east: float, north: float) -> None:
    """Within half a per cent: a sphere is not quite the earth."""
    there = (lon + east, lat + north)
    expected = plain.great_circle_m((lon, lat), there)
    assert distance_m(lon, lat, *there) == pytest.approx(expected, rel=0.006, abs=0.5)
