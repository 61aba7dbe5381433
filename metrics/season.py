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

    @property
    def department(self) -> str:
        return self.assignment.department

    @property
    def category(self) -> str:
        return self.assignment.category

    @property
    def is_zero(self) -> bool:
        """A zero plan (零计划): an approved promise that rounds to 0.00 (as the score does)."""
        return self.plan.is_planned and half_up(self.quantity) == 0


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

    def years_before(self, category: str, year: int) -> list[int]:
        """Earlier years (at most `YEARS_BEFORE`) in which the category received anything."""
        return [y for y in range(year - YEARS_BEFORE, year) if self.total(category, y) > 0]

    def share(self, duty: Duty, day: dt.date) -> Fraction:
        """Part of the duty's plan that should be there at the end of `day`, 0..1."""
        first, last = duty.assignment.first, duty.assignment.last
        if day < first:
            return Fraction(0)
        day = min(day, last)
        years = self.years_before(duty.category, first.year)
        start, here, end = (
            sum(self.total(duty.category, y, (d.month, d.day)) for y in years)
            for d in (first - dt.timedelta(days=1), day, last)
        )
        if first.month == first.day == 1:
            start = 0
        if end > start:
            return min(Fraction(1), max(Fraction(0), Fraction(here - start, end - start)))
        return Fraction((day - first).days + 1, duty.assignment.days)

    def usual(self, duty: Duty) -> Fraction | None:
        """Records a year before brought in the duty's days, on average; None without such a year."""
        first, last = duty.assignment.first, duty.assignment.last
        years = self.years_before(duty.category, first.year)
        if not years:
            return None
        before = first - dt.timedelta(days=1)
        start = (
            0
            if before.year < first.year
            else sum(self.total(duty.category, y, (before.month, before.day)) for y in years)
        )
        end = sum(self.total(duty.category, y, (last.month, last.day)) for y in years)
        return Fraction(end - start, len(years))
