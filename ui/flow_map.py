"""Venues on the map of the city: as large as the people inside, in the colour of how full they are."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog import maps as editions
from ui import maps, theme
from ui.scales import rgb

HEIGHT = 430
WIDTH = 660
LARGEST_M = 9000
"""Metres of the largest dot's radius, so that dots grow a little when one goes nearer."""
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
    dots: Sequence[Dot], day: dt.date, words: Mapping[str, str], district: str | None = None
) -> maps.Deck:
    """The dots over the districts of that day; looking at one district where one is chosen.

    Args:
        words: what is said of a district when it is pointed at, by code.
    """
    edition = editions.default().edition_on(day)
    chosen = [district] if district in edition.shapes else []
    named = chosen or [code for code, shape in edition.shapes.items() if not shape.is_core]
    ground = {code: rgb(theme.TRACK) for code in edition.shapes}
    said = {code: words.get(code, shape.name) for code, shape in edition.shapes.items()}
    return maps.deck(
        [
            maps.areas(edition, ground, said, is_far=not chosen, chosen=chosen, opacity=255, id="flow-areas"),
            maps.rivers(id="flow-rivers"),
            maps.points(
                _rows(dots), [rgb(_MUTED if s == "muted" else theme.fill(s)) for s in STATES],
                radius_px=RADIUS_PX, id="flow-venues",
            ),
            maps.labels(edition, named, size=11, id="flow-labels"),
        ],
        maps.view_of_districts(edition, chosen, WIDTH, HEIGHT),
        height=HEIGHT,
    )  # fmt: skip


def _rows(dots: Sequence[Dot]) -> list[list[object]]:
    """Empty and unknown ones first: where dots lie upon each other, the full one is seen."""
    most = max((dot.people or 0 for dot in dots), default=0) or 1
    ordered = sorted(dots, key=lambda dot: dot.people or 0)
    return [
        [
            dot.words,
            round(dot.lon, 5),
            round(dot.lat, 5),
            STATES.index(dot.state),
            round(LARGEST_M * math.sqrt((dot.people or 0) / most)),
        ]
        for dot in ordered
    ]
