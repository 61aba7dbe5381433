"""Names that make way: where dots lie under a district's name, it stands beside them.

The way depends on where the dots are, not on how large they are now, so that a name
does not jump when a figure changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ui import maps

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels."""
STEP_PX, FARTHEST_PX = 4, 32
ROOM_PX = 2.0


def aside(
    names: Mapping[str, tuple[str, float, float]],
    dots: Sequence[tuple[float, float]],
    view: maps.View,
    *,
    size: int,
    radius_px: float,
) -> dict[str, tuple[int, int]]:
    """How far each name is moved, in pixels to the right and down: the least that frees it of dots and of other names.

    Args:
        names: by district: what is written, longitude, latitude.
        dots: longitude, latitude.
        radius_px: of the largest dot there may be.

    A name with no free place near its own stays where it is.
    """
    taken = [_around(*maps.pixel(view, lon, lat), radius_px, radius_px) for lon, lat in dots]
    moved: dict[str, tuple[int, int]] = {}
    for code, (words, lon, lat) in names.items():
        x, y = maps.pixel(view, lon, lat)
        half = (len(words) * size / 2 + ROOM_PX, size / 2 + ROOM_PX)
        free = (
            way
            for way in WAYS
            if not any(_meet(_around(x + way[0], y + way[1], *half), box) for box in taken)
        )
        moved[code] = next(free, (0, 0))
        taken.append(_around(x + moved[code][0], y + moved[code][1], *half))
    return moved


def _ways() -> list[tuple[int, int]]:
    """From near to far; of two equally far ones up and down before sideways: names are wider than high."""
    steps = range(-FARTHEST_PX, FARTHEST_PX + 1, STEP_PX)
    return sorted(((x, y) for x in steps for y in steps), key=lambda w: (w[0] ** 2 + w[1] ** 2, abs(w[0]), w))


WAYS = _ways()


def _around(x: float, y: float, half_width: float, half_height: float) -> Box:
    return x - half_width, y - half_height, x + half_width, y + half_height


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
