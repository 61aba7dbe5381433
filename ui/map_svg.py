"""A deck as a picture: what stands on the screen until deck.gl has painted the same.

Drawn from the rows of the very layers the browser is told to paint, so that no colour,
figure or place is decided a second time. Pixels are those of deck.gl's view, counted from
its middle, which is the middle of the deck at any width of the window.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ui import maps
from ui.html import Markup, element
from ui.maps import Layer, View
from ui.scales import css

WIDTH = 2400
"""Pixels of the picture: what a wide window shows beside the view."""
UNITS = 4
"""Of a pixel: a place is right to an eighth of one."""
Colour = Sequence[int]


@dataclass(frozen=True, slots=True)
class Names:
    """One layer of words: size in pixels, colours of letters and halo for CSS, (words, pixels to the right, down)."""

    size: int
    letters: str
    halo: str
    rows: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class Canvas:
    """The view that is drawn, and the height of the deck in pixels."""

    view: View
    height: int

    def at(self, places: np.ndarray) -> np.ndarray:
        """Places (longitude, latitude) in units from the middle, each a row."""
        return np.rint(np.stack(maps.pixels(self.view, places[:, 0], places[:, 1]), 1) * UNITS).astype(int)

    def lengths(self, metres: Any, lat: np.ndarray) -> np.ndarray:
        """Metres of the ground as pixels."""
        return (
            metres
            / maps.metres_per_pixel(self.view)
            * math.cos(math.radians(self.view.lat))
            / np.cos(np.radians(lat))
        )

    def shows(self, points: np.ndarray) -> np.ndarray:
        """Which of the points lie in the picture."""
        return np.all(abs(points) < (WIDTH * UNITS / 2, self.height * UNITS / 2), axis=1)

    def meets(self, points: np.ndarray) -> bool:
        """Whether something between the points may lie in it."""
        reach = WIDTH * UNITS / 2, self.height * UNITS / 2
        return bool((points.min(0) < reach).all() and (-points.max(0) < reach).all())


def drawn(deck: maps.Deck, height: int) -> tuple[Markup, list[Names]]:
    """(the drawing as SVG, `WIDTH` by `height` pixels; its names, which are for the page's own font)."""
    state: Any = deck.initial_view_state
    canvas = Canvas(View(state.longitude, state.latitude, state.zoom), height)
    layers: list[Layer] = list(deck.layers)
    shapes = [_SHAPES[layer.type](layer, canvas) for layer in layers if layer.type != "TextLayer"]
    box = f"{-WIDTH * UNITS // 2} {-height * UNITS // 2} {WIDTH * UNITS} {height * UNITS}"
    drawing = element(
        "svg", *shapes, xmlns="http://www.w3.org/2000/svg", width=str(WIDTH), height=str(height), viewBox=box
    )
    return drawing, [_names(layer, canvas) for layer in layers if layer.type == "TextLayer"]


def _told(layer: Layer, name: str) -> Any:
    """What the browser is told of a layer."""
    return vars(layer)[name]


def _rows(layer: Layer) -> Sequence[Any]:
    return layer.data or ()


def _areas(layer: Layer, canvas: Canvas) -> Markup:
    paths = [
        element("path", d=ring, fill=_css(colour), fill_opacity=_opacity(colour))
        for _, colour, degrees in _rows(layer)
        if (ring := _ring(degrees, canvas))
    ]
    return element("g", *paths)


@lru_cache(maxsize=1024)
def _ring(degrees: tuple[float, ...], canvas: Canvas) -> str:
    """A ring of flat degrees as a path; empty where the picture does not reach."""
    points = canvas.at(np.array(degrees).reshape(-1, 2))
    return f"{_path(points.tolist())}z" if canvas.meets(points) else ""


def _path(points: list[list[int]]) -> str:
    """From point to point, the first as it is, each other from the one before."""
    steps = [f"{u - x} {v - y}" for (x, y), (u, v) in itertools.pairwise(points) if (u, v) != (x, y)]
    return f"M{points[0][0]} {points[0][1]}" + (f"l{' '.join(steps)}" if steps else "")


def _lines(layer: Layer, canvas: Canvas) -> Markup:
    colour = _told(layer, "get_color")
    return element(
        "path", d=_pieces(tuple(_rows(layer)), layer.corner, layer.step, canvas), fill="none", stroke=_css(colour),
        stroke_opacity=_opacity(colour), stroke_width=_px(_told(layer, "get_width")), stroke_linecap="round",
    )  # fmt: skip


@lru_cache(maxsize=64)
def _pieces(rows: tuple[maps.Piece, ...], corner: tuple[float, float], step: float, canvas: Canvas) -> str:
    steps = np.array(rows).reshape(-1, 4)
    starts, stops = (
        canvas.at(np.array(corner) + at * step) for at in (steps[:, :2], steps[:, :2] + steps[:, 2:])
    )
    seen = (starts != stops).any(1) & (canvas.shows(starts) | canvas.shows(stops))
    found, end = [], None
    for start, stop in zip(starts[seen].tolist(), stops[seen].tolist(), strict=True):
        found.append(" " if start == end else f"M{start[0]} {start[1]}l")
        found.append(f"{stop[0] - start[0]} {stop[1] - start[1]}")
        end = stop
    return "".join(found)


def _hexagons(layer: Layer, canvas: Canvas) -> Markup:
    """deck.gl's flat columns: a corner points to the east."""
    by_colour: dict[tuple[int, ...], list[str]] = {}
    metres = _told(layer, "radius") * _told(layer, "coverage")
    places = np.array([row[1:3] for row in _rows(layer)]).reshape(-1, 2)
    middles = canvas.at(places)
    radii = np.rint(canvas.lengths(metres, places[:, 1]) * UNITS).astype(int)
    rows = zip(_rows(layer), middles.tolist(), radii.tolist(), canvas.shows(middles), strict=True)
    for (*_, colour), (x, y), radius, is_seen in rows:
        if is_seen:
            by_colour.setdefault(tuple(colour), []).append(f"M{x} {y}{_hexagon(radius)}")
    return element(
        "g",
        *(
            element("path", d="".join(cells), fill=_css(colour), fill_opacity=_opacity(colour))
            for colour, cells in by_colour.items()
        ),
    )


@lru_cache(maxsize=256)
def _hexagon(radius: int) -> str:
    """From its middle along its corners."""
    corners = [
        (round(radius * math.cos(math.pi / 3 * n)), round(radius * math.sin(math.pi / 3 * n)))
        for n in range(6)
    ]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(corners)]
    return f"m{radius} 0l" + " ".join(f"{x} {y}" for x, y in steps) + "z"


def _dots(layer: Layer, canvas: Canvas) -> Markup:
    """Dots of one colour and size are the corners of a path that is not drawn, each marked with a circle."""
    least, most = _told(layer, "radius_min_pixels"), _told(layer, "radius_max_pixels")
    groups: dict[tuple[int, int], list[list[int]]] = {}
    rows = np.array([row[1:] for row in _rows(layer)], dtype=float).reshape(-1, 4)
    places = np.array(layer.corner) + rows[:, :2] * layer.step
    middles = canvas.at(places)
    radii = np.rint(np.clip(canvas.lengths(rows[:, 3], places[:, 1]), least, most) * UNITS)
    seen = canvas.shows(middles)
    looks = zip(rows[seen, 2].astype(int).tolist(), radii[seen].astype(int).tolist(), strict=True)
    for look, middle in zip(looks, middles[seen].tolist(), strict=True):
        groups.setdefault(look, []).append(middle)
    pieces = []
    for (colour, radius), middles in groups.items():
        name = f"{layer.id}-{colour}-{radius}"
        circle = element(
            "circle", r=str(radius), fill=css(layer.colours[colour]), fill_opacity=_share(maps.DOT),
            stroke=css(maps.BORDER), stroke_opacity=_share(maps.RIM), stroke_width=_px(maps.RIM_PX),
        )  # fmt: skip
        pieces.append(element("marker", circle, id=name, markerUnits="userSpaceOnUse", overflow="visible"))
        mark = f"url(#{name})"
        (x, y), *rest = middles
        corners = f"M{x} {y}" + "".join(f"L{u} {v}" for u, v in rest) + "h0"
        pieces.append(element("path", d=corners, fill="none", marker_start=mark, marker_mid=mark))
    return element("g", *pieces)


def _names(layer: Layer, canvas: Canvas) -> Names:
    rows = []
    for words, lon, lat, right, down in _rows(layer):
        x, y = maps.pixel(canvas.view, lon, lat)
        rows.append((words, round(x + right, 1), round(y + down, 1)))
    letters, halo = _told(layer, "get_color"), _told(layer, "outline_color")
    return Names(_told(layer, "get_size"), _css(letters), _css(halo), tuple(rows))


def _css(colour: Colour) -> str:
    """Without its opacity."""
    return css((colour[0], colour[1], colour[2]))


def _opacity(colour: Colour) -> str:
    return _share(colour[3])


def _share(opacity: int) -> str:
    return f"{opacity / 255:.3g}"


def _px(pixels: float) -> str:
    return f"{pixels * UNITS:g}"


_SHAPES = {
    "PolygonLayer": _areas,
    "LineLayer": _lines,
    "ColumnLayer": _hexagons,
    "ScatterplotLayer": _dots,
}
