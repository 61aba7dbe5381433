"""Maps without a basemap: pydeck with the bundled boundaries. The only module that knows pydeck.

Nothing is fetched from anywhere: `map_provider=None` without `map_style` is the
one way Streamlit 1.67 draws a deck without asking a foreign host. Its deck.gl
takes JSON only (pydeck's binary transport is dropped on the way), so a layer's
rows are short lists, not dictionaries, whose first entry is the words of the
tooltip, and the JSON is written without the blanks and escapes pydeck would add:
a sixth of the bytes. Layers keep their `id`, otherwise deck.gl builds them anew.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, cast

import numpy as np
import pydeck
import shapely
from pydeck.bindings.json_tools import default_serialize

from catalog import maps
from catalog.maps import CORE, Edition
from ui import theme
from ui.scales import Colour, readable_on, rgb

FAR_TOLERANCE = 0.01
"""Degrees by which borders are simplified for the whole city: below a pixel there."""
DIGITS = 4
STEPS = 10**DIGITS
"""Of a degree: ten metres, a pixel at zoom 13."""
SEEN = 300
"""Pixels from the centre of a view that a window may show; what lies beyond is met by moving the map."""
BORDER: Colour = rgb(theme.PAPER)
RIVER: Colour = rgb(theme.CALM)
OPACITY, DOT, RIM, RIM_PX = 215, 225, 230, 0.8
"""Opacity of districts, of dots, and of the paper around a dot with its breadth."""
COVERAGE = 0.94
"""Of a hexagon's cell by its colour."""
HALO = 3
"""Breadth of the paper around letters, in deck.gl's own measure: about 1.5 pixels at a size of 12."""
LINE_HEIGHT, WEIGHT = 1.15, 600
TILE = 512
"""Pixels of the world at zoom 0 in deck.gl."""
EQUATOR_M = 40_075_017.0
Piece = tuple[int, int, int, int]
_TOOLTIP = {
    "text": "{0}",
    "style": {
        "backgroundColor": theme.INK, "color": theme.PAPER, "borderRadius": "6px", "fontSize": "13px",
        "fontFamily": theme.FONT, "padding": "8px 10px", "whiteSpace": "pre-line", "maxWidth": "300px",
    },
}  # fmt: skip


class Deck(pydeck.Deck):
    """A deck that writes itself short: no blanks, Chinese as it is."""

    def to_json(self) -> str:
        return json.dumps(
            self, default=default_serialize, sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )

    def _set_api_keys(self, api_keys: dict[str, str] | None = None) -> None:
        """None: nothing is asked of a map's provider. pydeck would look for a notebook at each, 5 ms a deck."""


class Layer(pydeck.Layer):
    """A layer that keeps, beside what the browser is told, how its rows are read: `ui.map_svg` reads them too.

    In slots, because pydeck tells the browser all that stands in `vars`.
    """

    __slots__ = ("colours", "corner", "step")

    def __init__(
        self, type: str, rows: Sequence[Any], *, id: str, corner: tuple[float, float] = (0.0, 0.0),
        step: float = 1.0, colours: Sequence[Colour] = (), **told: Any,
    ) -> None:  # fmt: skip
        """
        Args:
            corner: longitude and latitude where the whole steps of the rows begin.
            step: degrees of a step.
            colours: of dots whose rows give a place in them.
            told: what the browser is told besides the rows.
        """
        super().__init__(type, list(rows), id=id, **told)
        self.corner, self.step, self.colours = corner, step, tuple(colours)


@dataclass(frozen=True)
class View:
    """Where one looks: centre in degrees, deck.gl's zoom."""

    lon: float
    lat: float
    zoom: float


def view_of(points: Sequence[tuple[float, float]], width: int, height: int) -> View:
    """The view in which all points lie inside a picture of that many pixels, with a little room."""
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    up, down = mercator(north), mercator(south)
    world = min(width / max(east - west, 1e-3), height / max(up - down, 1e-3)) * 360 * 0.94
    return View((west + east) / 2, latitude((up + down) / 2), round(math.log2(world / TILE), 2))


def metres_per_pixel(view: View) -> float:
    """Metres of the ground that a pixel covers at the centre of the view."""
    return EQUATOR_M * math.cos(math.radians(view.lat)) / (TILE * 2**view.zoom)


def pixel(view: View, lon: float, lat: float) -> tuple[float, float]:
    """Where a place stands, from the middle of the view to the right and down."""
    a_degree = TILE * 2**view.zoom / 360
    return (lon - view.lon) * a_degree, (mercator(view.lat) - mercator(lat)) * a_degree


def pixels(view: View, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`pixel` of many places at once."""
    a_degree = TILE * 2**view.zoom / 360
    up = np.degrees(np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)))
    return (lon - view.lon) * a_degree, (mercator(view.lat) - up) * a_degree


def mercator(lat: float) -> float:
    """Latitude as degrees of the map's own vertical scale."""
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))


def latitude(y: float) -> float:
    """The inverse of `mercator`."""
    return math.degrees(2 * math.atan(math.exp(math.radians(y))) - math.pi / 2)


def view_of_districts(edition: Edition, codes: Sequence[str], width: int, height: int) -> View:
    """The view of these districts; of the whole city where none is known."""
    return _view_of_districts(edition, tuple(codes), width, height)


@lru_cache(maxsize=256)
def _view_of_districts(edition: Edition, codes: tuple[str, ...], width: int, height: int) -> View:
    known = [edition.shapes[code] for code in codes if code in edition.shapes]
    shapes = known or list(edition.shapes.values())
    return view_of([point for s in shapes for ring in s.rings for point in ring], width, height)


@lru_cache(maxsize=256)
def _seen(edition: Edition, view: View) -> frozenset[str]:
    """Districts of which something lies within `SEEN` pixels of the centre."""
    reach = SEEN * 360 / (TILE * 2**view.zoom)
    up = mercator(view.lat)
    corners = (view.lon - reach, latitude(up - reach), view.lon + reach, latitude(up + reach))
    box = shapely.box(*corners)
    return frozenset(code for code, polygon in _polygons(edition).items() if polygon.intersects(box))


@cache
def _polygons(edition: Edition) -> dict[str, shapely.MultiPolygon]:
    return {
        code: shapely.MultiPolygon([(ring, []) for ring in shape.rings])
        for code, shape in edition.shapes.items()
    }


@cache
def _from_afar(edition: Edition) -> dict[str, Any]:
    """Simplified together for the whole city, so that neighbours still touch."""
    whole = _polygons(edition)
    return dict(
        zip(whole, shapely.coverage_simplify(list(whole.values()), FAR_TOLERANCE).tolist(), strict=True)
    )


@cache
def _rings(edition: Edition, fine: frozenset[str]) -> dict[str, tuple[tuple[float, ...], ...]]:
    """Rings as flat lists of degrees, those of `fine` districts with every point of the file."""
    shapes = _from_afar(edition) | {code: _polygons(edition)[code] for code in fine}
    found = {}
    for code, polygon in shapes.items():
        parts = getattr(polygon, "geoms", [polygon])
        found[code] = tuple(
            tuple(round(degree, DIGITS) for point in part.exterior.coords for degree in point[:2])
            for part in parts
        )
    return found


# ---------------------------------------------------------------- layers


def areas(
    edition: Edition,
    colours: Mapping[str, Colour],
    words: Mapping[str, str],
    *,
    view: View | None = None,
    chosen: Sequence[str] = (),
    opacity: int = OPACITY,
    id: str = "areas",
) -> list[Layer]:
    """Districts of `colours` as polygons and the borders over them; rows of the polygons: words, colour, ring.

    Borders are lines from point to point, each once for both its districts. deck.gl's own
    strokes would cost every deck a second shader, the largest it has: where a browser paints
    without a graphics card, a second more before anything is seen.

    Args:
        view: of a deck that shows a part of the city: what is seen in it is drawn in full, the rest from afar.
        chosen: these have a dark border.
    """
    rings = _rings(edition, _seen(edition, view) if view else frozenset())
    rows = [[words.get(c, ""), [*colours[c], opacity], ring] for c in colours for ring in rings[c]]
    filled = Layer(
        "PolygonLayer", rows, id=id, pickable=True, stroked=False, filled=True, position_format="'XY'",
        get_polygon="this[2]", get_fill_color="this[1]", auto_highlight=True,
        highlight_color=[*rgb(theme.ATTENTION), 70],
    )  # fmt: skip
    layers = [filled, _lines([ring for c in colours for ring in rings[c]], BORDER, 1, f"{id}-borders")]
    if dark := [ring for c in chosen if c in colours for ring in rings[c]]:
        layers.append(_lines(dark, rgb(theme.INK), 2.4, f"{id}-chosen"))
    return layers


def rivers(id: str = "rivers") -> Layer:
    """长江, 嘉陵江, 乌江: for finding one's way, not for measuring."""
    lines = [tuple(degree for point in line for degree in point) for _, line in maps.default().rivers]
    return _lines(lines, RIVER, 2, id, opacity=150)


def _lines(
    lines: Iterable[tuple[float, ...]], colour: Colour, width_px: float, id: str, opacity: int = 255
) -> Layer:
    """Lines of flat degrees, cut into pieces from point to point; a piece that two lines share is drawn once.

    Rows: start in whole steps from the south-western corner, and how many steps to the end.
    """
    (west, south), rows = _pieces(tuple(lines))
    x, y = (f"{round(corner, DIGITS)}+this[{place}]/{STEPS}" for place, corner in ((0, west), (1, south)))
    return Layer(
        "LineLayer", rows, id=id, corner=(west, south), step=1 / STEPS, get_source_position=f"[{x},{y}]",
        get_target_position=f"[{x}+this[2]/{STEPS},{y}+this[3]/{STEPS}]", get_color=[*colour, opacity],
        get_width=width_px, width_units="'pixels'",
    )  # fmt: skip


@lru_cache(maxsize=64)
def _pieces(lines: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, float], tuple[Piece, ...]]:
    """(south-western corner, rows of `_lines`): the same borders are drawn for every figure."""
    west = min(degree for line in lines for degree in line[::2])
    south = min(degree for line in lines for degree in line[1::2])
    known: set[Piece] = set()
    rows: list[Piece] = []
    for line in lines:
        xs = [round((degree - west) * STEPS) for degree in line[::2]]
        ys = [round((degree - south) * STEPS) for degree in line[1::2]]
        for a, b in itertools.pairwise(zip(xs, ys, strict=True)):
            piece = (*min(a, b), *max(a, b))
            if a != b and piece not in known:
                known.add(piece)
                rows.append((*a, b[0] - a[0], b[1] - a[1]))
    return (west, south), tuple(rows)


def labels(
    edition: Edition,
    codes: Sequence[str],
    second: Mapping[str, str] | None = None,
    *,
    size: int = 12,
    grounds: Mapping[str, Colour] | None = None,
    aside: Mapping[str, tuple[int, int]] | None = None,
    id: str = "labels",
) -> list[Layer]:
    """Names of districts, with a second line (a figure) where one is given.

    A name is wider than a small district: light letters have a dark halo and dark ones
    a light one, so that they can be read where they reach into the next.

    Args:
        grounds: the colours the names stand on: light letters on dark ones, ink on the others.
        aside: pixels to the right and down that a name makes way.
    """
    rows: dict[Colour, list[list[Any]]] = {rgb(theme.INK): [], rgb(theme.PAPER): []}
    for c in codes:
        shape = edition.shapes[c]
        words = f"{shape.short}\n{second[c]}" if second and second.get(c) else shape.short
        letters = readable_on(grounds[c]) if grounds else rgb(theme.INK)
        way = aside.get(c, (0, 0)) if aside else (0, 0)
        rows[letters].append([words, *(round(degree, DIGITS) for degree in shape.label), *way])
    return [
        _words(written, letters, size, id if letters == rgb(theme.INK) else f"{id}-light")
        for letters, written in rows.items()
        if written
    ]


def _words(rows: list[list[Any]], letters: Colour, size: int, id: str) -> Layer:
    """Rows: words, longitude, latitude, pixels to the right and down."""
    return Layer(
        "TextLayer", rows, id=id, get_text="this[0]", get_position="[this[1],this[2]]", get_size=size,
        get_pixel_offset="[this[3],this[4]]", get_color=[*letters], character_set="'auto'", font_family=f'"{theme.FONT}"', font_weight=WEIGHT,
        font_settings={"sdf": True, "radius": 10}, line_height=LINE_HEIGHT, outline_width=HALO,
        outline_color=[*next(c for c in (rgb(theme.PAPER), rgb(theme.INK)) if c != letters), 230],
    )  # fmt: skip


def hexagons(
    cells: Sequence[tuple[str, float, float, Colour]], radius_m: float, id: str = "hexagons"
) -> Layer:
    """Flat hexagons: (words, longitude, latitude, colour), corner to centre `radius_m` metres on the ground."""
    rows = [[words, round(lon, 4), round(lat, 4), [*colour, 205]] for words, lon, lat, colour in cells]
    return Layer(
        "ColumnLayer", rows, id=id, pickable=True, extruded=False, disk_resolution=6, radius=radius_m, angle=0,
        coverage=COVERAGE, get_position="[this[1],this[2]]", get_fill_color="this[3]", auto_highlight=True,
        highlight_color=[*rgb(theme.ATTENTION), 120],
    )  # fmt: skip


def points(
    rows: Sequence[Sequence[Any]],
    colours: Sequence[Colour],
    *,
    origin: tuple[float, float] = (0.0, 0.0),
    step: float = 1.0,
    radius_px: tuple[float, float] = (2.5, 14.0),
    id: str = "points",
) -> Layer:
    """Points as dots.

    Args:
        rows: words, longitude, latitude, place in `colours`, radius in metres; the
            degrees as whole steps of `step` from `origin`, which is what makes a row short.
        radius_px: a dot is never smaller or larger than this, at any zoom.
    """
    colour: Any = [*colours[0], DOT] if len(colours) == 1 else _chosen_colour(colours)
    return Layer(
        "ScatterplotLayer", rows, id=id, corner=origin, step=step, colours=colours, pickable=True, stroked=True, filled=True,
        get_position=f"[{origin[0]}+this[1]*{step},{origin[1]}+this[2]*{step}]", get_fill_color=colour,
        get_radius="this[4]", radius_min_pixels=radius_px[0], radius_max_pixels=radius_px[1],
        get_line_color=[*BORDER, RIM], line_width_min_pixels=RIM_PX, line_width_max_pixels=RIM_PX,
        auto_highlight=True, highlight_color=[*rgb(theme.ATTENTION), 200],
    )  # fmt: skip


def _chosen_colour(colours: Sequence[Colour]) -> str:
    """An expression deck.gl evaluates for each row: its place picks the colour, sent once, not a row.

    In brackets: its parser ends an expression after a bare list, and every dot would be black.
    """
    written = ",".join(f"[{r},{g},{b},{DOT}]" for r, g, b in colours)
    return f"([{written}])[this[3]]"


def deck(layers: Sequence[Layer], view: View, *, height: int) -> Deck:
    """The layers without a basemap and without a request to anywhere; `pieces.graphics` puts them on the page."""
    made = Deck(
        layers=list(layers),
        initial_view_state=pydeck.ViewState(
            longitude=round(view.lon, 4), latitude=round(view.lat, 4), zoom=view.zoom, min_zoom=4.5, max_zoom=15,
            pitch=0, bearing=0,
        ),
        map_provider=cast("Any", None),
        tooltip=cast("Any", _TOOLTIP),
        height=height,
    )  # fmt: skip
    return made


__all__ = [
    "CORE", "Deck", "Layer", "View", "areas", "deck", "hexagons", "labels", "metres_per_pixel", "points", "rivers", "view_of",
    "view_of_districts",
]  # fmt: skip
