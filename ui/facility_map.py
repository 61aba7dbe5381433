"""Facilities on the map: districts in the colour of a measure, hexagons when far, single points when near."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.maps import Edition
from ui import maps, theme
from ui.map_frames import Frame
from ui.scales import Colour, Scale, mix, rgb

STEP = 0.00001
"""Degrees of a point's whole steps."""
FAINT = 0.55
"""How far towards paper the districts fade under hexagons."""


@dataclass(frozen=True)
class Ground:
    """The districts: their figures, how these are coloured, what is said and written of each."""

    edition: Edition
    scale: Scale
    values: Mapping[str, float | None]
    words: Mapping[str, str]
    figures: Mapping[str, str]
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cells:
    """Hexagons: (words, longitude, latitude, figure) and the scale of the figures."""

    rows: Sequence[tuple[str, float, float, float]]
    scale: Scale
    size_m: int


@dataclass(frozen=True)
class Dots:
    """Points: (words, longitude, latitude, place of the colour, radius in metres)."""

    rows: Sequence[tuple[str, float, float, int, float]]
    colours: Sequence[Colour]


def deck(ground: Ground, frame: Frame, cells: Cells | None = None, dots: Dots | None = None) -> maps.Deck:
    """One deck: districts, rivers, hexagons or points if given, names with their figures."""
    fades = cells is not None or dots is not None
    colours = {code: _colour(ground, code, fades) for code in ground.edition.shapes}
    view = frame.view(ground.edition)
    layers = [
        *maps.areas(
            ground.edition, colours, ground.words, view=None if frame.is_far else view, chosen=ground.chosen,
            opacity=235, id=f"{frame.key}-areas",
        ),
        maps.rivers(id=f"{frame.key}-rivers"),
    ]  # fmt: skip
    if cells is not None:
        rows = [(words, lon, lat, cells.scale.colour(figure)) for words, lon, lat, figure in cells.rows]
        layers.append(maps.hexagons(rows, cells.size_m, id=f"{frame.key}-hexagons"))
    if dots is not None:
        layers.append(_points(dots, frame))
    layers += maps.labels(
        ground.edition, frame.named, None if fades or frame.is_far else ground.figures,
        size=11 if frame.is_far else 12, grounds=None if fades else colours, id=f"{frame.key}-labels",
    )  # fmt: skip
    return maps.deck(layers, view, height=frame.height)


def _colour(ground: Ground, code: str, fades: bool) -> Colour:
    if not fades:
        return ground.scale.colour(ground.values.get(code))
    return mix(
        rgb(theme.TRACK), rgb(theme.PAPER), 0.0 if code in ground.chosen or not ground.chosen else FAINT
    )


def _points(dots: Dots, frame: Frame) -> Any:
    """Whole steps from the south-western corner: half the digits of a degree."""
    west = round(min((row[1] for row in dots.rows), default=0.0), 4)
    south = round(min((row[2] for row in dots.rows), default=0.0), 4)
    rows = [
        [words, round((lon - west) / STEP), round((lat - south) / STEP), colour, round(radius)]
        for words, lon, lat, colour, radius in dots.rows
    ]
    return maps.points(
        rows, dots.colours, origin=(west, south), step=STEP, radius_px=(3.0, 13.0), id=f"{frame.key}-points"
    )
