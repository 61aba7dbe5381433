"""Reporting periods: which one a delivery serves, and when each ends."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from catalog import Category


def period_at(category: Category, day: dt.date) -> str:
    """The period of the category's rhythm that holds `day`: 2026-10, 2026-Q4 or 2026."""
    if category.rhythm == "yearly":
        return f"{day.year}"
    if category.rhythm == "quarterly":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return f"{day:%Y-%m}"


def period_end(period: str) -> dt.date:
    """Last day of a period written 2026-10, 2026-Q4 or 2026."""
    if "-Q" in period:
        year, quarter = period.split("-Q")
        return _month_end(int(year), int(quarter) * 3)
    if "-" in period:
        year, month = period.split("-")
        return _month_end(int(year), int(month))
    return dt.date(int(period), 12, 31)


def period_start(period: str) -> dt.date:
    """First day of a period written 2026-10, 2026-Q4 or 2026."""
    last = period_end(period)
    if "-Q" in period:
        return dt.date(last.year, last.month - 2, 1)
    return last.replace(day=1) if "-" in period else dt.date(last.year, 1, 1)


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def period_before(category: Category, day: dt.date) -> str:
    """The last period of the category's rhythm that was complete on `day`."""
    if category.rhythm == "yearly":
        return f"{day.year - 1}"
    if category.rhythm == "quarterly":
        first = dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    else:
        first = day.replace(day=1)
    return period_at(category, first - dt.timedelta(days=1))


def is_dated_by_rows(category: Category) -> bool:
    """Event categories: the months of their records decide which items they serve."""
    return category.rhythm == "event" and bool(category.business_date)


def declared_period(category: Category, declared: str | None, received_on: dt.date) -> str | None:
    """The period a batch is stored under; None where its rows decide.

    Args:
        declared: ``YYYY-MM`` as the sender stated it, turned into the category's rhythm.

    Raises:
        ValueError: the text is no month, or one of a period that has not begun: what is still to come
            would count as delivered in time. The message is for the sender.
    """
    if declared:
        try:
            month = dt.datetime.strptime(declared, "%Y-%m").date()
        except ValueError:
            raise ValueError(f"所属期「{declared}」不是有效的月份。请写成 YYYY-MM，例如 2026-10。") from None
        period = period_at(category, month)
        if (first := period_start(period)) > received_on:
            raise ValueError(
                f"所属期 {period} 从 {first} 开始，收到这一批时（{received_on}）还没有到。"
                "请填数据所属的月份，本月或以前的。"
            )
        return period
    if category.business_date:
        return None
    return period_before(category, received_on)


def period_of_declared(category: Category, period: str | None) -> str | None:
    """The stored period where it decides; None for event categories, which their rows date."""
    return None if is_dated_by_rows(category) else period


def event_ends(category: Category) -> tuple[str, ...]:
    """The fields that say when an event ended."""
    return category.business_date


def business_months(
    category: Category, columns: Mapping[str, Sequence[Any]], indices: Iterable[int]
) -> Counter[str]:
    """How many of the rows fall into each period by their business date."""
    dates = [columns[name] for name in category.business_date if name in columns]
    chosen = list(indices)
    alike = Counter(zip(*([column[i] for i in chosen] for column in dates), strict=True))
    counts: Counter[str] = Counter()
    for values, rows in alike.items():  # a large file has many rows a day
        value = next((v for v in values if v is not None), None)
        if value is not None:
            counts[period_at(category, value.date() if isinstance(value, dt.datetime) else value)] += rows
    return counts
