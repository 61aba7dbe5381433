"""Summands of the plan's figures: completion, coverage, pace, timeliness, what is on time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

import pandas as pd

from data_access.due import last_day
from metrics.indicator import Part
from metrics.known import Duty, Known


def month_text(day: dt.date) -> str:
    return f"{day:%Y-%m}"


def completion(known: Known, wanted: frozenset[str]) -> Iterable[Part]:
    """min(n_c, q_c) and q_c for each duty; by month, what the month added to each."""
    for duty in known.duties:
        if "month" not in wanted:
            done = min(Fraction(known.keys(duty.assignment)), duty.quantity)
            yield Part(duty.department, duty.category, None, None, done, duty.quantity)
            continue
        before = Fraction(0)
        total = 0
        by_month = keys_by_month(known, duty)
        for month in range(1, 13):
            total += by_month.get(month, 0)
            done = min(Fraction(total), duty.quantity)
            yield Part(
                duty.department, duty.category, f"{known.year}-{month:02d}", None,
                done - before, planned_in_month(duty, month),
            )  # fmt: skip
            before = done


def keys_by_month(known: Known, duty: Duty) -> dict[int, int]:
    found: dict[int, int] = {}
    for row in known.deliveries(duty.assignment):
        found[row.day.month] = found.get(row.day.month, 0) + row.keys
    return found


def planned_in_month(duty: Duty, month: int) -> Fraction:
    """The part of q_c that the days of the month carry."""
    first = dt.date(duty.assignment.first.year, month, 1)
    start = max(first, duty.assignment.first)
    end = min(last_day(first.year, month), duty.assignment.last)
    return duty.plan.quantity(start, end) if start <= end else Fraction(0)


def over(known: Known) -> dict[tuple[str, str], Fraction]:
    """The surplus over the plan by department and category: shown, never moved elsewhere."""
    return {
        (duty.department, duty.category): max(Fraction(0), known.keys(duty.assignment) - duty.quantity)
        for duty in known.duties
    }


def add_over(known: Known, frame: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """Column `over`: records beyond the plan; not by month, where the year decides what is beyond."""
    if "month" in by:
        return frame
    sums: dict[tuple[str, ...], Fraction] = {}
    for (department, category), surplus in over(known).items():
        at = tuple({"department": department, "category": category}[d] for d in by)
        sums[at] = sums.get(at, Fraction(0)) + surplus
    places = list(frame[list(by)].itertuples(index=False, name=None)) if by else [()]
    frame["over"] = [float(sums.get(tuple(place), 0)) for place in places]
    return frame


def delivered(known: Known, wanted: frozenset[str]) -> Iterable[Part]:
    """New natural keys of the year; a count, so the denominator is 1 for the whole and never summed."""
    if "unit" in wanted:
        for row in known.delivered_by_unit:
            duty = known.owner(row.category, row.day)
            if duty is not None:
                yield Part(duty.department, row.category, month_text(row.day), row.unit, row.keys, 0)
        return
    for duty in known.duties:
        if "month" not in wanted:  # what received nothing has a 0, but in no month
            yield Part(duty.department, duty.category, None, None, 0, 0)
        for row in known.deliveries(duty.assignment):
            yield Part(duty.department, duty.category, month_text(row.day), None, row.keys, 0)


def coverage(known: Known, wanted: frozenset[str]) -> Iterable[Part]:
    """Covered categories and assigned ones: an accepted record in its days, or a zero plan."""
    for duty in known.duties:
        covered = duty.is_zero or known.accepted(duty.assignment) > 0
        yield Part(duty.department, duty.category, None, None, int(covered), 1)


def timeliness(known: Known, wanted: frozenset[str]) -> Iterable[Part]:
    """Credits of the items due by `as_of`, and their number; by the month the period ended in."""
    for duty, item in known.due:
        yield Part(
            duty.department, duty.category, month_text(item.ends_on), None, item.credit(known.as_of), 1
        )


def on_time_this_month(known: Known, wanted: frozenset[str]) -> Iterable[Part]:
    """Items due in the month of `as_of` that came on time, and all due in it so far."""
    month = (known.as_of.year, known.as_of.month)
    items = [*known.due, *known.due_of_year_before] if known.as_of.month == 1 else known.due
    for duty, item in items:
        if (item.due_on.year, item.due_on.month) == month:
            yield Part(duty.department, duty.category, None, None, int(item.is_on_time(known.as_of)), 1)
