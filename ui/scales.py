"""From figures to colours: classes with round limits, their colours, and the legend that names them.

Five classes read faster than a continuous ramp, and a legend with limits can be
checked against the table. A class says its limits in words as well: colour is
never alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from ui import theme

CLASSES = 5
MISSING = "无数据"
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Scale:
    """Limits between classes, ascending (a figure on a limit is in the upper class), and a colour a class."""

    limits: tuple[float, ...]
    colours: tuple[Colour, ...]

    def place(self, value: float | None) -> int | None:
        """Which class a figure is in; None for a missing one."""
        if value is None or math.isnan(value):
            return None
        return sum(value >= limit for limit in self.limits)

    def colour(self, value: float | None) -> Colour:
        """The figure's colour; that of `theme.LINE` for a missing one."""
        place = self.place(value)
        return rgb(theme.LINE) if place is None else self.colours[place]

    def entries(
        self, values: Iterable[float | None], written: Callable[[float], str], count: str = "个区县"
    ) -> list[tuple[str, str, str]]:
        """The legend: (colour for CSS, limits in words, how many figures are in the class)."""
        places = [self.place(v) for v in values]
        rows = []
        for place, colour in enumerate(self.colours):
            low = written(self.limits[place - 1]) if place else None
            high = written(self.limits[place]) if place < len(self.limits) else None
            words = f"{low} 以上" if high is None else f"{high} 以下" if low is None else f"{low}～{high}"
            if low is None and high is None:
                words = "全部"
            rows.append((css(colour), words, f"{places.count(place)} {count}"))
        if None in places:
            rows.append((theme.LINE, MISSING, f"{places.count(None)} {count}"))
        return rows


def sequential(
    values: Iterable[float | None], classes: int = CLASSES, *, is_over_pale: bool = False
) -> Scale:
    """Classes of about equal size with round limits, pale to dark; fewer where the figures are few or alike.

    Args:
        is_over_pale: the palest colour is left out, for marks on a pale ground.
    """
    known = sorted(v for v in values if v is not None and not math.isnan(v))
    limits = _limits(known, classes)
    more = int(is_over_pale)
    return Scale(limits, ramp(theme.ACCENT, len(limits) + 1 + more)[more:])


def diverging(values: Iterable[float | None], classes: int = 3) -> Scale:
    """Around zero: what fell in the colour of attention, what grew in the accent, in classes of growth."""
    known = [v for v in values if v is not None and not math.isnan(v)]
    above = _limits(sorted(v for v in known if v > 0), classes)
    limits = (0.0, *(limit for limit in above if limit > 0))
    falling = ramp(theme.ATTENTION, 3)[1]
    return Scale(limits, (falling, *ramp(theme.ACCENT, len(limits))))


def _limits(known: Sequence[float], classes: int) -> tuple[float, ...]:
    """Quantiles rounded to two figures, each once, none that leaves a class below it empty."""
    if not known:
        return ()
    found: list[float] = []
    for number in range(1, classes):
        limit = round_figure(known[min(len(known) - 1, number * len(known) // classes)])
        if limit > known[0] and limit <= known[-1] and (not found or limit > found[-1]):
            found.append(limit)
    return tuple(found)


def round_figure(value: float, figures: int = 2) -> float:
    """``4,426,600`` → ``4,400,000``; ``2.7516`` → ``2.8``."""
    if value == 0:
        return 0.0
    digits = figures - 1 - math.floor(math.log10(abs(value)))
    return round(value, digits)


@cache
def ramp(colour: str, steps: int) -> tuple[Colour, ...]:
    """`steps` colours from a pale tint of `colour` to a dark shade of it."""
    dark = mix(rgb(colour), rgb(theme.INK), 0.45)
    pale = mix(rgb(theme.PAPER), rgb(colour), 0.16)
    if steps == 1:
        return (mix(pale, dark, 0.5),)
    middle = mix(rgb(theme.PAPER), rgb(colour), 0.72)
    made = []
    for step in range(steps):
        at = step / (steps - 1) * 2
        made.append(mix(pale, middle, at) if at <= 1 else mix(middle, dark, at - 1))
    return tuple(made)


def readable_on(ground: Colour) -> Colour:
    """Ink or paper, whichever stands out more from the ground."""
    return max((rgb(theme.INK), rgb(theme.PAPER)), key=lambda letters: contrast(letters, ground))


def contrast(one: Colour, other: Colour) -> float:
    """1 (alike) to 21, as WCAG reckons it; 4.5 is enough for words."""

    def luminance(colour: Colour) -> float:
        parts = [v / 255 for v in colour]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two, `share` (0–1) of the way to the other."""
    r, g, b = (round(a + (c - a) * share) for a, c in zip(one, other, strict=True))
    return r, g, b


def rgb(colour: str) -> Colour:
    """A colour of the theme, written with a hash, as red, green and blue: 0–255 each."""
    number = int(colour.removeprefix("#"), 16)
    return number >> 16, number >> 8 & 255, number & 255


def css(colour: Colour) -> str:
    return f"rgb({colour[0]},{colour[1]},{colour[2]})"
