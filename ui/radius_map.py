"""The map of the service radius: districts by the share of people reached, and the places to build, ranked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from catalog.maps import Edition
from ui import maps, theme
from ui.map_frames import Frame
from ui.scales import Scale, rgb, sequential

PLACE_M = 1000.0


def radius_deck(
    edition: Edition,
    ratios: Mapping[str, float],
    words: Mapping[str, str],
    places: Sequence[tuple[str, float, float]],
    frame: Frame,
) -> maps.Deck:
    """
    Args:
        ratios: share of people reached, 0–1, by district.
        words: tooltip by district.
        places: (tooltip, longitude, latitude), the best first; drawn with the walk as radius.
    """
    scale = scale_of(ratios)
    colours = {code: scale.colour(ratios[code]) for code in edition.shapes if code in ratios}
    view = frame.view(edition)
    layers = [
        *maps.areas(
            edition, colours, words, view=None if frame.is_far else view, id=f"{frame.key}-areas"
        ),
        maps.rivers(id=f"{frame.key}-rivers"),
        maps.points(
            [[said, lon, lat, 0, PLACE_M] for said, lon, lat in places], [rgb(theme.ATTENTION)],
            radius_px=(5.0, 60.0), id=f"{frame.key}-gaps",
        ),
        *maps.labels(
            edition, [code for code in frame.named if code in colours], size=11 if frame.is_far else 12,
            grounds=colours, id=f"{frame.key}-labels",
        ),
    ]  # fmt: skip
    return maps.deck(layers, view, height=frame.height)


def scale_of(ratios: Mapping[str, float]) -> Scale:
    return sequential(list(ratios.values()))


def legend(ratios: Mapping[str, float], written: Callable[[float], str]) -> list[tuple[str, str, str]]:
    """(colour, limits, number of districts)."""
    return scale_of(ratios).entries(ratios.values(), written)
