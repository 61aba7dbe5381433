"""The versions of one category's plan, and what they promise for a stretch of days.

A promise may be revised in the year; it counts by days (时间加权). A version counts
from the day it was approved, the first one from 1 January however late it came.
"""

from __future__ import annotations

import calendar as months_of
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """One approved version: `quantity` records; `months` name when an event category expects events."""

    version: int
    quantity: int
    approved_on: dt.date
    months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A version in force from `first` to `last`, both inclusive."""

    first: dt.date
    last: dt.date
    version: PlanVersion


def days_in_year(year: int) -> int:
    return 366 if months_of.isleap(year) else 365


class PlanChain:
    """The approved versions of one category and year, as known on a day."""

    def __init__(self, year: int, versions: Iterable[PlanVersion], known_on: dt.date) -> None:
        self.year = year
        self.first, self.last = dt.date(year, 1, 1), dt.date(year, 12, 31)
        limit = min(known_on, self.last)
        by_day: dict[dt.date, PlanVersion] = {}
        for version in sorted(versions, key=lambda v: (v.approved_on, v.version)):
            if version.approved_on <= limit:
                by_day[version.approved_on] = version  # of one day only the highest number counts
        self.versions = tuple(by_day[day] for day in sorted(by_day))
        self.stretches = tuple(self._stretches())

    def _stretches(self) -> Iterable[Stretch]:
        starts = [max(self.first, v.approved_on) for v in self.versions]
        if starts:
            starts[0] = self.first
        ends = [*(start - ONE_DAY for start in starts[1:]), self.last]
        for start, end, version in zip(starts, ends, self.versions, strict=False):
            if start <= end:  # a version replaced before the year began never was in force in it
                yield Stretch(start, end, version)

    @property
    def is_planned(self) -> bool:
        return bool(self.versions)

    def on(self, day: dt.date) -> PlanVersion | None:
        """The version in force on `day` of the year; None without a plan."""
        return next((s.version for s in self.stretches if s.first <= day <= s.last), None)

    def is_zero_on(self, day: dt.date) -> bool:
        """Whether an approved zero is in force on `day`."""
        version = self.on(day)
        return version is not None and version.quantity == 0

    def quantity(self, first: dt.date | None = None, last: dt.date | None = None) -> Fraction:
        """The exact promise for `first` to `last` (inclusive; the year): Σ quantity · days ÷ days of the year."""
        first, last = first or self.first, last or self.last
        total = 0
        for stretch in self.stretches:
            days = (min(last, stretch.last) - max(first, stretch.first)).days + 1
            total += stretch.version.quantity * max(0, days)
        return Fraction(total, days_in_year(self.year))

    def months(self) -> frozenset[int]:
        """Months in which the version in force on their last day expects events."""
        ends = {m: dt.date(self.year, m, months_of.monthrange(self.year, m)[1]) for m in range(1, 13)}
        return frozenset(m for m, end in ends.items() if (v := self.on(end)) is not None and m in v.months)
