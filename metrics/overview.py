"""领导总览: the sentence, five figures, the departments, what needs a word, month by month.

Read from rollups in one snapshot with a handful of queries, whatever the number of records.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd
from sqlalchemy import Connection

from data_access.principal import Principal
from data_access.queries import plans, visit_days
from metrics.attention import Attention, attention
from metrics.evaluate import of
from metrics.known import Known
from metrics.light import Light, standings
from metrics.pace import planned_by_month
from metrics.rules import GREEN_FROM

POINTS = 12
"""Points of each small line."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The first sentence: all ratios 0–1, None before there is a plan.

    `behind`: departments that will not make it (`DepartmentLine.will_not_make_it`);
    `gap` is completion − pace, `low`..`high` the range of the forecast, `error` its
    mean error on this day of earlier years.
    """

    completion: float | None
    pace: float | None
    gap: float | None
    forecast: float | None
    low: float | None
    high: float | None
    error: float | None
    behind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure with its change and `POINTS` points, oldest first (None = nothing to measure).

    `unit`: "%" (value and delta are ratios 0–1), "分" (0–100) or 人次. `against`
    says in screen words what `delta` compares with.
    """

    key: str
    name: str
    unit: str
    value: float | None
    delta: float | None
    against: str
    series: tuple[tuple[str, float | None], ...]


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """One bar: completion against where the year should stand, and how it will end."""

    department: str
    completion: float | None
    pace: float | None
    forecast: float | None
    low: float | None
    high: float | None
    light: Light
    late_items: int

    @property
    def will_not_make_it(self) -> bool:
        """Even the upper end of the range stays under 95 % of the plan (the forecast itself without a range)."""
        if self.forecast is None or self.high is None:
            return False
        is_known = self.high < 1
        return (self.high if is_known else self.forecast) < GREEN_FROM


@dataclass(frozen=True, slots=True)
class MonthLine:
    """Distinct records delivered in a month and its share of the plan; None in months to come."""

    month: str
    delivered: int | None
    planned: float
    is_running: bool


@dataclass(frozen=True, slots=True)
class Overview:
    year: int
    as_of: dt.date
    plan: plans.PlanBasis
    note: str | None
    headline: Headline
    metrics: tuple[Metric, ...]
    departments: tuple[DepartmentLine, ...]
    attention: tuple[Attention, ...]
    months: tuple[MonthLine, ...]


def overview(
    principal: Principal, connection: Connection, *, year: int, as_of: dt.date | None = None
) -> Overview:
    """Everything 领导总览 shows, for the year as known on `as_of` (None = today)."""
    known = Known(principal, connection, year, as_of)
    departments = department_lines(known)
    return Overview(
        year,
        known.as_of,
        plans.plan_basis(principal, connection, year, known.as_of),
        known.calendar.note(known.as_of.year) or known.calendar.note(year),
        headline(known, departments),
        (
            completion_metric(known),
            on_time_metric(known),
            monthly_metric(known, "quality", "数据质量", "分", 100),
            monthly_metric(known, "publishing_rate", "上架率", "%", 1),
            visits_metric(known),
        ),
        departments,
        tuple(attention(known)),
        month_lines(known),
    )


def whole_completion(known: Known) -> float | None:
    """Completion of all in scope together; None without an approved plan."""
    return _number(of(known, "completion")["value"].iloc[0])


def headline(known: Known, departments: Sequence[DepartmentLine]) -> Headline:
    whole = of(known, "forecast").iloc[0]
    completion = whole_completion(known)
    pace = _number(of(known, "pace")["value"].iloc[0])
    return Headline(
        completion,
        pace,
        completion - pace if completion is not None and pace is not None else None,
        _number(whole["value"]),
        _number(whole["low"]),
        _number(whole["high"]),
        _number(whole["error"]),
        tuple(line.department for line in departments if line.will_not_make_it),
    )


def department_lines(known: Known) -> tuple[DepartmentLine, ...]:
    """Each department in scope, in the order of Article 8."""
    by = ("department",)
    completion = of(known, "completion", by).set_index("department")
    pace = of(known, "pace", by).set_index("department")
    forecast = of(known, "forecast", by).set_index("department")
    lines = standings(known, by)
    return tuple(
        DepartmentLine(
            code,
            _at(completion, code, "value"),
            _at(pace, code, "value"),
            _at(forecast, code, "value"),
            _at(forecast, code, "low"),
            _at(forecast, code, "high"),
            lines[(code,)].light,
            lines[(code,)].late_items,
        )
        for code in map(str, completion.index)
    )


def completion_metric(known: Known) -> Metric:
    """Completion on `POINTS` evenly spaced days of the year to date, against today's plan."""
    gone = (known.day - known.first).days
    days = [known.first + dt.timedelta(days=gone * n // (POINTS - 1)) for n in range(POINTS)]
    month_ago = max(known.first, _month_back(known.day))
    sums = {day: Fraction(0) for day in (*days, month_ago)}
    planned = sum((duty.quantity for duty in known.duties), Fraction(0))
    for duty in known.duties:
        for day in sums:
            sums[day] += min(Fraction(known.keys(duty.assignment, day)), duty.quantity)
    ratio = {day: float(total / planned) if planned else None for day, total in sums.items()}
    now, before = ratio[days[-1]], ratio[month_ago]
    delta = now - before if now is not None and before is not None else None
    return Metric(
        "completion", "计划完成率", "%", now, delta, "较上月同日",
        tuple((day.isoformat(), ratio[day]) for day in days),
    )  # fmt: skip


def on_time_metric(known: Known) -> Metric:
    """Share of on-time items by the month they were due, the last `POINTS` months as known now."""
    months = _months_back(known.as_of)
    sums = {month: [0, 0] for month in months}
    for _, item in (*known.due_of_year_before, *known.due):
        month = f"{item.due_on:%Y-%m}"
        if month in sums:
            sums[month][0] += item.is_on_time(known.as_of)
            sums[month][1] += 1
    series = tuple((m, n / total if total else None) for m, (n, total) in sums.items())
    return Metric("on_time_this_month", "本月按时率", "%", series[-1][1], _change(series), "较上月", series)


def monthly_metric(known: Known, key: str, name: str, unit: str, scale: int) -> Metric:
    """An indicator of the year to date, its line by month of receipt over two years."""
    found: dict[str, float | None] = {}
    for facts in (known.year_before, known):
        frame = of(facts, key, ("month",))
        for month, value in zip(frame["month"], frame["value"], strict=True):
            ratio = _number(value)
            found[str(month)] = None if ratio is None else scale * ratio
    series = tuple((month, found.get(month)) for month in _months_back(known.day))
    value = _number(of(known, key)["value"].iloc[0])
    return Metric(
        key, name, unit, None if value is None else scale * value, _change(series), "本月较上月", series
    )


def visits_metric(known: Known) -> Metric:
    """Visitors of the newest day with readings (today or the day before), against the same weekday a week before.

    A day that is not over, or whose evening was lost, is compared with nothing: a part of it against a whole day would say that it is empty.
    """
    first = known.as_of - dt.timedelta(days=POINTS)
    entries = visit_days.entries_by_day(known.principal, known.connection, first, known.as_of)
    day = known.as_of if known.as_of in entries else known.as_of - dt.timedelta(days=1)
    days = [day - dt.timedelta(days=n) for n in range(POINTS - 1, -1, -1)]
    series = tuple((d.isoformat(), _count(entries.get(d))) for d in days)
    now, week_ago = entries.get(day), entries.get(day - dt.timedelta(days=7))
    delta = None
    if now is not None and week_ago:
        whole = visit_days.complete_days(known.principal, known.connection, day, day, known.as_of)
        delta = now / week_ago - 1 if day in whole else None
    name = "今日到馆" if day == known.as_of or now is None else "昨日到馆"
    return Metric("visits", name, "人次", _count(now), delta, "较上周同日", series)


def month_lines(known: Known) -> tuple[MonthLine, ...]:
    """Delivered and planned records of each month of the year."""
    frame = of(known, "delivered", ("month",)).set_index("month")
    planned = planned_by_month(known)
    lines = []
    for month in range(1, 13):
        text = f"{known.year}-{month:02d}"
        begun = (known.year, month) <= (known.as_of.year, known.as_of.month)
        value = _at(frame, text, "value") or 0
        running = (known.year, month) == (known.as_of.year, known.as_of.month)
        lines.append(MonthLine(text, int(value) if begun else None, float(planned[month]), running))
    return tuple(lines)


def _months_back(day: dt.date) -> list[str]:
    """The last `POINTS` months as text, the one of `day` last."""
    first = day.year * 12 + day.month - POINTS
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(first, first + POINTS)]


def _month_back(day: dt.date) -> dt.date:
    """The same day of the month before, or its last day."""
    end = day.replace(day=1) - dt.timedelta(days=1)
    return end.replace(day=min(day.day, end.day))


def _change(series: Sequence[tuple[str, float | None]]) -> float | None:
    now, before = series[-1][1], series[-2][1]
    return now - before if now is not None and before is not None else None


def _at(frame: pd.DataFrame, place: str, column: str) -> float | None:
    return _number(frame.at[place, column]) if place in frame.index else None


def _number(value: object) -> float | None:
    """A float of a frame, with its missing value as None."""
    number = float(value)  # type: ignore[arg-type]
    return None if math.isnan(number) else number


def _count(value: int | None) -> float | None:
    return None if value is None else float(value)
