"""Names of districts make way for dots, stay near their place, and do not lie on each other."""

from __future__ import annotations

from hypothesis import given, strategies as st

from ui import maps
from ui.map_names import FARTHEST_PX, aside

VIEW = maps.View(107.0, 30.0, 7.0)
DEGREE_PX = 512 * 2**7 / 360


def at(x: float, y: float) -> tuple[float, float]:
    """Degrees of a place so many pixels right of and below the middle."""
    return VIEW.lon + x / DEGREE_PX, maps.latitude(maps.mercator(VIEW.lat) - y / DEGREE_PX)


def test_a_name_goes_the_shortest_way_from_under_a_dot():
    moved = aside(
        {"a": ("梁平", *at(0, 0)), "b": ("万州", *at(200, 0))}, [at(0, 6)], VIEW, size=12, radius_px=10
    )
    assert moved == {"a": (0, -12), "b": (0, 0)}


def test_a_name_without_a_free_place_nearby_stays():
    everywhere = [at(x, y) for x in range(-90, 91, 15) for y in range(-90, 91, 15)]
    assert aside({"a": ("梁平", *at(0, 0))}, everywhere, VIEW, size=12, radius_px=10) == {"a": (0, 0)}


@given(st.lists(st.tuples(st.integers(-60, 60), st.integers(-60, 60)), max_size=8))
def test_a_moved_name_lies_on_no_dot_and_no_name(dots: list[tuple[int, int]]):
    names = {"a": ("梁平", *at(0, 0)), "b": ("忠县", *at(20, 4))}
    moved = aside(names, [at(*dot) for dot in dots], VIEW, size=12, radius_px=10)
    boxes = {"a": moved["a"], "b": (moved["b"][0] + 20, moved["b"][1] + 4)}
    for code, (x, y) in boxes.items():
        assert max(map(abs, moved[code])) <= FARTHEST_PX
        if moved[code] != (0, 0):
            assert all(abs(x - u) >= 22 or abs(y - v) >= 16 for u, v in dots)
    if moved["b"] != (0, 0):
        (x, y), (u, v) = boxes.values()
        assert abs(x - u) >= 24 or abs(y - v) >= 12
