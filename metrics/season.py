"""The seasonal curve (季节曲线): which share of a year's records earlier years had on the same day."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from statistics import median
from typing import Literal

from data_access.plan_chain import PlanChain
from data_access.queries.progress import Delivered
from data_access.responsibility import Assignment
from metrics.rounding import half_up

YEARS_BEFORE = 3
"""How many earlier years the seasonal curve and the back-test of the forecast look at."""
STOCK = 4
"""A first month with more than this many times the median of the others holds a registry's stock."""
LATE_START = 4
"""A steady category that began after this month has no season in its first year."""

Kind = Literal["season", "stock", "none"]
Curve = tuple[list[tuple[int, int]], list[Fraction]]


@dataclass(frozen=True, slots=True)
class Duty:
    """One assignment of the year with what is promised for it: the smallest thing indicators count by."""

    assignment: Assignment
    plan: PlanChain
    quantity: Fraction
    is_zero: bool
    """A zero plan (零计划): an approved promise that rounds to 0.00 (as the score does)."""

    @property
    def department(self) -> str:
        return self.assignment.department

    @property
    def category(self) -> str:
        return self.assignment.category

    @classmethod
    def of(cls, assignment: Assignment, plan: PlanChain) -> Duty:
        quantity = plan.quantity(assignment.first, assignment.last)
        return cls(assignment, plan, quantity, plan.is_planned and half_up(quantity) == 0)


class Season:
    """Cumulative deliveries of every category and year, and the shares they give.

    The year a category was first delivered is no season like the others: a registry
    arrives with its whole stock at once, and a source connected in November says
    nothing of the spring. So of a steady category (monthly, quarterly, realtime) that
    began after April the first year is left out, and where its first month is more
    than `STOCK` times the median of the others, it is cut to that median and used only
    until there is a year after it. Neither says how many records a year brings.
    """

    def __init__(
        self,
        deliveries: Mapping[tuple[str, int], Iterable[Delivered]],
        begun: Mapping[str, dt.date],
        steady: frozenset[str],
    ) -> None:
        self._deliveries = deliveries
        self._begun = begun
        self._steady = steady
        self._curves: dict[tuple[str, int, bool], Curve] = {}
        self._kinds: dict[tuple[str, int], Kind] = {}

    # ------------------------------------------------------------ what was received
    def between(self, category: str, first: dt.date, last: dt.date) -> int:
        """Records received from `first` to `last` (inclusive), both of one year."""
        if last < first:
            return 0
        days, sums = self._curve(category, first.year)
        start = bisect_left(days, (first.month, first.day))
        end = bisect_right(days, (last.month, last.day))
        return int(sums[end] - sums[start])

    def _curve(self, category: str, year: int, cut: bool = False) -> Curve:
        """Days of the year and the sum before each of them; `cut` without the stock of the first month."""
        key = (category, year, cut)
        if key not in self._curves:
            rows = list(self._deliveries.get((category, year), ()))
            days = [(row.day.month, row.day.day) for row in rows]
            keys = [Fraction(row.keys) for row in rows]
            if cut:
                by_month = self._months(category, year)
                first, *others = by_month
                factor = Fraction(median(by_month[m] for m in others)) / by_month[first]
                keys = [n * factor if day[0] == first else n for n, day in zip(keys, days, strict=True)]
            self._curves[key] = (days, [Fraction(0), *accumulate(keys)])
        return self._curves[key]

    def _months(self, category: str, year: int) -> dict[int, int]:
        """Records by month, months without any left out, in order."""
        found: dict[int, int] = {}
        for row in self._deliveries.get((category, year), ()):
            found[row.day.month] = found.get(row.day.month, 0) + row.keys
        return {month: n for month, n in sorted(found.items()) if n > 0}

    # ------------------------------------------------------------ which years are seasons
    def kind(self, category: str, year: int) -> Kind:
        """Whether the year is a season, holds the stock of a first month, or is no season at all."""
        if (category, year) not in self._kinds:
            self._kinds[category, year] = self._kind(category, year)
        return self._kinds[category, year]

    def _kind(self, category: str, year: int) -> Kind:
        by_month = self._months(category, year)
        begun = self._begun.get(category)
        if not by_month:
            return "none"
        if category not in self._steady or begun is None or begun.year != year:
            return "season"
        if begun.month > LATE_START:
            return "none"
        first, *others = by_month.values()
        return "stock" if len(others) > 1 and first > STOCK * median(others) else "season"

    def years_before(self, category: str, year: int, kind: Kind = "season") -> list[int]:
        """Earlier years (at most `YEARS_BEFORE`) of that kind."""
        return [y for y in range(year - YEARS_BEFORE, year) if self.kind(category, y) == kind]

    def is_seasonal(self, duty: Duty) -> bool:
        """Whether an earlier year tells the duty's season."""
        return self._before(duty, duty.assignment.last) > 0

    # ------------------------------------------------------------ shares
    def share(self, duty: Duty, day: dt.date) -> Fraction:
        """Part of the duty's plan that should be there at the end of `day`, 0..1."""
        first, last = duty.assignment.first, duty.assignment.last
        if day < first:
            return Fraction(0)
        day = min(day, last)
        whole = self._before(duty, last)
        if whole > 0:
            return min(Fraction(1), max(Fraction(0), self._before(duty, day) / whole))
        return Fraction((day - first).days + 1, duty.assignment.days)

    def usual(self, duty: Duty) -> Fraction | None:
        """Records an earlier year brought in the duty's days, on average; None without a season."""
        years = self.years_before(duty.category, duty.assignment.first.year)
        return self._before(duty, duty.assignment.last) / len(years) if years else None

    def _before(self, duty: Duty, day: dt.date) -> Fraction:
        """Records of earlier seasons from the duty's first day to the same day as `day`."""
        first, category = duty.assignment.first, duty.category
        years, cut = self.years_before(category, first.year), False
        if not years:
            years, cut = self.years_before(category, first.year, "stock"), True
        found = Fraction(0)
        for year in years:
            days, sums = self._curve(category, year, cut)
            found += sums[bisect_right(days, (day.month, day.day))]
            found -= sums[bisect_left(days, (first.month, first.day))]
        return found
