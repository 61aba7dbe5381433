"""How the year will end (年底预测), with a range and the error the same method made in years before.

A category's level so far is what it has brought plus what earlier years brought after
this day; the rest of the year is the seasonal rest of that level. Early in the year the
earlier years decide, late in the year this one does. A yearly category that has
delivered is done. Without a full earlier year the pace so far goes on.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from metrics.indicator import DIMENSIONS, Part
from metrics.known import Known
from metrics.season import YEARS_BEFORE, Duty

RANGE = Fraction(80, 100)
"""The range holds the forecast ± the error that this share of the back-tests stayed below."""
FEW = 5
"""With fewer back-tests than this the finer level's typical error counts, too."""


def expected_records(known: Known, duty: Duty, day: dt.date) -> Fraction:
    """Records the duty will have at the end of its days, judged on `day` of its year."""
    season = known.season
    so_far = Fraction(known.keys(duty.assignment, day))
    share = season.share(duty, day)
    usual = season.usual(duty)
    if usual is None:
        return so_far / share if share else so_far
    if known.catalog.category_by_code[duty.category].rhythm == "yearly" and so_far > 0:
        return so_far
    level = so_far + (1 - share) * usual
    return so_far + (1 - share) * level


def forecast(known: Known, wanted: frozenset[str]) -> Iterable[Part]:
    """min(expected records, q_c) and q_c."""
    for duty in known.duties:
        expected = expected_records(known, duty, known.day)
        done = max(Fraction(0), min(expected, duty.quantity))
        yield Part(duty.department, duty.category, None, None, done, duty.quantity)


@dataclass(frozen=True, slots=True)
class BackTest:
    """Errors of the same method on the same day of earlier years, as completion ratios (0–1)."""

    errors: tuple[Fraction, ...]  # absolute, sorted
    years: tuple[int, ...]

    @property
    def mean(self) -> Fraction | None:
        return sum(self.errors, Fraction(0)) / len(self.errors) if self.errors else None

    def quantile(self, share: Fraction) -> Fraction | None:
        """The smallest error that at least `share` of the back-tests did not exceed."""
        if not self.errors:
            return None
        place = -(-len(self.errors) * share.numerator // share.denominator)
        return self.errors[max(0, place - 1)]


def back_test(known: Known, by: Sequence[str]) -> BackTest:
    """What the method would have said on this day of earlier years, against how they ended.

    An earlier year counts if a year before it is known, as the method needs one; its
    plan is taken as it ended, so the error is that of the deliveries alone.
    """
    places = [DIMENSIONS.index(d) for d in by]
    errors: list[Fraction] = []
    years: list[int] = []
    for year in range(known.year - YEARS_BEFORE + 1, known.year):
        end = dt.date(year, 12, 31)
        day = min(end, _same_day(known.day, year))
        sums: dict[tuple[Any, ...], list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 3)
        for duty in known.duties_of(year, end):
            if not duty.quantity or not known.season.is_seasonal(duty):
                continue
            place = (duty.department, duty.category, None, None)
            at = tuple(place[p] for p in places)
            said = min(expected_records(known, duty, day), duty.quantity)
            was = min(Fraction(known.keys(duty.assignment, end)), duty.quantity)
            old = sums[at]
            sums[at] = [old[0] + said, old[1] + was, old[2] + duty.quantity]
        errors += [abs(said - was) / planned for said, was, planned in sums.values()]
        years += [year] if sums else []
    return BackTest(tuple(sorted(errors)), tuple(years))


def _same_day(day: dt.date, year: int) -> dt.date:
    return dt.date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def half_width(known: Known, by: Sequence[str], test: BackTest) -> Fraction | None:
    """Half of the range around the forecast; None without a back-test."""
    width = test.quantile(RANGE)
    if width is None or len(test.errors) >= FEW or set(by) >= {"category"}:
        return width
    finer = back_test(known, (*by, "category") if "department" in by else (*by, "department"))
    typical = finer.quantile(Fraction(1, 2))
    return max(width, typical) if typical is not None else width


def add_range(known: Known, frame: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """Columns `low`, `high` and `error`: the range and the mean error of the back-test (missing without)."""
    test = back_test(known, by)
    width, mean = half_width(known, by, test), test.mean
    now: dict[tuple[str, ...], Fraction] = defaultdict(Fraction)
    for duty in known.duties:
        at = tuple({"department": duty.department, "category": duty.category}[d] for d in by)
        now[at] += min(Fraction(known.keys(duty.assignment)), duty.quantity)
    low, high = [], []
    places = list(frame[list(by)].itertuples(index=False, name=None)) if by else [()]
    for place, value, planned in zip(places, frame["value"], frame["denominator"], strict=True):
        if not planned:
            low.append(float("nan"))
            high.append(float("nan"))
            continue
        reached = float(now[tuple(place)]) / planned
        over = known.as_of >= known.last
        low.append(value if over else max(reached, value - float(width)) if width is not None else reached)
        high.append(value if over else min(1.0, value + float(width)) if width is not None else 1.0)
    frame["low"], frame["high"] = low, high
    frame["error"] = float("nan") if mean is None else float(mean)
    return frame
