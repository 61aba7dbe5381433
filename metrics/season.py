"""The seasonal curve (季节曲线): which share of a year's records earlier years had on the same day."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from data_access.plan_chain import PlanChain
from data_access.queries.progress import Delivered
from data_access.responsibility import Assignment
from metrics.rounding import half_up

YEARS_BEFORE = 3
"""How many earlier years the seasonal curve and the back-test of the forecast look at."""


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
    """Cumulative deliveries of every category and year, and the shares they give."""

    def __init__(self, deliveries: Mapping[tuple[str, int], Iterable[Delivered]]) -> None:
        self._deliveries = deliveries
        self._curves: dict[tuple[str, int], tuple[list[tuple[int, int]], list[int]]] = {}

    def total(self, category: str, year: int, by: tuple[int, int] = (12, 31)) -> int:
        """Records received in the year up to and including (month, day)."""
        key = (category, year)
        if key not in self._curves:
            rows = list(self._deliveries.get(key, ()))
            days = [(row.day.month, row.day.day) for row in rows]
            self._curves[key] = (days, [0, *accumulate(row.keys for row in rows)])
        days, sums = self._curves[key]
        return sums[bisect_right(days, by)]

    def between(self, category: str, first: dt.date, last: dt.date) -> int:
        """Records received from `first` to `last` (inclusive), both of one year."""
        if last < first:
            return 0
        before = first - dt.timedelta(days=1)
        upto = self.total(category, first.year, (last.month, last.day))
        if before.year != first.year:
            return upto
        return upto - self.total(category, first.year, (before.month, before.day))

    def years_before(self, category: str, year: int) -> list[int]:
        """Earlier years (at most `YEARS_BEFORE`) in which the category received anything."""
        return [y for y in range(year - YEARS_BEFORE, year) if self.total(category, y) > 0]

    def share(self, duty: Duty, day: dt.date) -> Fraction:
        """Part of the duty's plan that should be there at the end of `day`, 0..1."""
        first, last = duty.assignment.first, duty.assignment.last
        if day < first:
            return Fraction(0)
        day = min(day, last)
        whole = self._before(duty, last)
        if whole > 0:
            return min(Fraction(1), max(Fraction(0), Fraction(self._before(duty, day), whole)))
        return Fraction((day - first).days + 1, duty.assignment.days)

    def usual(self, duty: Duty) -> Fraction | None:
        """Records a year before brought in the duty's days, on average; None without such a year."""
        years = self.years_before(duty.category, duty.assignment.first.year)
        return Fraction(self._before(duty, duty.assignment.last), len(years)) if years else None

    def _before(self, duty: Duty, day: dt.date) -> int:
        """Records of the years before from the duty's first day to the same day as `day`."""
        first, category = duty.assignment.first, duty.category
        found = 0
        for year in self.years_before(category, first.year):
            found += self.total(category, year, (day.month, day.day))
            if (first.month, first.day) != (1, 1):
                before = first - dt.timedelta(days=1)
                found -= self.total(category, year, (before.month, before.day))
        return found
