"""Venues on the map of the city: as large as the people inside, in the colour of how full they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.maps import Edition
from ui import maps, theme
from ui.map_frames import Frame
from ui.map_names import aside
from ui.scales import rgb

LARGEST_PX = 13.0
"""The largest dot's radius in the view a deck begins with; dots grow a little when one goes nearer."""
RADIUS_PX = (4.0, 17.0)
STATES = ("accent", "attention", "alarm", "muted")
"""States of a dot, in the order of their colours: with room, busy, crowded, nothing known."""
_MUTED = theme.INK_SOFT


@dataclass(frozen=True, slots=True)
class Dot:
    """A venue: degrees, what is said when it is pointed at, its state (of `STATES`), people inside (None: unknown)."""

    lon: float
    lat: float
    words: str
    state: str
    people: int | None


def venue_deck(
    dots: Sequence[Dot], edition: Edition, words: Mapping[str, str], frame: Frame, district: str | None = None
) -> maps.Deck:
    """The dots over the districts, in one frame of the map.

    Args:
        words: what is said of a district when it is pointed at, by code.
        district: the one that is chosen; it has a dark border.
    """
    ground = {code: rgb(theme.TRACK) for code in edition.shapes}
    said = {code: words.get(code, shape.name) for code, shape in edition.shapes.items()}
    view, size = frame.view(edition), 11 if frame.is_far else 12
    return maps.deck(
        [
            *maps.areas(
                edition, ground, said, view=None if frame.is_far else view, chosen=[district] if district else [],
                opacity=255, id=f"{frame.key}-areas",
            ),
            maps.rivers(id=f"{frame.key}-rivers"),
            maps.points(
                _rows(dots, LARGEST_PX * maps.metres_per_pixel(view)), [rgb(_MUTED if s == "muted" else theme.fill(s)) for s in STATES],
                radius_px=RADIUS_PX, id=f"{frame.key}-venues",
            ),
            *maps.labels(
                edition, frame.named, size=size, id=f"{frame.key}-labels",
                aside=aside(
                    {c: (edition.shapes[c].short, *edition.shapes[c].label) for c in frame.named},
                    [(dot.lon, dot.lat) for dot in dots], view, size=size, radius_px=LARGEST_PX,
                ),
            ),
        ],
        view,
        height=frame.height,
    )  # fmt: skip


def _rows(dots: Sequence[Dot], largest_m: float) -> list[list[object]]:
    """Empty and unknown ones first: where dots lie upon each other, the full one is seen.

    Args:
        largest_m: metres of the radius of the dot with the most people.
    """
    most = max((dot.people or 0 for dot in dots), default=0) or 1
    ordered = sorted(dots, key=lambda dot: dot.people or 0)
    return [
        [
            dot.words,
            round(dot.lon, 5),
            round(dot.lat, 5),
            STATES.index(dot.state),
            round(largest_m * math.sqrt((dot.people or 0) / most)),
        ]
        for dot in ordered
    ]
