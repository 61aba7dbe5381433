"""A page of one deck with two polygons: what a browser needs for any map, however little is on it."""

from ui import maps
from ui.pieces import graphics
from ui.registry import ALL_ROLES, Page

PAGE = Page(path="bench-deck", title="两块", icon=":material/map:", roles=ALL_ROLES, order=1000, has_map=True)
HEIGHT = 500
SQUARES = [[[106, 29, 107, 29, 107, 30, 106, 30, 106, 29]], [[108, 29, 109, 29, 109, 30, 108, 30, 108, 29]]]


def render() -> None:
    polygons = maps.Layer(
        "PolygonLayer", SQUARES, id="squares", stroked=False, position_format="'XY'", get_polygon="this[0]",
        get_fill_color=[0, 90, 120],
    )  # fmt: skip
    graphics.map_deck(
        maps.deck([polygons], maps.View(107.5, 29.5, 7), height=HEIGHT),
        height=HEIGHT,
        alt="两块",
        key="bench.deck",
    )
