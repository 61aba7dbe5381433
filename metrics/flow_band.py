"""Today hour by hour against the typical band: between which figures four of five like days lay."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from metrics.flow_days import LEAST_DAYS, Kind

TENTHS = 10
"""The band reaches from the first to the ninth tenth of the days."""
QUIET_HOURS = 2
"""Hours of a stay that a quiet time must offer."""


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour: `hour` is when it ends (1–24, 北京时间); figures are entries, or people inside at its end.

    `actual` is None for an hour that is not over or has no reading; `low`, `middle`
    and `high` (tenth, half, nine tenths of the like days) are None without a band;
    `week_ago` is the same hour seven days before, None without a reading.
    """

    hour: int
    actual: int | None
    week_ago: int | None
    low: float | None
    middle: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """A day hour by hour: which kind of day, how many like days stand behind the band."""

    day: dt.date
    kind: Kind
    like: str
    days: tuple[dt.date, ...]
    hours: tuple[Hour, ...]

    @property
    def has_band(self) -> bool:
        return len(self.days) >= LEAST_DAYS

    @property
    def last(self) -> Hour | None:
        """The newest hour with a reading."""
        return next((h for h in reversed(self.hours) if h.actual is not None), None)


@dataclass(frozen=True, slots=True)
class Quiet:
    """The quietest hours still to come, `first` to `last` (both by their end), as a share of the day's peak."""

    first: int
    last: int
    share: float


def band(by_day: Iterable[Mapping[int, int]]) -> dict[int, tuple[float, float, float]]:
    """Low, middle and high by hour; a day without a reading of an hour says nothing about that hour.

    An hour that fewer than `LEAST_DAYS` days know has no band.
    """
    found: defaultdict[int, list[int]] = defaultdict(list)
    for hours in by_day:
        for hour, value in hours.items():
            found[hour].append(value)
    return {hour: _tenths(values) for hour, values in found.items() if len(values) >= LEAST_DAYS}


def _tenths(values: Sequence[int]) -> tuple[float, float, float]:
    cuts = statistics.quantiles(values, n=TENTHS, method="inclusive")
    return cuts[0], statistics.median(values), cuts[-1]


def hours_of(
    today: Mapping[int, int],
    by_day: Iterable[Mapping[int, int]],
    week_ago: Mapping[int, int] | None = None,
    *,
    opens: int = 7,
    closes: int = 22,
) -> tuple[Hour, ...]:
    """The day's hours from the first to the last that anybody came in, today or on a like day.

    Args:
        today: figures of hours that are over.
        by_day: figures by hour of each like day.
        week_ago: figures by hour seven days before.
        opens, closes: the first and the last hour shown at least.
    """
    known, before = band(by_day), week_ago or {}
    lived = {h for h, value in today.items() if value} | {h for h, (_, _, high) in known.items() if high}
    shown = range(min([opens, *lived]), max([closes, *lived]) + 1)
    return tuple(Hour(h, today.get(h), before.get(h), *known.get(h, (None, None, None))) for h in shown)


def quiet_hours(hours: Sequence[Hour], from_hour: int) -> Quiet | None:
    """When, from `from_hour` on, the fewest people are usually inside; None when the busy time is over.

    Only hours in which somebody usually is there count: a closed hall is not quiet.
    """
    peak = max((h.middle or 0.0 for h in hours), default=0.0)
    usual = {h.hour: h.middle for h in hours if h.hour >= from_hour and h.middle}
    spans = [
        (sum(usual[h] for h in range(first, first + QUIET_HOURS)) / QUIET_HOURS, first)
        for first in usual
        if all(h in usual for h in range(first, first + QUIET_HOURS))
    ]
    if not peak or len(spans) < 2:
        return None
    least, first = min(spans)
    return Quiet(first, first + QUIET_HOURS - 1, least / peak)


def change(now: int | None, before: int | None) -> Fraction | None:
    """Growth as a ratio; None where either is unknown or nothing was there before."""
    return Fraction(now, before) - 1 if now is not None and before else None
