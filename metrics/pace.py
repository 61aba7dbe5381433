"""Where the year should stand today (应达进度), by the seasonal curve of the years before.

Sport has seasons: a plan is not due in equal twelfths. The share of the plan that
should be there on a day is the share of their own year's records that the years
before had received by the same day; a category without an earlier year is measured
by the days gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from data_access.due import last_day
from metrics.indicator import Part
from metrics.known import Known


def pace(known: Known, wanted: frozenset[str]) -> Iterable[Part]:
    """q_c times the share that should be there today, and q_c."""
    season = known.season
    for duty in known.duties:
        due = duty.quantity * season.share(duty, known.day)
        yield Part(duty.department, duty.category, None, None, due, duty.quantity)


def pace_gap(known: Known, wanted: frozenset[str]) -> Iterable[Part]:
    """What is ahead (+) or behind (−) the plan to date, and q_c."""
    season = known.season
    for duty in known.duties:
        done = min(Fraction(known.keys(duty.assignment)), duty.quantity)
        due = duty.quantity * season.share(duty, known.day)
        yield Part(duty.department, duty.category, None, None, done - due, duty.quantity)


def planned_by_month(known: Known) -> dict[int, Fraction]:
    """The year's plan spread over its months by the season: the dotted line beside the deliveries."""
    season = known.season
    found = dict.fromkeys(range(1, 13), Fraction(0))
    for duty in known.duties:
        before = Fraction(0)
        for month in range(1, 13):
            reached = duty.quantity * season.share(duty, last_day(known.year, month))
            found[month] += reached - before
            before = reached
    return found
