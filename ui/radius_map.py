"""The map of the service radius: districts by the share of people reached, and the places to build, ranked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from catalog import maps as editions
from ui import maps, theme
from ui.scales import Scale, rgb, sequential

WIDTH, HEIGHT = 760, 460
"""Pixels the picture is fitted to."""
PLACE_M = 1000.0


def radius_deck(
    day: dt.date,
    ratios: Mapping[str, float],
    words: Mapping[str, str],
    places: Sequence[tuple[str, float, float]],
) -> maps.Deck:
    """
    Args:
        ratios: share of people reached, 0–1, by district.
        words: tooltip by district.
        places: (tooltip, longitude, latitude), the best first; drawn with the walk as radius.
    """
    edition = editions.default().edition_on(day)
    scale = scale_of(ratios)
    known = [code for code in edition.shapes if code in ratios]
    layers = [
        maps.areas(edition, {code: scale.colour(ratios[code]) for code in known}, words, id="reach"),
        maps.rivers(),
        maps.labels(edition, known),
        maps.points(
            [[said, lon, lat, 0, PLACE_M] for said, lon, lat in places], [rgb(theme.ATTENTION)],
            radius_px=(5.0, 60.0), id="gaps",
        ),
    ]  # fmt: skip
    return maps.deck(layers, maps.view_of_districts(edition, known, WIDTH, HEIGHT), height=HEIGHT)


def scale_of(ratios: Mapping[str, float]) -> Scale:
    return sequential(list(ratios.values()))


def legend(ratios: Mapping[str, float], written: Callable[[float], str]) -> list[tuple[str, str, str]]:
    """(colour, limits, number of districts)."""
    return scale_of(ratios).entries(ratios.values(), written)
