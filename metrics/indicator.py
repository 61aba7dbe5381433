"""What an indicator is: a key, a name, a meaning, and two sums over the facts of `Known`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

import pandas as pd

from metrics.known import Known

Dimension = Literal["department", "category", "month", "unit"]
DIMENSIONS: tuple[Dimension, ...] = ("department", "category", "month", "unit")


Exact = int | Fraction
"""What indicators add up: no float, so that parts add up to the whole to the last digit."""


class Part(NamedTuple):
    """The smallest summand: both sums for one place among the dimensions.

    A dimension the computation did not tell apart is None. `month` is text, 2026-03.
    """

    department: str | None
    category: str | None
    month: str | None
    unit: str | None
    numerator: Exact
    denominator: Exact


Parts = Callable[[Known, frozenset[str]], Iterable[Part]]
"""Facts and the dimensions wanted → summands at least that fine."""


AddExtra = Callable[[Known, pd.DataFrame, tuple[str, ...]], pd.DataFrame]
"""Facts, the frame and its dimensions → the frame with the indicator's further columns."""


@dataclass(frozen=True)
class Indicator:
    """A figure of the centre, defined once (指标).

    Args:
        key: how code, commands and links name it.
        name: how screens name it.
        meaning: numerator and denominator in words, for help texts and docs/indicators.md.
        article: the article of 渝体〔2022〕66号 it serves.
        unit: ``"%"`` for a ratio 0–1, otherwise what is counted.
        dimensions: what it may be divided by.
        parts: its summands; `value` = Σ numerator ÷ Σ denominator, never a mean of percentages.
        numerator, denominator: the two sums in words.
        combine: ``"max"`` where the greatest summand counts instead of their sum.
        extra: further columns `evaluate` adds, by name, with their meaning.
        add_extra: computes them.
    """

    key: str
    name: str
    meaning: str
    article: str
    unit: str
    dimensions: tuple[Dimension, ...]
    numerator: str
    denominator: str
    parts: Parts
    combine: Literal["sum", "max"] = "sum"
    extra: tuple[tuple[str, str], ...] = ()
    add_extra: AddExtra | None = None

    @property
    def is_ratio(self) -> bool:
        return self.unit == "%"
