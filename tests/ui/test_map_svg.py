"""The picture of a map: drawn from the very rows its deck is told, in the places where deck.gl puts them."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as xml

import numpy as np
import pytest

from catalog import maps as editions
from ui import html, map_frames, map_svg, maps, scales, theme

EDITION = editions.default().edition_on(dt.date(2026, 1, 1))
FAR, NEAR = map_frames.both(EDITION, is_narrow=False)
RAMP = scales.ramp(theme.ACCENT, 5)
COLOURS = {code: RAMP[n % 5] for n, code in enumerate(EDITION.shapes)}
SVG = "{http://www.w3.org/2000/svg}"


def drawn(frame: map_frames.Frame, *layers: Any) -> tuple[xml.Element, list[map_svg.Names]]:
    drawing, names = map_svg.drawn(maps.deck(layers, frame.view(EDITION), height=frame.height), frame.height)
    return xml.fromstring(drawing), names


def start(path: str | None) -> tuple[float, float]:
    """Where a path begins, in pixels from the middle."""
    x, y = re.findall(r"-?\d+", path or "")[:2]
    return int(x) / map_svg.UNITS, int(y) / map_svg.UNITS


def expected(view: maps.View, lon: float, lat: float) -> tuple[float, float]:
    """Web Mercator by the book: a world of 512 pixels at zoom 0."""
    world = 512 * 2**view.zoom

    def down(latitude: float) -> float:
        return (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * world

    return (lon - view.lon) / 360 * world, down(lat) - down(view.lat)


def test_every_district_has_the_colour_and_the_place_its_deck_gives_it():
    filled, borders = maps.areas(EDITION, COLOURS, {})
    picture, _ = drawn(FAR, filled, borders)
    paths = picture.findall(f"{SVG}g/{SVG}path")
    rows = filled.data or []

    assert len(paths) == len(rows) >= len(EDITION.shapes)
    view = FAR.view(EDITION)
    for path, (_, colour, ring) in zip(paths, rows, strict=True):
        assert path.get("fill") == scales.css(tuple(colour[:3]))
        assert float(path.get("fill-opacity", 0)) == pytest.approx(colour[3] / 255, abs=0.002)
        assert start(path.get("d")) == pytest.approx(expected(view, *ring[:2]), abs=0.2)
    assert picture.find(f"{SVG}path").get("stroke") == scales.css(maps.BORDER)  # type: ignore[union-attr]


def test_a_near_picture_leaves_out_what_lies_beyond_it():
    far, near = (drawn(frame, *maps.areas(EDITION, COLOURS, {}))[0] for frame in (FAR, NEAR))

    assert len(near.findall(f".//{SVG}g/{SVG}path")) < len(far.findall(f".//{SVG}g/{SVG}path"))


def test_dots_and_hexagons_are_as_large_as_on_the_ground_and_never_too_small():
    lon, lat = 106.5, 29.6
    dots = maps.points(
        [["小", 0, 0, 0, 1], ["大", 0, 0, 1, 1000]], [RAMP[0], RAMP[4]], origin=(lon, lat), step=1e-5,
        radius_px=(3.0, 60.0),
    )  # fmt: skip
    picture, _ = drawn(NEAR, dots, maps.hexagons([("1 处", lon, lat, RAMP[2])], 9000))
    view = NEAR.view(EDITION)
    small, large = (float(c.get("r", 0)) / map_svg.UNITS for c in picture.iter(f"{SVG}circle"))
    metre = 512 * 2**view.zoom / (40_075_017 * math.cos(math.radians(lat)))

    assert small == 3.0 and large == pytest.approx(1000 * metre, abs=0.2)
    cell = next(path for path in picture.iter(f"{SVG}path") if path.get("fill") == scales.css(RAMP[2]))
    right = int(re.findall(r"m(\d+) 0l", cell.get("d", ""))[0]) / map_svg.UNITS
    assert right == pytest.approx(9000 * maps.COVERAGE * metre, abs=0.2)
    for path in picture.iter(f"{SVG}path"):
        assert start(path.get("d")) == pytest.approx(expected(view, lon, lat), abs=0.2)


def test_names_are_the_decks_with_its_colours_and_where_it_puts_them():
    labels = maps.labels(EDITION, NEAR.named, {"500103": "3.17"}, grounds=COLOURS, aside={"500103": (4, -8)})
    _, names = drawn(NEAR, *labels)
    written = {row[0]: (row[1:], layer) for layer in names for row in layer.rows}

    assert len(written) == len(NEAR.named)
    (x, y), layer = written["渝中\n3.17"]
    right, down = expected(NEAR.view(EDITION), *EDITION.shapes["500103"].label)
    assert (x, y) == pytest.approx((right + 4, down - 8), abs=0.2)
    assert layer.letters == scales.css(scales.readable_on(COLOURS["500103"])) != layer.halo


def test_many_places_stand_where_one_would():
    view = NEAR.view(EDITION)
    lon, lat = np.array([105.3, 106.55, 110.2]), np.array([28.2, 29.56, 32.2])

    assert np.allclose(
        np.stack(maps.pixels(view, lon, lat), 1), [maps.pixel(view, *p) for p in zip(lon, lat, strict=True)]
    )


def test_a_name_is_text_and_the_drawing_an_image():
    """Names of places come from files; Streamlit lets no SVG into a page, and no script may come with one."""
    drawing, _ = map_svg.drawn(maps.deck([maps.rivers()], FAR.view(EDITION), height=500), 500)
    shown = html.map_picture(drawing, 2400, 500, [("color:red", [("<b>甲\n3.2", 1.5, -2)])])

    assert "&lt;b&gt;甲<br>3.2" in shown and "left:calc(50% + 1.5px);top:calc(50% + -2px)" in shown
    address = re.findall(r'src="data:image/svg\+xml,([^"]+)"', shown)
    assert xml.fromstring(unquote(address[0])).get("width") == "2400"
