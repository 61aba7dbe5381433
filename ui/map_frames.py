"""Which part of the city a deck shows: one deck for the whole of it, a second for what is too small there.

Every map of the product that names districts has both: nine of the 37 districts
lie on a twentieth of the land, and their names and points would cover each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.maps import CORE, Edition
from ui import maps

HEIGHT = 500
WIDTH, NEAR_WIDTH = 650, 500
"""Pixels a view is fitted to, in `pages/venues/_maps.py`; a wider window shows more around it."""
NARROW_WIDTH, NARROW_HEIGHT = 350, 360
"""On a telephone."""


@dataclass(frozen=True)
class Frame:
    """`codes`: the districts it is fitted to, none for all of them; `named`: those whose names it writes."""

    key: str
    codes: tuple[str, ...]
    named: tuple[str, ...]
    width: int
    height: int

    @property
    def is_far(self) -> bool:
        return not self.codes

    def view(self, edition: Edition) -> maps.View:
        return maps.view_of_districts(edition, self.codes, self.width, self.height)


def both(edition: Edition, codes: Sequence[str] = (), *, is_narrow: bool) -> tuple[Frame, Frame]:
    """The whole city, and the districts of `codes`: the city proper where none are given.

    The districts of the city proper have their names on the second.
    """
    outside = tuple(code for code, shape in edition.shapes.items() if not shape.is_core)
    shown = tuple(codes) or edition.codes(CORE)
    return (
        Frame("city", (), outside, *_size(WIDTH, is_narrow)),
        Frame("near", shown, shown, *_size(NEAR_WIDTH, is_narrow)),
    )


def _size(width: int, is_narrow: bool) -> tuple[int, int]:
    return (NARROW_WIDTH, NARROW_HEIGHT) if is_narrow else (width, HEIGHT)
