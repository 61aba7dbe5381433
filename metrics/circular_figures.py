"""The figures a circular (通报, Article 22) can state of a department, and when each is mended.

The same definition drafts an item and, later, closes it: an item is mended when its own
figure, computed again, reaches what was asked for.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from metrics.evaluate import indicator, total
from metrics.known import Known
from metrics.light import Standing, standings
from metrics.rules import GREEN_FROM


@dataclass(frozen=True, slots=True)
class Measure:
    """One indicator of circulars.

    Args:
        name, meaning: as screens and papers say it.
        unit: ``"%"`` for a ratio 0–1, otherwise what is counted.
        target: mended from here on (a proposal until 局办公室 approves it).
        up_is_good: False where less is better.
        value: a department's figure, or one of its categories; None = nothing to measure.
    """

    key: str
    name: str
    unit: str
    target: Fraction
    up_is_good: bool
    meaning: str
    value: Callable[[Position, str, str | None], Fraction | None]

    def is_met(self, value: Fraction | None, target: Fraction | None = None) -> bool:
        """Whether the figure reaches the target (today's rule, or the one a circular was issued with).

        What cannot be measured does not.
        """
        if value is None:
            return False
        wanted = self.target if target is None else target
        return value >= wanted if self.up_is_good else value <= wanted


@dataclass(frozen=True, slots=True)
class Figure:
    """A department's figure on the day of a position; `category` None: of the whole department."""

    department: str
    category: str | None
    indicator: str
    value: Fraction | None

    @property
    def is_met(self) -> bool:
        return MEASURES[self.indicator].is_met(self.value)


class Position:
    """A period's figures as known on a day; each fact is read once."""

    def __init__(self, known: Known, first: dt.date, last: dt.date) -> None:
        self.known = known
        self.first, self.last = first, last

    def figure(self, indicator: str, department: str, category: str | None) -> Figure:
        return Figure(department, category, indicator, MEASURES[indicator].value(self, department, category))

    def figures(self, departments: Iterable[str], indicators: Sequence[str]) -> list[Figure]:
        """Lines to choose from, department by department; what is overdue is told by category."""
        found = []
        for department in departments:
            for key in indicators:
                late = sorted(c for d, c in self.late if d == department) if key == "late_items" else ()
                found += [self.figure(key, department, category) for category in late or (None,)]
        return found

    @cached_property
    def lines(self) -> Mapping[tuple[str, ...], Standing]:
        return standings(self.known)

    @cached_property
    def late(self) -> Counter[tuple[str, str]]:
        """Items that were due in the period and have not come, by department and category."""
        return Counter(
            (duty.department, duty.category)
            for duty, item in (*self.known.due_of_year_before, *self.known.due)
            if self.first <= item.due_on <= self.last and item.days_waiting(self.known.as_of) > 0
        )

    def ratio(self, key: str, department: str) -> Fraction | None:
        """An indicator of `metrics.indicators` for the department, exact."""
        if key not in self._sums:
            entry = indicator(key)
            parts = entry.parts(self.known, frozenset())
            self._sums[key] = {
                str(place[0]): (Fraction(up), Fraction(down))
                for place, (up, down) in total(entry, parts, ("department",)).items()
            }
        up, down = self._sums[key].get(department, (Fraction(0), Fraction(0)))
        return up / down if down else None

    @cached_property
    def _sums(self) -> dict[str, dict[str, tuple[Fraction, Fraction]]]:
        return {}


def _pace_ratio(at: Position, department: str, _: str | None) -> Fraction | None:
    line = at.lines.get((department,))
    return line.ratio if line else None


def _late_items(at: Position, department: str, category: str | None) -> Fraction:
    return Fraction(sum(n for (d, c), n in at.late.items() if d == department and category in (None, c)))


def _unplanned(at: Position, department: str, _: str | None) -> Fraction | None:
    line = at.lines.get((department,))
    return Fraction(line.unplanned) if line else None


def _indicator(key: str) -> Callable[[Position, str, str | None], Fraction | None]:
    return lambda at, department, _: at.ratio(key, department)


NONE_LEFT = Fraction(0)
_ENTRIES = (
    Measure(
        "pace_ratio", "完成应达比", "%", GREEN_FROM, True,
        "已汇聚记录数 ÷ 年度计划按往年同日进度应完成的记录数", _pace_ratio,
    ),
    Measure(
        "late_items", "逾期未报", "项", NONE_LEFT, False,
        "截止日期在通报期间内、到统计日仍未报送的应报项", _late_items,
    ),
    Measure(
        "unplanned", "未报年度计划", "个类别", NONE_LEFT, False, "归口类别中没有已批准年度计划的", _unplanned
    ),
    *(
        Measure(key, indicator(key).name, "%", GREEN_FROM, True, indicator(key).meaning, _indicator(key))
        for key in ("timeliness", "quality", "publishing_rate")
    ),
)  # fmt: skip
MEASURES: dict[str, Measure] = {entry.key: entry for entry in _ENTRIES}
"""Every figure a circular can state, by key, in the order in which it is offered."""
