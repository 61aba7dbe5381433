"""Maps without a basemap: pydeck with the bundled boundaries. The only module that knows pydeck.

Nothing is fetched from anywhere: `map_provider=None` without `map_style` is the
one way Streamlit 1.67 draws a deck without asking a foreign host. Its deck.gl
takes JSON only (pydeck's binary transport is dropped on the way), so a layer's
rows are short lists, not dictionaries, whose first entry is the words of the
tooltip, and the JSON is written without the blanks and escapes pydeck would add:
a sixth of the bytes. Layers keep their `id`, otherwise deck.gl builds them anew.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import pydeck
import shapely
from pydeck.bindings.json_tools import default_serialize

from catalog import maps
from catalog.maps import CORE, Edition
from ui import theme
from ui.scales import Colour, readable_on, rgb

FAR_TOLERANCE = 0.01
"""Degrees by which borders are simplified for the whole city: below a pixel there."""
BORDER: Colour = rgb(theme.PAPER)
RIVER: Colour = rgb(theme.CALM)
OPACITY = 215
TILE = 512
"""Pixels of the world at zoom 0 in deck.gl."""
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


def mercator(lat: float) -> float:
    """Latitude as degrees of the map's own vertical scale."""
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))


def latitude(y: float) -> float:
    """The inverse of `mercator`."""
    return math.degrees(2 * math.atan(math.exp(math.radians(y))) - math.pi / 2)


def view_of_districts(edition: Edition, codes: Sequence[str], width: int, height: int) -> View:
    """The view of these districts; of the whole city where none is known."""
    known = [edition.shapes[code] for code in codes if code in edition.shapes]
    shapes = known or list(edition.shapes.values())
    return view_of([point for s in shapes for ring in s.rings for point in ring], width, height)


@cache
def _rings(edition: Edition, is_far: bool) -> dict[str, tuple[tuple[float, ...], ...]]:
    """Rings as flat lists of degrees: simplified together, so that neighbours still touch, when far."""
    digits, shapes = (4, edition.shapes) if is_far else (5, edition.shapes)
    polygons = [shapely.MultiPolygon([(ring, []) for ring in s.rings]) for s in shapes.values()]
    if is_far:
        polygons = list(cast("Any", shapely.coverage_simplify(polygons, FAR_TOLERANCE)))
    found = {}
    for code, polygon in zip(shapes, polygons, strict=True):
        parts = getattr(polygon, "geoms", [polygon])
        found[code] = tuple(
            tuple(round(degree, digits) for point in part.exterior.coords for degree in point[:2])
            for part in parts
        )
    return found


# ---------------------------------------------------------------- layers


def areas(
    edition: Edition,
    colours: Mapping[str, Colour],
    words: Mapping[str, str],
    *,
    is_far: bool = True,
    chosen: Sequence[str] = (),
    opacity: int = OPACITY,
    id: str = "areas",
) -> pydeck.Layer:
    """Districts of `colours` as polygons; `chosen` ones have a dark border. Rows: words, colour, border, width, ring."""
    rings = _rings(edition, is_far)
    ordered = sorted(colours, key=lambda code: code in chosen)  # a dark border is drawn over its neighbours
    rows = []
    for code in ordered:
        border, width = (rgb(theme.INK), 2.4) if code in chosen else (BORDER, 1)
        rows += [
            [words.get(code, ""), [*colours[code], opacity], border, width, ring] for ring in rings[code]
        ]
    return pydeck.Layer(
        "PolygonLayer", rows, id=id, pickable=True, stroked=True, filled=True, position_format="'XY'",
        get_polygon="this[4]", get_fill_color="this[1]", get_line_color="this[2]", get_line_width="this[3]",
        line_width_units="'pixels'", auto_highlight=True, highlight_color=[*rgb(theme.ATTENTION), 70],
    )  # fmt: skip


def rivers(id: str = "rivers") -> pydeck.Layer:
    """长江, 嘉陵江, 乌江: for finding one's way, not for measuring."""
    rows = [
        [name, [round(degree, 4) for point in line for degree in point]]
        for name, line in maps.default().rivers
    ]
    return pydeck.Layer(
        "PathLayer", rows, id=id, get_path="this[1]", position_format="'XY'", get_color=[*RIVER, 150],
        get_width=2, width_units="'pixels'", cap_rounded=True, joint_rounded=True,
    )  # fmt: skip


def labels(
    edition: Edition,
    codes: Sequence[str],
    second: Mapping[str, str] | None = None,
    *,
    size: int = 12,
    grounds: Mapping[str, Colour] | None = None,
    id: str = "labels",
) -> pydeck.Layer:
    """Names of districts, with a second line (a figure) where one is given.

    Args:
        grounds: the colours the names stand on: light letters on dark ones, ink on the others.
    """
    shapes = edition.shapes
    rows = []
    for c in codes:
        words = f"{shapes[c].short}\n{second[c]}" if second and second.get(c) else shapes[c].short
        rows.append([words, *shapes[c].label, readable_on(grounds[c]) if grounds else rgb(theme.INK)])
    halo: dict[str, Any] = {} if grounds else {"outline_width": 3, "outline_color": [*rgb(theme.PAPER), 230]}
    return pydeck.Layer(
        "TextLayer", rows, id=id, get_text="this[0]", get_position="[this[1],this[2]]", get_size=size,
        get_color="this[3]", character_set="'auto'", font_family=f'"{theme.FONT}"', font_weight=600,
        font_settings={"sdf": True, "radius": 10}, line_height=1.15, **halo,
    )  # fmt: skip


def hexagons(cells: Sequence[tuple[str, float, float, Colour]], radius_m: float, id: str = "hexagons") -> Any:
    """Flat hexagons: (words, longitude, latitude, colour), corner to centre `radius_m` metres on the ground."""
    rows = [[words, round(lon, 4), round(lat, 4), [*colour, 205]] for words, lon, lat, colour in cells]
    return pydeck.Layer(
        "ColumnLayer", rows, id=id, pickable=True, extruded=False, disk_resolution=6, radius=radius_m, angle=0,
        coverage=0.94, get_position="[this[1],this[2]]", get_fill_color="this[3]", auto_highlight=True,
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
) -> pydeck.Layer:
    """Points as dots.

    Args:
        rows: words, longitude, latitude, place in `colours`, radius in metres; the
            degrees as whole steps of `step` from `origin`, which is what makes a row short.
        radius_px: a dot is never smaller or larger than this, at any zoom.
    """
    colour: Any = [*colours[0], 225] if len(colours) == 1 else _chosen_colour(colours)
    return pydeck.Layer(
        "ScatterplotLayer", list(rows), id=id, pickable=True, stroked=True, filled=True,
        get_position=f"[{origin[0]}+this[1]*{step},{origin[1]}+this[2]*{step}]", get_fill_color=colour,
        get_radius="this[4]", radius_min_pixels=radius_px[0], radius_max_pixels=radius_px[1],
        get_line_color=[*BORDER, 230], line_width_min_pixels=0.8, line_width_max_pixels=0.8,
        auto_highlight=True, highlight_color=[*rgb(theme.ATTENTION), 200],
    )  # fmt: skip


def _chosen_colour(colours: Sequence[Colour]) -> str:
    """An expression deck.gl evaluates for each row: its place picks the colour, sent once, not a row.

    In brackets: its parser ends an expression after a bare list, and every dot would be black.
    """
    written = ",".join(f"[{r},{g},{b},225]" for r, g, b in colours)
    return f"([{written}])[this[3]]"


def deck(layers: Sequence[pydeck.Layer], view: View, *, height: int) -> Deck:
    """The layers without a basemap and without a request to anywhere; `widgets.map_deck` puts them on the page."""
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
    "CORE", "Deck", "View", "areas", "deck", "hexagons", "labels", "points", "rivers", "view_of",
    "view_of_districts",
]  # fmt: skip
